import type { Backend } from '@sanctum/contracts'
import {
  type AttemptFailure,
  beginRequest,
  type CapLedger,
  createCapLedger,
  createRetryBudget,
  createTargetState,
  defaultPolicy,
  type RequestAct,
  type RequestEvent,
  type RequestFacts,
  type RequestLoop,
  type RequestStep,
  type RouterDefinition,
  type RouterPolicy,
  reduceRequest,
  reduceTarget,
  type TargetEvent,
  type TargetState,
  toRouterDefinition,
} from '@sanctum/router-failover'

/** The shared half of a router without a socket: states, budget and a clock that the test sets. */
export function createRig(
  backends: Readonly<Record<string, Backend>>,
  { policy = defaultPolicy, random = () => 0.5 }: { readonly policy?: RouterPolicy; readonly random?: () => number } = {},
) {
  const definition = toDefinition(backends)
  const states = new Map<string, TargetState>()
  const rig = {
    definition,
    policy,
    nowMs: 1_000,
    budget: createRetryBudget(policy, 1_000),
    caps: createCapLedger(0) as CapLedger,
    stateOf(key: string): TargetState {
      const known = states.get(key)
      if (known) return known
      const target = definition.routes.flatMap(({ targets }) => targets).find((candidate) => candidate.key === key)
      const created = createTargetState(target)
      states.set(key, created)
      return created
    },
    tell(id: string, event: TargetEvent) {
      const { key } = rig.target(id)
      states.set(key, reduceTarget(rig.stateOf(key), event, policy))
    },
    target(id: string) {
      const target = definition.routes.flatMap(({ targets }) => targets).find((candidate) => candidate.id === id)
      if (!target) throw new Error(`no target ${id}`)
      return target
    },
    state: (id: string) => rig.stateOf(rig.target(id).key),
    /** A target that has answered just now, quickly. */
    warm(...ids: readonly string[]) {
      for (const id of ids) {
        rig.tell(id, { kind: 'attempt-started', atMs: rig.nowMs })
        rig.tell(id, { kind: 'first-token', atMs: rig.nowMs, tookMs: 400, promptBytes: 10, isStream: true })
        rig.tell(id, { kind: 'answered', atMs: rig.nowMs, tookMs: 900, firstTokenMs: 400, completionTokens: 5, quality: fine, slow: null })
      }
    },
    /** A warm-up that was begun ends, well or not. */
    warmUpEnds(id: string, given: Partial<AttemptFailure> | null = null, tookMs = 1_000) {
      rig.tell(id, { kind: 'warm-up-ended', atMs: rig.nowMs, tookMs, failure: given === null ? null : failure(given) })
    },
    request: (facts: Partial<RequestFacts> = {}) => createRequest(rig, facts),
    apply(step: RequestStep) {
      for (const { key, event } of step.targetEvents) states.set(key, reduceTarget(rig.stateOf(key), event, policy))
      rig.budget = step.budget
    },
    random,
  }
  return rig
}

export type Rig = ReturnType<typeof createRig>

function createRequest(rig: Rig, given: Partial<RequestFacts>) {
  const facts: RequestFacts = {
    endpoint: 'chat/completions',
    model: 'm',
    isStream: true,
    promptBytes: 100,
    lastUserText: '',
    usesTools: false,
    isRepeatable: true,
    delivery: null,
    clientRetry: 0,
    arrivedAtMs: rig.nowMs,
    deadlineAtMs: rig.nowMs + 300_000,
    ...given,
  }
  const request = {
    loop: beginRequest({ definition: rig.definition, facts, caps: rig.caps, policy: rig.policy }) as RequestLoop,
    acts: [] as RequestAct[],
    wakeAtMs: null as number | null,
    /** Tells an event, and says in words what follows. */
    on(event: RequestEvent): readonly string[] {
      const step = reduceRequest(request.loop, event, {
        nowMs: rig.nowMs,
        states: rig.stateOf,
        policy: rig.policy,
        budget: rig.budget,
        caps: rig.caps,
        random: rig.random,
      })
      request.loop = step.loop
      request.wakeAtMs = step.wakeAtMs
      rig.apply(step)
      request.acts.push(...step.acts)
      return step.acts.map(say)
    },
    begin: () => request.on({ kind: 'began' }),
    news: () => request.on({ kind: 'targets-changed' }),
    output: (attempt: number) => request.on({ kind: 'output', attempt }),
    end: (attempt: number) => request.on({ kind: 'ended', attempt, quality: fine, completionTokens: 10 }),
    fail: (attempt: number, given: Partial<AttemptFailure>) => request.on({ kind: 'failed', attempt, failure: failure(given) }),
    /** Lets the time go to the next wake-up, again and again, until something is done or `mostMs` have gone by. */
    sleep(mostMs = Number.POSITIVE_INFINITY): readonly string[] {
      const endMs = rig.nowMs + mostMs
      for (let count = 0; count < 10_000 && request.wakeAtMs !== null && request.wakeAtMs <= endMs; count++) {
        rig.nowMs = Math.max(rig.nowMs, request.wakeAtMs)
        const said = request.on({ kind: 'tick' })
        if (said.length > 0) return said
      }
      if (Number.isFinite(endMs)) rig.nowMs = endMs
      return []
    },
  }
  return request
}

export const fine = { kind: 'fine' } as const

export function failure(given: Partial<AttemptFailure>): AttemptFailure {
  return {
    cause: given.status === undefined ? 'refused' : 'status',
    phase: 'headers',
    status: null,
    retryAfterMs: null,
    code: null,
    message: '',
    ...given,
  }
}

export function toDefinition(backends: Readonly<Record<string, Backend>>): RouterDefinition {
  const parsed = toRouterDefinition({ backends, defaultRoute: null })
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.findings))
  return parsed.definition
}

function say(act: RequestAct): string {
  if (act.kind === 'attempt') return `attempt ${act.target.id}${act.continues === null ? '' : ` continues ${act.continues}`}`
  if (act.kind === 'warm') return `warm ${act.target.id}`
  if (act.kind === 'fail') return `fail ${act.failure.status} ${act.failure.code}`
  if (act.kind === 'show-life') return 'show-life'
  return `${act.kind} ${act.attempt}`
}

/** A primary and one that stands in, on this machine. */
export const pair = {
  m: { url: 'http://127.0.0.1:1/v1', default_model: 'a', fallback_urls: [{ url: 'http://127.0.0.1:2/v1', model: 'b' }] },
} satisfies Readonly<Record<string, Backend>>
export const alone = { m: { url: 'http://127.0.0.1:1/v1', default_model: 'a' } } satisfies Readonly<Record<string, Backend>>
