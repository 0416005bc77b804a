import * as z from 'zod'

const leg = z.strictObject({
  leg: z.enum(['warm-primary', 'first-fallback', 'warm-fallback', 'restored']),
  /** To the end of the answer. */
  took_ms: z.number(),
  first_token_ms: z.number().nullable(),
  /** Who answered, as the router says it; null where nobody did. */
  answered_by: z.string().nullable(),
  /** Whether it knew what two and two are. */
  canary: z.boolean(),
  /** What is wrong with this leg, or null. */
  problem: z.string().nullable(),
})

/** What a drill saw that took the primary away and gave it back: `state/drills/*.json`. */
export const primaryLossReport = z.strictObject({
  schema_version: z.literal(1),
  taken_at: z.iso.datetime(),
  route: z.string(),
  legs: z.array(leg),
  /** From the moment that the primary was there again until it answered a request again; null where it did not. */
  returned_after_ms: z.number().nullable(),
  memory: z.strictObject({
    /** Resident memory before the burst and after each of its requests; empty where it could not be read. */
    resident_bytes: z.array(z.number()),
    growth_bytes: z.number().nullable(),
  }),
  burst: z.int(),
  held: z.boolean(),
})
export type PrimaryLossReport = z.infer<typeof primaryLossReport>
