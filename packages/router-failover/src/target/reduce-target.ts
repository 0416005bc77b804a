import { defaultPolicy, type RouterPolicy } from '../policy/router-policy.ts'
import { judgeFailure } from '../request/judge-failure.ts'
import { addFirstToken, toBand } from './first-token-times.ts'
import type { Blame, TargetEvent, TargetState } from './target-state.ts'

/** What is known of a target after one more event. */
export function reduceTarget(state: TargetState, event: TargetEvent, policy: RouterPolicy = defaultPolicy): TargetState {
  const reduce = reducers[event.kind] as Reducer<TargetEvent>
  return reduce(state, event, policy)
}

type Reducer<Event> = (state: TargetState, event: Event, policy: RouterPolicy) => TargetState
type Reducers = { readonly [Kind in TargetEvent['kind']]: Reducer<Extract<TargetEvent, { kind: Kind }>> }

const reducers: Reducers = {
  'attempt-started': (state) => ({ ...state, inFlight: state.inFlight + 1 }),

  connected: (state, { atMs }) => (state.isDown ? { ...state, isDown: false, needsToken: state.isLocal, lookedAtMs: atMs } : state),

  'first-token': (state, event, policy) => {
    const wasAway = state.needsToken || state.isDown || state.loadingSinceMs !== null
    const spoken = {
      ...state,
      speaking: state.speaking + 1,
      lastTokenAtMs: event.atMs,
      firstTokens: isUsual(state, event, wasAway, policy) ? addFirstToken(state.firstTokens, event) : state.firstTokens,
      loadMs: learnLoad(state, event.atMs, policy),
    }
    // Who speaks is there. The breaker waits for a whole answer: a server that breaks all of them off speaks too.
    return !wasAway || state.breaker.isOpen ? spoken : { ...spoken, needsToken: false, isDown: false, loadingSinceMs: null, retrialAtMs: 0 }
  },

  answered: (state, event, policy) => {
    const { atMs, quality } = event
    const ended = { ...state, inFlight: less(state.inFlight), speaking: less(state.speaking), lookedAtMs: atMs }
    if (quality.kind === 'broken') return fail(ended, atMs, `its answer was broken: ${quality.why}`, policy)
    return judgeSlowness(prove(ended, atMs, atMs - event.tookMs, policy), event, policy)
  },

  failed: (state, { atMs, failure, hadOutput, isOwnModel }, policy) => {
    const ended: TargetState = {
      ...state,
      inFlight: less(state.inFlight),
      speaking: hadOutput ? less(state.speaking) : state.speaking,
      lookedAtMs: atMs,
    }
    const { blame, why } = judgeFailure(failure, { isOwnModel })
    // A running stream proves health, so who came late behind it was only late; so was a handshake with a server of one thread.
    if ((blame === 'silent' || failure.cause === 'connect-timeout') && ended.speaking > 0) return ended
    return blames[blame](ended, { atMs, why, retryAfterMs: failure.retryAfterMs }, policy)
  },

  abandoned: (state, { atMs, hadOutput, wasOverdue = false }) => {
    const left = { ...state, inFlight: less(state.inFlight), speaking: hadOutput ? less(state.speaking) : state.speaking }
    if (!wasOverdue || !state.isLocal || left.speaking > 0) return left
    // Whoever is always overtaken would never be found to hang: one token decides.
    return { ...left, needsToken: true, retrialAtMs: Math.max(state.retrialAtMs, atMs), why: 'it was silent until another answered' }
  },

  waiting: (state, { change }) => ({ ...state, waiting: Math.max(0, state.waiting + change) }),

  'health-seen': (state, { atMs, health }, policy) => {
    const seen = { ...state, lookedAtMs: atMs }
    const blame = { why: `its health was looked at: ${health}`, atMs, retryAfterMs: null }
    if (health === 'loading') return blames.loading(seen, blame, policy)
    if (health === 'unauthorized') return blames.identity(seen, blame, policy)
    if (health === 'refused') return blames.gone(seen, blame, policy)
    // A server that reads a long prompt or generates may be too busy to answer a look; the clocks of the attempt judge it.
    if (health === 'silent') return state.inFlight > 0 ? seen : blames.gone(seen, blame, policy)
    return seeReady(seen, atMs, policy)
  },

  'warm-up-started': (state, { atMs }) => ({ ...state, warmUpSinceMs: atMs }),

  'warm-up-ended': (state, { atMs, failure, isOwnModel = true }, policy) => {
    const ended = { ...state, warmUpSinceMs: null, lookedAtMs: atMs }
    const loadMs = learnLoad(state, atMs, policy)
    if (failure === null) return recover({ ...ended, lastTokenAtMs: atMs, loadMs }, 'a token was seen')
    const { blame, why } = judgeFailure(failure, { isOwnModel })
    if (blame === 'none') return recover({ ...ended, loadMs }, 'it answers')
    const failed = blames[blame](ended, { atMs, why, retryAfterMs: failure.retryAfterMs }, policy)
    // While somebody waits for a model that loads or a server that starts, it is asked again soon: each ask costs next to nothing.
    const isEager = state.waiting > 0 && (blame === 'gone' || blame === 'loading')
    if (isEager) return { ...failed, retrialAtMs: atMs + policy.hold.recheckMs }
    return failed.breaker.trials > ended.breaker.trials ? failed : holdTrial(failed, atMs, policy)
  },

  'identity-read': (state, { atMs, problem }) => {
    if (problem !== null) return { ...state, problem, why: problem, retrialAtMs: Number.POSITIVE_INFINITY }
    return state.problem === null
      ? state
      : { ...state, problem: null, needsToken: state.isLocal, retrialAtMs: atMs, why: 'its identity was put in order' }
  },
}

type Blamed = { readonly atMs: number; readonly why: string; readonly retryAfterMs: number | null }

const blames: Readonly<Record<Blame, (state: TargetState, blamed: Blamed, policy: RouterPolicy) => TargetState>> = {
  none: (state) => state,

  // No retry and no breaker: it does not heal by waiting, somebody must act.
  identity: (state, { atMs, why }, policy) => ({ ...state, problem: why, why, retrialAtMs: atMs + policy.misconfiguredMs }),

  // Exactly as long as it said; never shorter than what an earlier answer said.
  'rate-limit': (state, { atMs, why, retryAfterMs }, policy) => {
    const coolMs = Math.min(retryAfterMs ?? policy.rateLimit.coolMs * 2 ** Math.min(state.coolings, 6), policy.rateLimit.longestMs)
    return { ...state, coolUntilMs: Math.max(state.coolUntilMs, atMs + coolMs), coolings: state.coolings + 1, why }
  },

  // Nobody looks at a metered target, so after a while one request of a user is its trial.
  loading: (state, { atMs, why, retryAfterMs }, policy) => ({
    ...state,
    isDown: false,
    needsToken: state.isLocal,
    loadingSinceMs: state.loadingSinceMs ?? atMs,
    lastTokenAtMs: null,
    retrialAtMs: state.isLocal
      ? state.retrialAtMs
      : atMs + Math.min(retryAfterMs ?? state.loadMs ?? policy.refusedMs, policy.rateLimit.longestMs),
    why,
  }),

  // One refused connection is enough: nobody is there.
  gone: (state, { atMs, why }, policy) => ({
    ...countFall(state, atMs, policy),
    isDown: true,
    needsToken: state.isLocal,
    loadingSinceMs: null,
    lastTokenAtMs: null,
    why,
  }),

  // It may be loading: a token of nobody's request shows when it is back.
  silent: (state, { atMs, why }, policy) => ({
    ...fail(state, atMs, why, policy),
    needsToken: state.isLocal,
    lastTokenAtMs: null,
    retrialAtMs: Math.max(state.retrialAtMs, atMs + policy.refusedMs),
  }),

  broken: (state, { atMs, why }, policy) => fail(state, atMs, why, policy),
}

/** The hold after a fall grows with each fall that comes soon after another. */
function countFall(state: TargetState, atMs: number, { refusedMs, breaker }: RouterPolicy): TargetState {
  if (state.isDown) return { ...state, retrialAtMs: Math.max(state.retrialAtMs, atMs + refusedMs) }
  const isFlapping = state.fellAtMs !== null && atMs - state.fellAtMs < breaker.flapMs
  const falls = isFlapping ? state.falls + 1 : 1
  const holdMs = Math.min(breaker.longestRetrialMs, refusedMs * 2 ** (falls - 1))
  return { ...state, fellAtMs: atMs, falls, retrialAtMs: Math.max(state.retrialAtMs, atMs + holdMs) }
}

/** One failure more; so many in a row open the breaker. */
function fail(state: TargetState, atMs: number, why: string, policy: RouterPolicy): TargetState {
  const failures = state.failures + 1
  const failed = { ...state, failures, why }
  return failures >= policy.breaker.failures ? open(failed, atMs, policy) : failed
}

/** Opens the breaker, or leaves it open: a hold only ever grows. */
function open(state: TargetState, atMs: number, policy: RouterPolicy): TargetState {
  const { breaker } = policy
  const last = state.breaker
  if (last.isOpen) return atMs < last.untilMs ? state : holdTrial(state, atMs, policy)
  const flaps = last.openedAtMs > 0 && atMs - last.openedAtMs < breaker.flapMs ? last.flaps + 1 : 0
  const holdMs = Math.min(breaker.longestHoldMs, breaker.holdMs * (flaps + 1))
  return {
    ...state,
    needsToken: state.isLocal,
    lastTokenAtMs: null,
    breaker: { isOpen: true, openedAtMs: atMs, untilMs: Math.max(last.untilMs, atMs + holdMs), flaps, trials: 0 },
  }
}

/** After a trial that failed: the next one later, and each time a little more. */
function holdTrial(state: TargetState, atMs: number, { breaker }: RouterPolicy): TargetState {
  const trials = state.breaker.trials + 1
  const pauseMs = Math.min(breaker.longestTrialMs, breaker.retrialMs * 1.5 ** (trials - 1))
  const untilMs = Math.max(state.breaker.untilMs, atMs + pauseMs)
  return {
    ...state,
    retrialAtMs: Math.max(state.retrialAtMs, atMs + pauseMs),
    breaker: { ...state.breaker, trials, untilMs: state.breaker.isOpen ? untilMs : state.breaker.untilMs },
  }
}

/** A user was answered by an attempt that began at `startedAtMs`. What began before a hold does not end it. */
function prove(state: TargetState, atMs: number, startedAtMs: number, policy: RouterPolicy): TargetState {
  const { breaker } = state
  if (breaker.isOpen && startedAtMs < breaker.openedAtMs) return state
  const isClean = !breaker.isOpen && state.failures === 0 && !state.needsToken && !state.isDown && state.loadingSinceMs === null
  if (isClean && state.problem === null && state.coolings === 0) return { ...state, lastTokenAtMs: atMs }
  return { ...close(state), lastTokenAtMs: atMs, loadMs: learnLoad(state, atMs, policy), why: 'it answered' }
}

/** What nobody asked for was answered: users may come back. */
function recover(state: TargetState, why: string): TargetState {
  return { ...close(state), why }
}

function close(state: TargetState): TargetState {
  return {
    ...state,
    breaker: state.breaker.isOpen ? { ...state.breaker, isOpen: false, trials: 0 } : { ...state.breaker, trials: 0 },
    failures: 0,
    slowRow: 0,
    coolings: 0,
    needsToken: false,
    isDown: false,
    loadingSinceMs: null,
    problem: null,
    retrialAtMs: 0,
  }
}

/** It says that it is there. That is no token yet. */
function seeReady(state: TargetState, atMs: number, policy: RouterPolicy): TargetState {
  const wasAway = state.isDown || state.loadingSinceMs !== null
  if (!wasAway) return state
  return {
    ...state,
    isDown: false,
    loadingSinceMs: null,
    loadMs: learnLoad(state, atMs, policy),
    needsToken: state.isLocal,
    why: 'it is there again; no token was seen yet',
  }
}

/** EMA of the time to the first output; so many answers in a row above the threshold count like a row of failures. */
function judgeSlowness(state: TargetState, event: Extract<TargetEvent, { kind: 'answered' }>, policy: RouterPolicy): TargetState {
  const { slow, firstTokenMs } = event
  if (slow === null) return state
  const before = state.slowEmaMs ?? firstTokenMs
  const slowEmaMs = before + policy.slowAlpha * (firstTokenMs - before)
  const slowRow = slowEmaMs > slow.thresholdMs ? state.slowRow + 1 : 0
  const judged = { ...state, slowEmaMs, slowRow }
  if (slowRow < slow.tripCount) return judged
  const opened = open({ ...judged, why: `${slowRow} slow answers in a row` }, event.atMs, policy)
  return { ...opened, slowRow: 0, slowEmaMs: null }
}

/** From the first word that it loads to the first that it does not. A quick load from a warm disk does not shorten the next one. */
function learnLoad({ isLocal, loadMs, loadingSinceMs }: TargetState, atMs: number, policy: RouterPolicy): number | null {
  if (loadingSinceMs === null || !isLocal) return loadMs
  return Math.max(loadMs ?? 0, Math.min(atMs - loadingSinceMs, policy.longestLoadMs))
}

/** What was long in coming tells how long a token takes only where the model was in memory: a load is no measure of what follows it. */
function isUsual(
  { lastTokenAtMs }: TargetState,
  { atMs, tookMs, promptBytes, isStream }: Extract<TargetEvent, { kind: 'first-token' }>,
  wasAway: boolean,
  { firstToken, staleMs }: RouterPolicy,
): boolean {
  const shortMs = isStream ? firstToken.unknownMs : firstToken.wholeMs
  if (tookMs <= shortMs * (firstToken.bandFactors[toBand(promptBytes)] ?? 1)) return true
  return !wasAway && lastTokenAtMs !== null && atMs - tookMs - lastTokenAtMs < staleMs
}

function less(count: number): number {
  return count > 0 ? count - 1 : 0
}
