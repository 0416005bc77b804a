import * as z from 'zod'

/** One immutable record of the journal. Kinds are noun-action: `generation-committed`, `unit-started`, `probe-failed`. */
export const event = z.strictObject({
  seq: z.int().min(1),
  at_ms: z.number(),
  kind: z.string().regex(/^[a-z]+(-[a-z]+)+$/),
  subject: z.string(),
  data: z.record(z.string(), z.unknown()),
})
export type Event = z.infer<typeof event>
export type NewEvent = Omit<Event, 'seq' | 'at_ms'>
