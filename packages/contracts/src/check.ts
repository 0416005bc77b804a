import * as z from 'zod'
import { type Finding, finding } from './finding.ts'

/** What a check or probe came to. Only `healthy` is healthy; `could-not-check` is neither good nor bad. */
export const verdict = z.enum(['healthy', 'drift', 'failed', 'blocked', 'could-not-check', 'not-applicable'])
export type Verdict = z.infer<typeof verdict>

/**
 * One named question to the haus. doctor, verify, catalog, documentation, contracts, upgrade and release
 * are lists of checks with one runner, one result form and one exit mapping.
 */
export interface Check<Context> {
  readonly id: string
  readonly title: string
  run(context: Context): Promise<CheckOutcome> | CheckOutcome
}

/** Findings, or the reason why the question does not arise here or could not be answered. */
export type CheckOutcome =
  | {
      readonly kind: 'ran'
      readonly findings: readonly Finding[]
      /** What was seen, in a sentence; where nothing was found it is the proof. */
      readonly proof?: string
    }
  | { readonly kind: 'not-applicable'; readonly reason: string }
  /** With what was found in the part that could be looked at. */
  | { readonly kind: 'could-not-check'; readonly reason: string; readonly findings?: readonly Finding[] }
  /** It waits for another check that failed. */
  | { readonly kind: 'blocked'; readonly reason: string }

export const checkResult = z.strictObject({
  id: z.string(),
  title: z.string(),
  verdict,
  findings: z.array(finding),
  reason: z.string().optional(),
  /** What was seen, where a check says it. */
  proof: z.string().optional(),
  duration_ms: z.number(),
})
export type CheckResult = z.infer<typeof checkResult>
