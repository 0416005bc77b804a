import type { RouterDefinition, TargetDefinition } from '../config/router-definition.ts'
import type { RouterPolicy } from '../policy/router-policy.ts'
import { toWarmUpClocks } from '../request/attempt-clocks.ts'
import type { AttemptFailure } from '../request/attempt-failure.ts'
import type { AttemptClocks } from '../request/request-loop.ts'
import type { Endpoint } from '../route/endpoints.ts'
import { judgeProbe } from '../target/judge-probe.ts'
import { isWarmingUp } from '../target/load-budget.ts'
import { reduceTarget } from '../target/reduce-target.ts'
import { createTargetState, type TargetEvent, type TargetState } from '../target/target-state.ts'
import { conditionOf } from '../target/view-target.ts'
import { Attempt } from './attempt.ts'
import type { AttemptLimits } from './attempt-request.ts'
import { type Health, type HealthLook, lookAtHealth } from './look-at-health.ts'
import type { SecretReaders } from './read-identity.ts'
import type { RouterMetrics } from './router-metrics.ts'
import { createTargetLink, type TargetLink } from './target-link.ts'

/** Servers, what is known of them, and the connections to them. By key: two routes to one server learn together. */
export interface TargetKeeper {
  /** Takes in the targets of a definition. What returned is called once nobody needs them any more. */
  hold(definition: RouterDefinition): () => void
  stateOf(key: string): TargetState
  linkOf(target: TargetDefinition): TargetLink
  tell(key: string, event: TargetEvent): void
  /** One token of nobody's request; who asks while one is under way joins it. */
  warm(target: TargetDefinition, clocks: AttemptClocks): void
  /** Looks at clocks of warm-ups and looks. */
  sweep(nowMs: number): void
  /** Looks at whom it is time to look. */
  look(nowMs: number): void
  /** Reads credentials and certificates again where they changed. */
  refresh(nowMs: number): void
  isBusy(): boolean
  list(): readonly KeptTarget[]
  close(): Promise<void>
}

export interface KeptTarget {
  readonly key: string
  /** One of those with this key. */
  readonly target: TargetDefinition
  readonly state: TargetState
  readonly link: TargetLink
}

interface Entry {
  readonly key: string
  /** As it was defined last. */
  target: TargetDefinition
  readonly link: TargetLink
  state: TargetState
  holders: number
  warmUp: Attempt | null
  /** Warm-ups that have shown their token and are still talking: the next one need not wait for them. */
  readonly tails: Set<Attempt>
  look: { readonly look: HealthLook; readonly untilMs: number } | null
  /** A look stands for a warm-up. */
  provingSinceMs: number | null
}

export interface KeeperOptions {
  readonly policy: RouterPolicy
  readonly readers: SecretReaders
  readonly limits: AttemptLimits
  readonly metrics: RouterMetrics
  readonly nowMs: () => number
  /** A target is in another condition than before. */
  readonly onChange: (key: string, from: string, to: string, why: string) => void
}

export function keepTargets(options: KeeperOptions): TargetKeeper {
  const { policy, readers, limits, metrics, nowMs, onChange } = options
  const entries = new Map<string, Entry>()
  const retiring = new Set<Entry>()
  let looks = 0

  function hold(definition: RouterDefinition): () => void {
    const held = new Map<string, TargetDefinition>()
    for (const route of definition.routes) for (const target of route.targets) if (!held.has(target.key)) held.set(target.key, target)
    for (const target of held.values()) enter(target)
    return () => {
      for (const key of held.keys()) leave(key)
    }
  }

  function enter(target: TargetDefinition): void {
    const known = entries.get(target.key)
    if (known !== undefined) {
      known.holders++
      known.state = redefine(known.state, known.target, target)
      known.target = target
      return
    }
    const link = createTargetLink(target, readers)
    const state = createTargetState(target)
    entries.set(target.key, {
      key: target.key,
      target,
      link,
      state,
      holders: 1,
      warmUp: null,
      tails: new Set(),
      look: null,
      provingSinceMs: null,
    })
    tell(target.key, { kind: 'identity-read', atMs: nowMs(), problem: link.problem() })
  }

  function leave(key: string): void {
    const entry = entryOf(key)
    entry.holders--
    if (entry.holders > 0) return
    entries.delete(key)
    retiring.add(entry)
    silence(entry)
    void entry.link.retire().then(() => retiring.delete(entry))
  }

  function silence({ warmUp, tails, look }: Entry): void {
    warmUp?.abort()
    for (const tail of tails) tail.abort()
    look?.look.expire()
  }

  function entryOf(key: string): Entry {
    const entry = entries.get(key)
    if (entry === undefined) throw new Error(`no target has the key ${key}`)
    return entry
  }

  function tell(key: string, event: TargetEvent): void {
    const entry = entries.get(key)
    if (entry === undefined) return
    const before = conditionOf(entry.state, event.atMs, policy)
    entry.state = reduceTarget(entry.state, event, policy)
    const after = conditionOf(entry.state, event.atMs, policy)
    // Who speaks is warm: that comes and goes with every answer, and nobody waits for it.
    if (before === after || (isWell(before) && isWell(after))) return
    metrics.transitions(entry.target.id, before, after).value++
    onChange(entry.target.id, before, after, entry.state.why)
  }

  function warm(target: TargetDefinition, clocks: AttemptClocks): void {
    const entry = entries.get(target.key)
    if (entry === undefined || entry.warmUp !== null) return
    const question = warmUpQuestion(target)
    if (question === null) {
      proveByHealth(entry)
      return
    }
    const { endpoint, body, isOwnModel } = question
    const startedAtMs = nowMs()
    let isTold = false
    const tellEnd = (failure: AttemptFailure | null): void => {
      if (isTold) return
      isTold = true
      metrics.warmUps(entry.target.id, failure?.cause ?? 'ok').value++
      const atMs = nowMs()
      tell(entry.key, { kind: 'warm-up-ended', atMs, tookMs: atMs - startedAtMs, failure, isOwnModel })
    }
    const over = (failure: AttemptFailure | null): void => {
      if (entry.warmUp === attempt) entry.warmUp = null
      entry.tails.delete(attempt)
      tellEnd(failure)
    }
    const attempt = new Attempt(
      { number: 0, target, clocks, endpoint, stripThinking: false, keepsText: false, limits, startedAtMs },
      {
        nowMs,
        connected: () => {},
        // One token is proof; the few that follow end the answer properly and keep the connection.
        output: () => {
          if (entry.warmUp === attempt) entry.warmUp = null
          entry.tails.add(attempt)
          tellEnd(null)
        },
        failed: (_, failure) => over(isTold || failure.cause === 'quality' || failure.cause === 'empty' ? null : failure),
        ended: () => over(null),
      },
    )
    entry.warmUp = attempt
    if (!isWarmingUp(entry.state, startedAtMs, policy)) tell(entry.key, { kind: 'warm-up-started', atMs: startedAtMs })
    const problem = entry.link.problem()
    if (problem !== null) {
      attempt.abort()
      over(toFailure({ cause: 'identity-missing', message: problem }))
      return
    }
    attempt.link = entry.link
    entry.link.dispatch(
      { method: 'POST', path: `/${endpoint}`, contentType: 'application/json', requestId: nextLook(), body, contentLength: null },
      attempt,
    )
  }

  /** What takes no question that costs next to nothing has shown that it is back once it says so. */
  function proveByHealth(entry: Entry): void {
    const atMs = nowMs()
    entry.provingSinceMs ??= atMs
    if (!isWarmingUp(entry.state, atMs, policy)) tell(entry.key, { kind: 'warm-up-started', atMs })
    const problem = entry.link.problem()
    if (problem !== null) endProof(entry, toFailure({ cause: 'identity-missing', message: problem }))
    else if (entry.look === null) begin(entry, atMs)
  }

  function endProof(entry: Entry, failure: AttemptFailure | null): void {
    const atMs = nowMs()
    const tookMs = atMs - (entry.provingSinceMs ?? atMs)
    entry.provingSinceMs = null
    metrics.warmUps(entry.target.id, failure?.cause ?? 'ok').value++
    tell(entry.key, { kind: 'warm-up-ended', atMs, tookMs, failure })
  }

  function nextLook(): string {
    looks++
    return `look-${looks}`
  }

  function look(atMs: number): void {
    for (const entry of entries.values()) {
      if (entry.look !== null || entry.warmUp !== null) continue
      const wanted = judgeProbe(entry.state, atMs, { policy, probesCloud: entry.target.isProbed })
      if (wanted === 'token') warm(entry.target, toWarmUpClocks(entry.target, entry.state, policy))
      else if (wanted === 'health' && entry.link.problem() === null) begin(entry, atMs)
    }
  }

  function begin(entry: Entry, atMs: number): void {
    let isOver = false
    const started = lookAtHealth(entry.link, nextLook(), (health) => {
      isOver = true
      entry.look = null
      metrics.probes(entry.target.id, health).value++
      if (entry.provingSinceMs !== null) endProof(entry, failureOf(health))
      else tell(entry.key, { kind: 'health-seen', atMs: nowMs(), health })
    })
    if (!isOver) entry.look = { look: started, untilMs: atMs + 2 * policy.connectMs[entry.target.locality] }
  }

  function sweep(atMs: number): void {
    for (const entry of entries.values()) {
      entry.warmUp?.judgeClocks(atMs)
      for (const tail of entry.tails) tail.judgeClocks(atMs)
      if (entry.look !== null && entry.look.untilMs <= atMs) entry.look.look.expire()
    }
  }

  function refresh(atMs: number): void {
    for (const { key, link } of entries.values()) {
      if (link.refresh()) tell(key, { kind: 'identity-read', atMs, problem: link.problem() })
    }
  }

  return {
    hold,
    tell,
    warm,
    sweep,
    look,
    refresh,
    stateOf: (key) => entryOf(key).state,
    linkOf: ({ key }) => entryOf(key).link,
    isBusy: () => [...entries.values()].some(({ warmUp, tails, look }) => warmUp !== null || tails.size > 0 || look !== null),
    list: () => [...entries.values()],
    close: async () => {
      for (const entry of entries.values()) silence(entry)
      await Promise.all([...entries.values(), ...retiring].map(({ link }) => link.destroy()))
    },
  }
}

/** What was learned stands; what another definition of the same server says of it is taken over. */
function redefine(state: TargetState, before: TargetDefinition, after: TargetDefinition): TargetState {
  const isLocal = after.locality === 'local'
  const loadMs = before.loadTimeMs === after.loadTimeMs ? state.loadMs : after.loadTimeMs
  return state.isLocal === isLocal && state.loadMs === loadMs
    ? state
    : { ...state, isLocal, loadMs, needsToken: state.needsToken && isLocal }
}

function isWell(condition: string): boolean {
  return condition === 'warm' || condition === 'busy' || condition === 'unknown'
}

/** Enough for a model that thinks before it speaks; no tools, nothing of anybody. */
const warmUpTokens = 16

interface WarmUpQuestion {
  readonly endpoint: Endpoint
  readonly body: Buffer
  /** It has this address and names this model, so it is at fault where it does not know them. */
  readonly isOwnModel: boolean
}

/** Null: what it offers is sound, and there is no small question about that. */
function warmUpQuestion({ endpoints, model }: TargetDefinition): WarmUpQuestion | null {
  const name = model === null ? {} : { model }
  const has = (endpoint: Endpoint): boolean => endpoints?.includes(endpoint) === true
  if (endpoints === null || has('chat/completions')) {
    const messages = [{ role: 'user', content: 'Say yes.' }]
    const body = toBody({ ...name, messages, max_tokens: warmUpTokens, stream: true })
    return { endpoint: 'chat/completions', body, isOwnModel: model !== null && endpoints !== null }
  }
  const of = (endpoint: Endpoint, question: object) => ({ endpoint, body: toBody({ ...name, ...question }), isOwnModel: false })
  if (has('completions')) return of('completions', { prompt: 'Say yes.', max_tokens: warmUpTokens, stream: true })
  if (has('responses')) return of('responses', { input: 'Say yes.', max_output_tokens: warmUpTokens, stream: true })
  return has('embeddings') ? of('embeddings', { input: 'yes' }) : null
}

function failureOf(health: Health): AttemptFailure | null {
  switch (health) {
    case 'ready':
      return null
    case 'loading':
      return toFailure({ cause: 'status', status: 503, message: 'loading' })
    case 'unauthorized':
      return toFailure({ cause: 'status', status: 401 })
    case 'refused':
      return toFailure({ cause: 'refused' })
    case 'silent':
      return toFailure({ cause: 'connect-timeout' })
  }
}

function toFailure(given: Pick<AttemptFailure, 'cause'> & Partial<AttemptFailure>): AttemptFailure {
  return { phase: 'connect', status: null, retryAfterMs: null, code: null, message: '', ...given }
}

function toBody(value: object): Buffer {
  return Buffer.from(JSON.stringify(value))
}
