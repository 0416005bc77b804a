import type { AttemptFailure } from '../request/attempt-failure.ts'
import type { AnswerQuality } from '../target/target-state.ts'
import type { Attempt } from './attempt.ts'
import { type Cell, createMetricRegistry, type MetricRegistry, type Series } from './metric-registry.ts'

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 75, 120, 300]
const overhead = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05]

/** What became of one attempt, in the words of the dashboards. */
export type BackendOutcome =
  | 'ok'
  | 'client_error'
  | 'server_error'
  | 'connect_error'
  | 'timeout'
  | 'cut'
  | 'parse_error'
  | 'quality_issue'
  | 'misconfigured'
  | 'aborted'

/** Everything that is counted. Labels are names of routes, targets and models; never a prompt, a key or an answer. */
export function createRouterMetrics(registry: MetricRegistry = createMetricRegistry()) {
  const requests = registry.counter('http_requests', 'Requests by endpoint and status; 0 where the client left first', [
    'endpoint',
    'status',
  ])
  const backend = registry.counter('backend_requests', 'Attempts by backend and what became of them', ['backend', 'outcome'])
  const routing = registry.counter('routing_decisions', 'Requests by the model asked for, the route taken and the rule', [
    'from_model',
    'to_backend',
    'rule',
  ])
  const tokens = registry.counter('completion_tokens', 'Completion tokens by route', ['route'])
  const fallbacks = registry.counter('fallbacks', 'Answers that did not come from the primary', ['route', 'backend'])
  const retries = registry.counter('retries', 'Attempts after the first of a request', ['route'])
  const hedges = registry.counter('hedges', 'Attempts that were begun beside another', ['route'])
  const prevented = registry.counter('truncations_prevented', 'Answers that broke off and were not passed on as whole', ['backend', 'how'])
  const aborted = registry.counter('upstream_aborts', 'Attempts that the router ended, by reason', ['backend', 'why'])
  const transitions = registry.counter('backend_transitions', 'Changes of the condition of a backend', ['backend', 'from', 'to'])
  const malformed = registry.counter('malformed_frames', 'Frames that were dropped because they are no JSON', ['backend'])
  const warmUps = registry.counter('warm_ups', 'Warm-ups by backend and outcome', ['backend', 'outcome'])
  const probes = registry.counter('health_looks', 'Cheap looks by backend and what they saw', ['backend', 'health'])
  const duration = registry.histogram('request_duration_seconds', 'From the request to the end of its answer', ['route'], seconds)
  const firstToken = registry.histogram('time_to_first_token_seconds', 'From the attempt to its first output', ['backend'], seconds)
  const hold = registry.histogram(
    'hold_seconds',
    'How long an answer or its refusal was held back before anything left',
    ['route'],
    seconds,
  )
  const idle = registry.histogram('idle_seconds', 'Longest pause before an answer was given up', ['backend'], seconds)
  const own = registry.histogram('own_overhead_seconds', 'From the whole request to the question to the first backend', [], overhead)

  const routes = new Map<string, RouteCells>()
  const backends = new Map<string, BackendCells>()

  function routeOf(name: string): RouteCells {
    const known = routes.get(name)
    if (known !== undefined) return known
    const cells = { tokens: tokens(name), retries: retries(name), hedges: hedges(name), duration: duration(name), hold: hold(name) }
    routes.set(name, cells)
    return cells
  }

  function backendOf(id: string): BackendCells {
    const known = backends.get(id)
    if (known !== undefined) return known
    const cells = { ok: backend(id, 'ok'), firstToken: firstToken(id), malformed: malformed(id) }
    backends.set(id, cells)
    return cells
  }

  return {
    registry,
    requests,
    backend,
    routing,
    fallbacks,
    aborted,
    transitions,
    warmUps,
    probes,
    overhead: own(),
    routeOf,
    backendOf,
    attemptEnded(attempt: Attempt, quality: AnswerQuality): void {
      const cells = backendOf(attempt.target.id)
      if (quality.kind === 'broken') backend(attempt.target.id, 'quality_issue').value++
      else cells.ok.value++
      if (attempt.malformedFrames > 0) cells.malformed.value += attempt.malformedFrames
      if (attempt.firstOutputAtMs !== null) cells.firstToken.observe((attempt.firstOutputAtMs - attempt.startedAtMs) / 1000)
    },
    attemptFailed(attempt: Attempt, failure: AttemptFailure, nowMs: number): void {
      const { id } = attempt.target
      backend(id, outcomeOf(failure)).value++
      if (attempt.malformedFrames > 0) backendOf(id).malformed.value += attempt.malformedFrames
      if (breaksOff.has(failure.cause) && attempt.firstOutputAtMs !== null) {
        prevented(id, failure.phase === 'committed' ? 'told' : 'held').value++
        idle(id).observe((nowMs - (attempt.lastOutputAtMs ?? nowMs)) / 1000)
      }
    },
  }
}

export type RouterMetrics = ReturnType<typeof createRouterMetrics>

interface RouteCells {
  readonly tokens: Cell
  readonly retries: Cell
  readonly hedges: Cell
  readonly duration: Series
  readonly hold: Series
}

interface BackendCells {
  readonly ok: Cell
  readonly firstToken: Series
  readonly malformed: Cell
}

const breaksOff: ReadonlySet<AttemptFailure['cause']> = new Set(['cut', 'idle-timeout', 'error-frame', 'total-timeout'] as const)

const outcomes: Readonly<Record<AttemptFailure['cause'], BackendOutcome>> = {
  refused: 'connect_error',
  unreachable: 'connect_error',
  reset: 'connect_error',
  tls: 'connect_error',
  'identity-missing': 'misconfigured',
  'connect-timeout': 'connect_error',
  'first-token-timeout': 'timeout',
  'idle-timeout': 'timeout',
  'total-timeout': 'timeout',
  status: 'server_error',
  'error-frame': 'server_error',
  cut: 'cut',
  empty: 'quality_issue',
  malformed: 'parse_error',
  quality: 'quality_issue',
  'too-large': 'parse_error',
}

function outcomeOf(failure: AttemptFailure): BackendOutcome {
  const isClient = failure.cause === 'status' && failure.status !== null && failure.status >= 400 && failure.status < 500
  return isClient ? 'client_error' : outcomes[failure.cause]
}
