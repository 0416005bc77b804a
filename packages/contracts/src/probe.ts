import * as z from 'zod'
import { verdict } from './check.ts'

/** Why a probe failed, kept apart because each has another remedy. */
export const failureCause = z.enum([
  'transport',
  'timeout',
  'authentication',
  'wrong-answer',
  'not-running',
  'wrong-owner',
  'stale',
  /** Something that it needs is used up: disk, memory, the days of a certificate. */
  'exhausted',
])
export type FailureCause = z.infer<typeof failureCause>

/** What was seen at a moment; it says nothing yet about what that means. */
export const observation = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('passed'),
    atMs: z.number(),
    tookMs: z.number(),
    detail: z.string(),
    /** It lives, but not as the file on the disk says: how it differs. */
    drift: z.string().optional(),
    /** It did not answer, but it did its real work a moment ago. */
    busy: z.literal(true).optional(),
  }),
  z.strictObject({
    kind: z.literal('failed'),
    atMs: z.number(),
    tookMs: z.number(),
    cause: failureCause,
    detail: z.string(),
  }),
  z.strictObject({
    kind: z.literal('could-not-check'),
    atMs: z.number(),
    tookMs: z.number(),
    detail: z.string(),
    /** It is at work: it was not asked, because the question would wait behind that, or it did not answer. */
    busy: z.literal(true).optional(),
    /** It was asked and did not answer in its time. */
    unanswered: z.literal(true).optional(),
  }),
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
  /** It does its work and has no time to answer. */
  busy: z.literal(true).optional(),
  /** Its results change so often that a change of the verdict takes a longer row. */
  flapping: z.literal(true).optional(),
})
export type Judgement = z.infer<typeof judgement>

/** `state/start-times.json`: how long the last starts of each service took, newest last. Only the watchdog writes it. */
export const startTimes = z.strictObject({
  schema_version: z.literal(1),
  services: z.record(z.string(), z.array(z.number().min(0))),
})
export type StartTimes = z.infer<typeof startTimes>
