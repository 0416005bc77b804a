import * as z from 'zod'
import { windowJudgement } from '../stability.ts'

export const stabilityOutput = z.strictObject({
  /** Null where no window was started. */
  window: windowJudgement.nullable(),
  /** What was run now; absent where nothing had to be. */
  runs: z
    .array(
      z.strictObject({
        id: z.string(),
        outcome: z.enum(['clean', 'red', 'unknown']),
        exit: z.int().nullable(),
        finding: z.string().nullable(),
        took_ms: z.number(),
      }),
    )
    .optional(),
  written: z.boolean(),
})
