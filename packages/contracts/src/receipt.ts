import * as z from 'zod'
import { verdict } from './check.ts'

/** The suites of verify, in the order in which they run. */
export const verifySuite = z.enum(['workspace', 'runtime', 'e2e'])
export type VerifySuite = z.infer<typeof verifySuite>

/** What a run of checks went by. Another value of one of them makes its receipt stale. */
export const receiptInputs = z.strictObject({
  /** Digests of the catalog and of the facts of this machine; null where the catalog could not be used. */
  catalog: z.string().nullable(),
  facts: z.string().nullable(),
  generation: z.int().nullable(),
  /** Digest of the program; null where it does not run from its bundle. */
  program: z.string().nullable(),
})
export type ReceiptInputs = z.infer<typeof receiptInputs>

/** `state/receipts/verify.json`: proof that checks ran, when, on what, and what they came to. */
export const checkReceipt = z.strictObject({
  schema_version: z.literal(1),
  command: z.string(),
  suites: z.array(verifySuite),
  ok: z.boolean(),
  begun_ms: z.number(),
  took_ms: z.number(),
  inputs: receiptInputs,
  versions: z.strictObject({ sanctum: z.string(), node: z.string() }),
  steps: z.array(z.strictObject({ suite: verifySuite, id: z.string(), verdict, proof: z.string().optional(), duration_ms: z.number() })),
})
export type CheckReceipt = z.infer<typeof checkReceipt>
