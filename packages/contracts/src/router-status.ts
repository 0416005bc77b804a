import * as z from 'zod'

/** What a router knows of one server and its model. */
export const routerTargetStatus = z.object({
  /** `route/0` is the primary of a route, `route/1` what stands in first. */
  id: z.string(),
  /** Without anything secret in it. */
  url: z.string(),
  model: z.string().nullable(),
  locality: z.enum(['local', 'cloud']),
  condition: z.enum(['unknown', 'warm', 'busy', 'cold', 'loading', 'rate-limited', 'down', 'misconfigured']),
  why: z.string(),
  breaker: z.enum(['closed', 'open', 'half-open']),
  /** ms until it may be asked again; null where that is not known, or is now. */
  ready_in_ms: z.number().nullable(),
  in_flight: z.int(),
  first_token_p95_ms: z.number().nullable(),
})
export type RouterTargetStatus = z.infer<typeof routerTargetStatus>

export const routerRouteStatus = z.object({
  name: z.string(),
  description: z.string().nullable(),
  models: z.array(z.string()),
  secure: z.boolean(),
  delivery: z.enum(['live', 'assured']),
  /** Completion tokens of today (UTC), and how many a day may have. */
  tokens_today: z.int(),
  daily_cap: z.int().nullable(),
  targets: z.array(routerTargetStatus),
})
export type RouterRouteStatus = z.infer<typeof routerRouteStatus>

/** `GET /v1/backends` of a router. A reader ignores fields that it does not know: a router may say more. */
export const routerStatus = z.object({
  schema_version: z.literal(1),
  version: z.string(),
  /** What it was built from, as in its health. */
  revision: z.string().nullable().optional(),
  pid: z.int(),
  started_at_ms: z.number(),
  /** Where its definition comes from: a generation, a file, or the model servers that were found. */
  source: z.string(),
  defined_at_ms: z.number(),
  /** What was refused since, while this definition went on; null where nothing was. */
  refused: z.object({ at_ms: z.number(), why: z.string() }).nullable(),
  default_route: z.string(),
  routes: z.array(routerRouteStatus),
})
export type RouterStatusDocument = z.infer<typeof routerStatus>

/** `GET /admin/explain` of a router: which attempts it would make now, and why no others. */
export const routerExplanation = z.object({
  schema_version: z.literal(1),
  model: z.string(),
  /** What is asked for, such as `chat/completions`: a server may lack it. */
  endpoint: z.string(),
  route: z.string(),
  rule: z.enum(['exact', 'glob', 'intent', 'default']),
  /** The name, glob or word that matched; null for the default. */
  matched: z.string().nullable(),
  /** In the order in which they would be made. */
  attempts: z.array(
    z.object({
      target: z.string(),
      url: z.string(),
      model: z.string().nullable(),
      condition: routerTargetStatus.shape.condition,
      why: z.string(),
    }),
  ),
  skipped: z.array(z.object({ target: z.string(), why: z.string() })),
})
export type RouterExplanation = z.infer<typeof routerExplanation>
