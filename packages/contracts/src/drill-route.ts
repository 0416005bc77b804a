import * as z from 'zod'

const limit = z.number().positive().nullable()

/** A route as a drill lays it beside those of a running router: whole, since the same program made it. */
const drillRoute = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,100}$/i),
  description: z.string().nullable(),
  models: z.array(z.string()),
  intentKeywords: z.array(z.string()),
  secure: z.boolean(),
  delivery: z.enum(['live', 'assured']),
  targets: z
    .array(
      // Whatever else a target may have is the router's to know.
      z.looseObject({
        id: z.string(),
        key: z.string(),
        url: z.url({ protocol: /^https?$/ }),
        model: z.string().nullable(),
        locality: z.enum(['local', 'cloud']),
        loadTimeMs: limit,
        timeouts: z.object({ connectMs: limit, firstTokenMs: limit, idleMs: limit, totalMs: limit }),
        credential: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('none') }),
          z.object({ kind: z.literal('environment'), variable: z.string() }),
          z.object({ kind: z.literal('secret'), name: z.string() }),
          z.object({ kind: z.literal('file'), path: z.string() }),
        ]),
        tls: z.object({ caFile: z.string().nullable(), certFile: z.string().nullable(), keyFile: z.string().nullable() }).nullable(),
      }),
    )
    .min(1)
    .max(16),
  slow: z.object({ thresholdMs: z.number(), tripCount: z.int() }).nullable(),
  dailyCapCompletionTokens: z.int().nullable(),
  stripThinking: z.boolean(),
  largerContext: z.string().nullable(),
  continuation: z.boolean(),
})

/** `POST /admin/drill/routes`: the route is taken away by itself after `ttl_ms`. */
export const drillRouteRequest = z.object({ route: drillRoute, ttl_ms: z.number().positive() })

/** `DELETE /admin/drill/routes`. */
export const drillRouteRemoval = z.object({ name: z.string() })
