import type { Backend } from '@sanctum/contracts'
import {
  type AttemptFailure,
  beginRequest,
  createCapLedger,
  createRetryBudget,
  createTargetState,
  defaultPolicy,
  type RequestEvent,
  type RequestLoop,
  reduceRequest,
  reduceTarget,
  type TargetEvent,
  type TargetState,
} from '@sanctum/router-failover'
import { createReferee } from './referee.ts'
import { failure, fine, toDefinition } from './request-rig.ts'

/** What is watched; a test puts a planted fault in its place. */
export interface Watched {
  readonly reduceRequest: typeof reduceRequest
  readonly reduceTarget: typeof reduceTarget
}
export const sound: Watched = { reduceRequest, reduceTarget }

const own = { url: 'http://127.0.0.1:1/v1', default_model: 'a', load_time_s: 20 }
const second = { url: 'http://127.0.0.1:2/v1', model: 'b' }
const backends: Readonly<Record<string, Backend>> = {
  alone: { ...own, url: 'http://127.0.0.1:4/v1' },
  pair: { ...own, fallback_urls: [second], larger_context: 'wide', continuation: true },
  wide: {
    ...own,
    fallback_urls: [
      { ...second, prefill: true },
      { url: 'http://10.0.0.9/v1' },
      { url: 'http://127.0.0.1:7/v1', locality: 'cloud' },
      { url: 'https://c.example/v1', locality: 'cloud' },
    ],
    continuation: true,
  },
  secure: { ...own, secure: true, fallback_urls: [second] },
  assured: { ...own, delivery: 'assured', fallback_urls: [second, { url: 'https://c.example/v1', locality: 'cloud' }] },
}
const definition = toDefinition(backends)
/** What could come to be by a bug elsewhere: a secure route with ways out. The request must not take them. */
const leaky = {
  ...definition,
  routes: definition.routes.map((route) =>
    route.name === 'secure'
      ? { ...route, largerContext: 'wide', targets: definition.routes.find(({ name }) => name === 'wide')?.targets ?? [] }
      : route,
  ),
}
const targets = leaky.routes.flatMap((route) => route.targets)
const keys = [...new Set(targets.map(({ key }) => key))]

const failures: readonly Partial<AttemptFailure>[] = [
  { cause: 'refused', phase: 'connect' },
  { cause: 'reset' },
  { cause: 'first-token-timeout' },
  { cause: 'cut' },
  { cause: 'idle-timeout' },
  { cause: 'empty' },
  { status: 500 },
  { status: 503 },
  { status: 503, message: 'Loading model' },
  { status: 429 },
  { status: 429, retryAfterMs: 2_000 },
  { status: 429, retryAfterMs: 40_000 },
  { status: 401 },
  { status: 400 },
  { status: 400, code: 'context_length_exceeded' },
]

/** Runs the commands, each a number, and says what was broken. The same numbers do the same. */
export function runSequence(commands: readonly number[], watched: Watched = sound): readonly string[] {
  const referee = createReferee()
  const states = new Map<string, TargetState>(keys.map((key) => [key, createTargetState(targets.find((target) => target.key === key))]))
  const stateOf = (key: string) => states.get(key) as TargetState
  const loops: { loop: RequestLoop; wakeAtMs: number | null }[] = []
  const warming = new Set<string>()
  let nowMs = 10_000
  let budget = createRetryBudget(defaultPolicy, nowMs)
  const caps = createCapLedger(0)

  const tellTarget = (key: string, event: TargetEvent) => {
    const before = stateOf(key)
    const after = watched.reduceTarget(before, event)
    if (after.coolUntilMs < before.coolUntilMs) referee.broken.push(`the cooldown of ${key} became shorter`)
    if (before.breaker.isOpen && after.breaker.isOpen && after.breaker.untilMs < before.breaker.untilMs)
      referee.broken.push(`the hold of ${key} became shorter`)
    if (after.inFlight < 0 || after.speaking < 0 || after.speaking > after.inFlight)
      referee.broken.push(`${key} lost count of its attempts`)
    states.set(key, after)
  }

  const tell = (id: number, event: RequestEvent) => {
    const request = loops[id] as (typeof loops)[number]
    referee.seeEvent(id, event, nowMs)
    const step = watched.reduceRequest(request.loop, event, {
      nowMs,
      states: stateOf,
      policy: defaultPolicy,
      budget,
      caps,
      random: () => 0.5,
    })
    request.loop = step.loop
    request.wakeAtMs = step.wakeAtMs
    budget = step.budget
    for (const { key, event: told } of step.targetEvents) tellTarget(key, told)
    for (const act of step.acts) if (act.kind === 'warm') warming.add(act.target.key)
    referee.seeActs(id, step.acts, nowMs)
    if (event.kind === 'began' && step.acts.some(({ kind }) => kind === 'fail') && keys.every((key) => isUsable(stateOf(key), nowMs)))
      referee.broken.push(`request ${id}: the last target was ejected`)
    const isSpent = step.loop.phase === 'done' ? step.wakeAtMs !== null : step.wakeAtMs === null || step.wakeAtMs < nowMs
    if (isSpent) referee.broken.push(`request ${id}: no wake-up while it lives, or one after its end`)
  }

  const begin = (number: number) => {
    const route = leaky.routes[number % leaky.routes.length]
    const isStream = number % 7 !== 0
    const id = loops.length
    referee.open(id, { secure: route?.secure === true, isStream })
    const facts = {
      endpoint: 'chat/completions',
      model: route?.name ?? null,
      isStream,
      promptBytes: number % 5_000,
      lastUserText: '',
      usesTools: number % 11 === 0,
      isRepeatable: number % 13 !== 0,
      delivery: null,
      clientRetry: number % 5 === 0 ? 1 : 0,
      arrivedAtMs: nowMs,
      deadlineAtMs: nowMs + (number % 3 === 0 ? 15_000 : 120_000),
    } as const
    loops.push({ loop: beginRequest({ definition: leaky, facts, caps }), wakeAtMs: null })
    tell(id, { kind: 'began' })
  }

  /** A request that lives, and an attempt of it that does, as a number chooses. */
  const pick = (number: number) => {
    const live = loops.flatMap(({ loop }, id) => (loop.phase === 'done' ? [] : [id]))
    const id = live[number % live.length]
    const running =
      id === undefined
        ? []
        : (loops[id]?.loop.attempts ?? []).flatMap(({ state }, attempt) => (state === 'over' ? [] : [{ attempt, state }]))
    return { id, attempt: running[number % Math.max(1, running.length)] }
  }

  const speak = (number: number) => {
    const { id, attempt } = pick(number)
    if (id === undefined || attempt === undefined) return
    if (attempt.state === 'running') return tell(id, { kind: 'output', attempt: attempt.attempt })
    tell(id, { kind: 'ended', attempt: attempt.attempt, quality: fine, completionTokens: 3 })
  }

  const breakDown = (number: number) => {
    const { id, attempt } = pick(number)
    if (id === undefined || attempt === undefined) return
    const given = failures[Math.floor(number / 16) % failures.length] ?? {}
    const isSpeaking = attempt.state === 'speaking'
    const cause = isSpeaking ? { cause: 'cut' as const } : given
    tell(id, { kind: 'failed', attempt: attempt.attempt, failure: failure(cause), continuable: number % 2 === 0 })
  }

  const pass = (number: number) => {
    nowMs += [1, 50, 400, 1_500, 6_000, 12_000, 35_000][number % 7] ?? 1
    for (const [id, { loop, wakeAtMs }] of loops.entries())
      if (loop.phase !== 'done' && wakeAtMs !== null && wakeAtMs <= nowMs) tell(id, { kind: 'tick' })
  }

  const news = () => {
    for (const [id, { loop }] of loops.entries()) if (loop.phase === 'open') tell(id, { kind: 'targets-changed' })
  }

  const look = (number: number) => {
    const key = keys[number % keys.length] as string
    if (warming.delete(key)) {
      referee.seeWarmUpEnd(key)
      const isWell = number % 3 !== 0
      tellTarget(key, { kind: 'warm-up-ended', atMs: nowMs, tookMs: 1_000, failure: isWell ? null : failure(failures[number % 10] ?? {}) })
    } else
      tellTarget(key, {
        kind: 'health-seen',
        atMs: nowMs,
        health: (['ready', 'ready', 'loading', 'refused'] as const)[number % 4] ?? 'ready',
      })
    news()
  }

  const leave = (number: number) => {
    const { id } = pick(number)
    if (id !== undefined && number % 4 === 0) tell(id, { kind: 'client-gone' })
  }

  const kinds = [begin, begin, speak, speak, speak, breakDown, breakDown, pass, look, leave]
  for (const command of commands) kinds[command % kinds.length]?.(Math.floor(command / kinds.length))
  // Whatever is under way comes to its end by time alone.
  for (let round = 0; round < 400 && loops.some(({ loop }) => loop.phase !== 'done'); round++) {
    if (round % 3 === 2) breakDown(round * 7 + 5)
    else pass(round % 2 === 0 ? 2 : 3)
  }
  referee.seeRest()
  for (const key of keys) {
    const { inFlight, speaking, waiting } = stateOf(key)
    if (inFlight + speaking + waiting > 0)
      referee.broken.push(`${key} keeps ${inFlight} attempts, ${speaking} speaking, ${waiting} waiting`)
  }
  return referee.broken
}

function isUsable({ problem, coolUntilMs, waiting }: TargetState, nowMs: number): boolean {
  return problem === null && coolUntilMs <= nowMs && waiting < 64
}
