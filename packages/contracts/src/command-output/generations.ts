import * as z from 'zod'
import { madeFrom, pin } from '../generation.ts'
import { fileDiff } from './changes.ts'

/** Newest first. What a damaged one was is not known. */
export const generationsListOutput = z.strictObject({
  generations: z.array(
    z.strictObject({
      number: z.int(),
      current: z.boolean(),
      confirmed: z.boolean(),
      /** Null where it is not pinned. */
      pin: pin.omit({ generation: true }).nullable(),
      created_at: z.string().nullable(),
      parent: z.int().nullable(),
      surfaces: z.int().nullable(),
      made_from: madeFrom.nullable(),
    }),
  ),
})

export const generationsDiffOutput = z.strictObject({ diffs: z.array(fileDiff) })

/** The pins that are there now. */
export const generationsPinOutput = z.strictObject({ generation: z.int(), pins: z.array(pin), written: z.boolean() })
