import * as z from 'zod'
import { verdict } from './check.ts'

/** Why a probe failed, kept apart because each has another remedy. */
export const failureCause = z.enum(['transport', 'timeout', 'authentication', 'wrong-answer', 'not-running', 'wrong-owner', 'stale'])
export type FailureCause = z.infer<typeof failureCause>

/** What was seen at a moment; it says nothing yet about what that means. */
export const observation = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('passed'), atMs: z.number(), tookMs: z.number(), detail: z.string() }),
  z.strictObject({
    kind: z.literal('failed'),
    atMs: z.number(),
    tookMs: z.number(),
    cause: failureCause,
    detail: z.string(),
  }),
  z.strictObject({ kind: z.literal('could-not-check'), atMs: z.number(), tookMs: z.number(), detail: z.string() }),
])
export type Observation = z.infer<typeof observation>

/** The purposes of a probe. Only liveness may lead to a restart; `contract` says that it does its real work. */
export const probePurpose = z.enum(['startup', 'readiness', 'liveness', 'contract'])
export type ProbePurpose = z.infer<typeof probePurpose>

/** What the last observations of one subject mean together. */
export const judgement = z.strictObject({
  verdict,
  /** Wall-clock time at which this verdict began, in ms since the epoch. */
  sinceMs: z.number(),
  why: z.string(),
  cause: failureCause.optional(),
  /** False where it rests on fewer results than the policy asks for, as the very first result does. Nothing may act on it. */
  confirmed: z.boolean(),
})
export type Judgement = z.infer<typeof judgement>
