import type { RouterRouteStatus } from '@sanctum/contracts'
import type { CapLedger } from '../caps/cap-ledger.ts'
import type { RouteDefinition } from '../config/router-definition.ts'
import type { RouterPolicy } from '../policy/router-policy.ts'
import { viewTarget } from '../target/view-target.ts'
import type { KeptTarget } from './keep-targets.ts'
import type { MetricFamily } from './metric-registry.ts'

/** What is known of the servers at a moment. */
export interface Known {
  readonly kept: readonly KeptTarget[]
  readonly atMs: number
  readonly policy: RouterPolicy
}

/** The routes as people and programs are told of them. */
export function reportRoutes(
  routes: readonly RouteDefinition[],
  caps: Pick<CapLedger, 'tokens'>,
  { kept, atMs, policy }: Known,
): readonly RouterRouteStatus[] {
  const byKey = new Map(kept.map((target) => [target.key, target]))
  return routes.map((route) => ({
    name: route.name,
    description: route.description,
    models: [...route.models],
    secure: route.secure,
    delivery: route.delivery,
    tokens_today: caps.tokens[route.name] ?? 0,
    daily_cap: route.dailyCapCompletionTokens,
    targets: route.targets.map((target) => toTargetStatus(target, byKey.get(target.key) as KeptTarget, atMs, policy)),
  }))
}

/** What is true at this moment; what was counted meanwhile the registry has. */
export function reportGauges(requestsInFlight: number, { kept, atMs, policy }: Known): readonly MetricFamily[] {
  return [
    gauge('requests_in_flight', 'Requests under way', [{ labels: {}, value: requestsInFlight }]),
    gauge(
      'backend_condition',
      'Condition of a backend: 1 for the one that it is in',
      kept.map(({ target, state }) => ({
        labels: { backend: target.id, condition: viewTarget(state, atMs, policy).condition },
        value: 1,
      })),
    ),
    gauge(
      'backend_in_flight',
      'Attempts under way',
      kept.map(({ target, state }) => ({ labels: { backend: target.id }, value: state.inFlight })),
    ),
    gauge(
      'certificate_expiry_seconds',
      'When the client certificate of a backend runs out, as Unix time',
      kept.flatMap(({ target, link }) => {
        const expiresAtMs = link.expiresAtMs()
        return expiresAtMs === null ? [] : [{ labels: { backend: target.id }, value: expiresAtMs / 1000 }]
      }),
    ),
  ]
}

function gauge(name: string, help: string, samples: MetricFamily['samples']): MetricFamily {
  return { name, help, type: 'gauge', samples }
}

type TargetStatus = RouterRouteStatus['targets'][number]

function toTargetStatus(
  target: RouteDefinition['targets'][number],
  { state }: KeptTarget,
  atMs: number,
  policy: RouterPolicy,
): TargetStatus {
  const view = viewTarget(state, atMs, policy)
  return {
    id: target.id,
    url: target.url,
    model: target.model,
    locality: target.locality,
    condition: view.condition,
    why: view.why,
    breaker: view.breaker,
    ready_in_ms: view.readyAtMs === null ? null : Math.max(0, view.readyAtMs - atMs),
    in_flight: view.inFlight,
    first_token_p95_ms: view.firstTokenP95Ms,
  }
}
