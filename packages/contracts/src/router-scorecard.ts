import * as z from 'zod'

const verdict = z.enum(['pass', 'partial', 'safe', 'fail'])
const outcome = z.enum(['answer', 'status', 'in-band', 'in-band-abort', 'abort', 'hang', 'left'])

const scorecardRow = z.strictObject({
  id: z.string(),
  title: z.string(),
  verdict,
  why: z.string(),
  outcome,
  silent_truncation: z.boolean(),
  /** At full length, whatever the scale of the run. */
  took_ms: z.number(),
  first_token_ms: z.number().nullable(),
  attempts: z.strictObject({ primary: z.int(), fallback: z.int() }),
  checks: z.array(z.strictObject({ id: z.string(), level: z.enum(['required', 'advisory']), held: z.boolean(), seen: z.string() })),
  /** Null where the subject is not our own router. */
  expected: z.strictObject({ verdict, outcomes: z.array(outcome) }).nullable(),
  as_expected: z.boolean().nullable(),
})

/** How a router came through the faults that were planted for it: `state/drills/*.json`, and the bench. */
export const routerScorecard = z.strictObject({
  schema_version: z.literal(1),
  taken_at: z.iso.datetime(),
  subject: z.strictObject({ name: z.string(), version: z.string().nullable() }),
  delivery: z.enum(['live', 'assured']).nullable(),
  stream: z.boolean(),
  /** 1 is full length; at 0.05 a second takes fifty milliseconds. */
  time_scale: z.number().positive(),
  /** Who fails the healthy case is not judged, and has no rows. */
  healthy: z.boolean(),
  healthy_why: z.string(),
  rows: z.array(scorecardRow),
  totals: z.strictObject({ pass: z.int(), partial: z.int(), safe: z.int(), fail: z.int() }),
  silent_truncations: z.int(),
  /** Ids of the rows that are not as expected. */
  unexpected: z.array(z.string()),
})
export type RouterScorecard = z.infer<typeof routerScorecard>
