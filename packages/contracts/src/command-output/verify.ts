import * as z from 'zod'
import { checkResult } from '../check.ts'
import { verifySuite } from '../receipt.ts'

const verifyStep = checkResult.extend({ suite: verifySuite })

export const verifyOutput = z.union([
  z.strictObject({
    written: z.literal(true),
    steps: z.array(verifyStep),
    /** Null where it could not be written. */ receipt: z.string().nullable(),
  }),
  /** With --dry-run: what would be asked, and what the last receipt is worth now. */
  z.strictObject({
    written: z.literal(false),
    steps: z.array(z.strictObject({ suite: verifySuite, id: z.string(), title: z.string() })),
    last: z.strictObject({ ok: z.boolean(), suites: z.array(verifySuite), begun_ms: z.number(), stale: z.array(z.string()) }).nullable(),
  }),
])
