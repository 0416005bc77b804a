import * as z from 'zod'
import { finding } from './finding.ts'

/** What a look at the documentation came to. */
export const docsOutcome = z.strictObject({
  /** Pages that were read, and those of them that were judged. */
  pages: z.strictObject({ read: z.int(), checked: z.int() }),
  /** Runnable examples that were run, and the pages that they stand on. */
  blocks: z.strictObject({ run: z.int(), pages: z.int() }),
  build: z.strictObject({
    /** `kept`: the site of the same inputs lies there. `receipt`: a receipt says that it was built. */
    outcome: z.enum(['built', 'kept', 'receipt', 'failed', 'unavailable', 'not-asked']),
    /** Of everything that the site is made from; null where nothing was asked. */
    digest: z.string().nullable(),
    took_ms: z.number(),
  }),
  /** Claims that were held against a haus that runs, and its services; null where that was not asked. */
  running: z.strictObject({ claims: z.int(), services: z.int() }).nullable(),
  /** What the newest receipt says of the pages as they are now; null where that was not asked. */
  recall: z
    .strictObject({
      /** `stale`: the site was built, from other pages. `none`: no receipt of a build can be read. */
      state: z.enum(['green', 'red', 'stale', 'none']),
      /** When that build began, in ms since the epoch; null without a receipt. */
      begun_ms: z.number().nullable(),
    })
    .nullable(),
  /** Why something that was asked could not be done at all. */
  unavailable: z.string().nullable(),
})

/** What docs-gate prints. */
export const docsReport = docsOutcome.extend({ findings: z.array(finding) })
export type DocsReport = z.infer<typeof docsReport>

/** `state/receipts/docs.json`: that the site was built, of which inputs, and what came of it. */
export const docsReceipt = z.strictObject({
  schema_version: z.literal(1),
  command: z.literal('docs build'),
  ok: z.boolean(),
  /** Of everything that the site is made from. */
  digest: z.string(),
  begun_ms: z.number(),
  took_ms: z.number(),
})
export type DocsReceipt = z.infer<typeof docsReceipt>
