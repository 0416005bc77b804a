import * as z from 'zod'
import { fileDiff } from './changes.ts'

/** Newest first. What a damaged one was is not known. */
export const generationsListOutput = z.strictObject({
  generations: z.array(
    z.strictObject({
      number: z.int(),
      current: z.boolean(),
      confirmed: z.boolean(),
      created_at: z.string().nullable(),
      parent: z.int().nullable(),
      surfaces: z.int().nullable(),
      made_from: z.strictObject({ catalog: z.string(), facts: z.string(), sanctum: z.string() }).nullable(),
    }),
  ),
})

export const generationsDiffOutput = z.strictObject({ diffs: z.array(fileDiff) })
