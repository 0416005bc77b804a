import { isCapSpent } from '../caps/cap-ledger.ts'
import type { RouteDefinition, TargetDefinition } from '../config/router-definition.ts'
import { firstTokenP95 } from '../target/first-token-times.ts'
import { isWarmingUp, toLoadBudget } from '../target/load-budget.ts'
import { reduceTarget } from '../target/reduce-target.ts'
import type { TargetEvent, TargetState } from '../target/target-state.ts'
import { conditionOf } from '../target/view-target.ts'
import { toAttemptClocks, toWarmUpClocks } from './attempt-clocks.ts'
import type { AttemptFailure } from './attempt-failure.ts'
import { toBrokenOff, toExpired, toFinalFailure } from './final-failure.ts'
import { type Candidate, type CandidateQuestion, isReady, judgeCandidate } from './judge-candidate.ts'
import { judgeFailure } from './judge-failure.ts'
import type { Attempt, FinalFailure, RequestAct, RequestEvent, RequestLoop, RequestStep, RequestWorld } from './request-loop.ts'
import { creditRequest, spendHedge, spendRetry } from './retry-budget.ts'

/*
 * How a request survives its backends. The twelve mechanisms stand below in their order; before them the one way in, after them the
 * small steps that they are made of. What an event means for a target is `reduceTarget`, what a failure means is `judgeFailure`.
 */

/** What a request does after one more event. It performs nothing: the acts are performed, and seen, by whoever calls. */
export function reduceRequest(loop: RequestLoop, event: RequestEvent, world: RequestWorld): RequestStep {
  const draft: Draft = { loop, acts: [], targetEvents: [], budget: world.budget, world }
  if (loop.phase !== 'done') handle(draft, event)
  return {
    loop: draft.loop,
    acts: draft.acts,
    wakeAtMs: wakeAt(draft),
    targetEvents: draft.targetEvents,
    budget: draft.budget,
  }
}

/** Whether the request would act on news of a target. */
export function isWaiting(loop: RequestLoop): boolean {
  return loop.phase === 'open'
}

interface Draft {
  loop: RequestLoop
  readonly acts: RequestAct[]
  readonly targetEvents: { readonly key: string; readonly event: TargetEvent }[]
  budget: RequestWorld['budget']
  readonly world: RequestWorld
}

interface Judged {
  readonly target: TargetDefinition
  readonly candidate: Candidate
}

function handle(draft: Draft, event: RequestEvent): Draft {
  switch (event.kind) {
    case 'began':
      return begin(draft)
    case 'connected':
      return tell(draft, event.attempt, { kind: 'connected', atMs: draft.world.nowMs })
    case 'output':
      return commitAtFirstOutput(draft, event.attempt)
    case 'failed':
      return meetFailure(draft, event)
    case 'ended':
      return end(draft, event)
    case 'client-gone':
      return leave(draft)
    case 'tick':
    case 'targets-changed':
      return lookAround(draft)
  }
}

// 1. The commit point is the first real output. Before it everything can still be rescued.

function commitAtFirstOutput(draft: Draft, number: number): Draft {
  const { loop, world } = draft
  const attempt = loop.attempts[number]
  if (attempt?.state !== 'running') return draft
  tell(draft, number, {
    kind: 'first-token',
    atMs: world.nowMs,
    tookMs: world.nowMs - attempt.startedAtMs,
    promptBytes: loop.facts.promptBytes,
    isStream: loop.facts.isStream,
  })
  abortOthers(draft, number, 'another answer was quicker')
  patchAttempt(draft, number, { state: 'speaking', outputAtMs: world.nowMs })
  if (loop.committed === null && (loop.delivery === 'live' || !loop.facts.isStream)) commit(draft, number)
  return draft
}

function commit(draft: Draft, number: number): Draft {
  draft.acts.push({ kind: 'commit', attempt: number })
  draft.loop = { ...draft.loop, phase: 'committed', committed: number }
  return draft
}

// 2. Four clocks for each attempt, by target and by its condition.

function start(draft: Draft, target: TargetDefinition, continues: number | null = null): Draft {
  const { loop, world } = draft
  stopWaiting(draft)
  const state = stateOf(draft, target.key)
  const clocks = toAttemptClocks(target, state, {
    condition: conditionOf(state, world.nowMs, world.policy),
    facts: loop.facts,
    nowMs: world.nowMs,
    isAlone: !hasAlternative(draft, target),
    lastMs: lastAttemptAt(loop, target)?.clocks.firstTokenMs ?? 0,
    policy: world.policy,
  })
  const attempt: Attempt = { target, startedAtMs: world.nowMs, state: 'running', outputAtMs: null, clocks }
  const number = loop.attempts.length
  draft.loop = { ...draft.loop, attempts: [...loop.attempts, attempt], again: null, pauseUntilMs: 0 }
  draft.acts.push({ kind: 'attempt', attempt: number, target, route: loop.route, clocks, continues })
  tell(draft, number, { kind: 'attempt-started', atMs: world.nowMs })
  return draft
}

/** Whether somebody else could answer this request, now or after a load. */
function hasAlternative(draft: Draft, target: TargetDefinition): boolean {
  return draft.loop.route.targets.some((other) => {
    if (other.key === target.key || countAttempts(draft.loop, other) > 0) return false
    const candidate = judge(draft, other)
    return candidate.fitness === 'ready' || (candidate.fitness === 'waking' && isWorthLeavingFor(draft, other, candidate))
  })
}

/** A load that is likely to end well. A whole answer is not broken off for it: once it is warm, it is asked as well. */
function isWorthLeavingFor(draft: Draft, target: TargetDefinition, { readyAtMs }: Candidate): boolean {
  const { facts } = draft.loop
  if (!facts.isStream && facts.isRepeatable && !facts.usesTools) return false
  return readyAtMs !== null || stateOf(draft, target.key).breaker.trials === 0
}

// 3. Each target is in an explicit state, and the first that is ready is asked.

function begin(draft: Draft): Draft {
  const { loop, world } = draft
  draft.budget = creditRequest(world.budget, world.nowMs, world.policy)
  if (isCapSpent(world.caps, loop.route)) return fail(draft, toCapSpent(loop.route))
  const [primary] = loop.route.targets
  if (primary && isReady(primary, world.states(primary.key), questionOf(draft))) return start(draft, primary)
  askNext(draft)
  return draft
}

function askNext(draft: Draft): Draft {
  const { loop, world } = draft
  if (world.nowMs >= loop.facts.deadlineAtMs) return expire(draft)
  if (world.nowMs < loop.pauseUntilMs) return draft
  if (loop.attempts.length >= world.policy.retry.attempts) return giveUp(draft)
  const burstEndsMs = burstEnd(loop, world)
  if (burstEndsMs > world.nowMs) return pause(draft, burstEndsMs)
  const { again } = loop
  if (again !== null && judge(draft, again).fitness === 'ready') return start(draft, again)
  const fresh = loop.route.targets.find((target) => countAttempts(loop, target) === 0 && judge(draft, target).fitness === 'ready')
  if (fresh) {
    recoverInBackground(draft, fresh)
    return start(draft, fresh)
  }
  holdOrRepeat(draft)
  return draft
}

// 4. A target is asked for a token rarely, and only where one is needed: `isWarmable` comes from `isTokenDue`, which `judgeProbe` shares.

function warm(draft: Draft, target: TargetDefinition): Draft {
  const { world } = draft
  const clocks = toWarmUpClocks(target, stateOf(draft, target.key), world.policy)
  draft.acts.push({ kind: 'warm', target, clocks })
  draft.targetEvents.push({ key: target.key, event: { kind: 'warm-up-started', atMs: world.nowMs } })
  return draft
}

// 5. Recovery is one synthetic request at a time. Users come back after its token, never as the trial.

function recoverInBackground(draft: Draft, chosen: TargetDefinition): Draft {
  for (const target of draft.loop.route.targets) {
    if (target === chosen) return draft
    if (judge(draft, target).isWarmable) warm(draft, target)
  }
  return draft
}

// 6. At the first suspicion what stands in is made warm, while the suspect still has time.

function preWarm(draft: Draft, suspect: TargetDefinition): Draft {
  const target = draft.loop.route.targets.find((other) => other.key !== suspect.key && couldAnswer(draft, other))
  return target && !isWarm(draft, target) && isIdle(draft, target) ? warm(draft, target) : draft
}

/** Nobody is being answered there, and it may be asked for a token now. */
function isIdle(draft: Draft, target: TargetDefinition): boolean {
  const { nowMs, policy } = draft.world
  const state = stateOf(draft, target.key)
  return !isWarmingUp(state, nowMs, policy) && state.inFlight === 0 && nowMs >= state.retrialAtMs
}

/** The first of these decides: where it is warm, nothing behind it is woken. */
function couldAnswer(draft: Draft, target: TargetDefinition): boolean {
  const { fitness } = judge(draft, target)
  return target.locality === 'local' && (fitness === 'ready' || fitness === 'waking')
}

function isWarm(draft: Draft, target: TargetDefinition): boolean {
  const { nowMs, policy } = draft.world
  return conditionOf(stateOf(draft, target.key), nowMs, policy) === 'warm'
}

// 7. Hold, do not bounce, and show life.

function holdOrRepeat(draft: Draft): Draft {
  const { loop, world } = draft
  const targets = loop.route.targets.map((target) => ({ target, candidate: judge(draft, target) }))
  const isUnknown = isUnknownThere(draft)
  if (isUnknown && !targets.some(({ target, candidate }) => mayStillCome(draft, target, candidate))) return giveUp(draft)
  const back = targets.find(({ target, candidate }) => candidate.fitness === 'ready' && isBack(draft, target))
  if (back) return start(draft, back.target)
  const lastResort = targets.find(({ target, candidate }) => isLastResort(draft, target, candidate))
  const isWaking = targets.some(({ candidate }) => candidate.fitness === 'waking')
  if (lastResort && !isWaking) return start(draft, lastResort.target)
  if (!isUnknown && repeat(draft, targets)) return draft
  const waitable = targets.filter(({ target, candidate }) => world.nowMs < holdLimit(draft, target, candidate))
  if (waitable.length === 0) return giveUp(draft)
  if (loop.waitsSinceMs === null && waitable.every(({ target }) => stateOf(draft, target.key).waiting >= world.policy.hold.waiting))
    return fail(draft, { ...toFinalFailure(loop, candidatesOf(draft), world.nowMs), status: 503, code: 'queue_full' })
  for (const { target, candidate } of waitable.slice(0, 2)) if (candidate.isWarmable) warm(draft, target)
  proveKept(draft, targets)
  startWaiting(
    draft,
    waitable.map(({ target }) => target.key),
  )
  return draft
}

/** Nobody asked it yet, and it is only not ready. */
function mayStillCome({ loop }: Draft, target: TargetDefinition, { fitness }: Candidate): boolean {
  return (fitness === 'waking' || fitness === 'resting') && countAttempts(loop, target) === 0
}

/** It showed a token since it failed this request, so it is asked again, whoever else is still loading. */
function isBack(draft: Draft, target: TargetDefinition): boolean {
  const { loop, world } = draft
  const { lastTokenAtMs } = stateOf(draft, target.key)
  const last = lastAttemptAt(loop, target)
  if (last === undefined || lastTokenAtMs === null || countAttempts(loop, target) >= world.policy.retry.attemptsPerTarget) return false
  return lastTokenAtMs > last.startedAtMs
}

/** Until when one waits for a target: exactly, where it is known; as long as a load, where one is under way; else not long. */
function holdLimit(draft: Draft, target: TargetDefinition, candidate: Candidate): number {
  const { loop, world } = draft
  const { policy, nowMs } = world
  const deadlineMs = loop.facts.deadlineAtMs
  if (candidate.fitness !== 'waking' && candidate.fitness !== 'resting') return 0
  if (countAttempts(loop, target) >= policy.retry.attemptsPerTarget) return 0
  if (candidate.condition === 'rate-limited') return (candidate.readyAtMs ?? deadlineMs) < deadlineMs ? deadlineMs : 0
  const state = stateOf(draft, target.key)
  const sinceMs = loop.waitsSinceMs ?? nowMs
  const loadMs = toLoadBudget(state, policy)
  if (state.loadingSinceMs !== null) return Math.min(deadlineMs, Math.max(state.loadingSinceMs, loop.facts.arrivedAtMs) + loadMs)
  const isExpected = state.loadMs !== null && !state.breaker.isOpen
  const isFresh = candidate.fitness === 'waking' && countAttempts(loop, target) === 0
  return Math.min(deadlineMs, sinceMs + (isExpected || isFresh ? loadMs : policy.hold.blindMs))
}

/** The last one is never ejected: where a breaker is all that stands in the way, and nobody else is left, it is asked. */
function isLastResort(draft: Draft, target: TargetDefinition, { fitness, condition }: Candidate): boolean {
  return fitness === 'resting' && condition === 'down' && !stateOf(draft, target.key).isDown && countAttempts(draft.loop, target) === 0
}

function showLife(draft: Draft): Draft {
  const { loop, world } = draft
  if (!loop.facts.isStream || world.nowMs < loop.lifeAtMs) return draft
  const last = loop.attempts.at(-1)
  draft.acts.push({ kind: 'show-life', why: last?.state === 'over' || !last ? 'waiting for a backend' : 'waiting for the first token' })
  draft.loop = { ...loop, lifeAtMs: world.nowMs + world.policy.lifeSignMs }
  return draft
}

// 8. A silent attempt is hedged, once, and only where a warm local target stands ready.

function hedge(draft: Draft, number: number, attempt: Attempt): Draft {
  const { loop, world } = draft
  if (world.nowMs < suspectAt(draft, attempt)) return draft
  const mayHedge = !loop.isHedged && loop.facts.isRepeatable && !loop.facts.usesTools && hasRoom(draft)
  const target = mayHedge && loop.route.targets.find((other) => isHedgeable(draft, other, attempt.target))
  const budget = target ? spendHedge(draft.budget) : null
  if (!target || budget === null) return number === loop.attempts.length - 1 ? preWarm(draft, attempt.target) : draft
  draft.budget = budget
  draft.loop = { ...loop, isHedged: true }
  start(draft, target)
  return draft
}

function isHedgeable(draft: Draft, target: TargetDefinition, suspect: TargetDefinition): boolean {
  if (target.key === suspect.key || target.locality !== 'local' || countAttempts(draft.loop, target) > 0) return false
  return isWarm(draft, target) && judge(draft, target).fitness === 'ready'
}

/** When the silence of an attempt becomes doubtful. */
function suspectAt(draft: Draft, attempt: Attempt): number {
  const { facts } = draft.loop
  const { hedge: limits } = draft.world.policy
  const p95 = firstTokenP95(draft.world.states(attempt.target.key), facts.promptBytes, facts.isStream)
  const leastMs = !facts.isStream ? limits.wholeMs : p95 === null ? limits.unknownMs : limits.leastMs
  return attempt.startedAtMs + Math.max(leastMs, (p95 ?? 0) * limits.timesP95)
}

// 9. Retry by class, within a budget, and with the client in mind.

function meetFailure(draft: Draft, { attempt: number, failure, continuable = false }: Extract<RequestEvent, { kind: 'failed' }>): Draft {
  const attempt = draft.loop.attempts[number]
  if (!attempt || attempt.state === 'over') return draft
  const { target } = attempt
  const isOwnModel = isAskedForItsModel(draft, target)
  tell(draft, number, { kind: 'failed', atMs: draft.world.nowMs, failure, hadOutput: attempt.state === 'speaking', isOwnModel })
  patchAttempt(draft, number, { state: 'over' })
  draft.loop = { ...draft.loop, lastFailure: { failure, attempt: number } }
  if (draft.loop.committed === number) return breakOff(draft, number, failure, continuable)
  const { retry } = judgeFailure(failure, { isOwnModel })
  // The request itself is at fault: whoever else is being asked need not see it any longer.
  const isRefused = retry === 'pass-on' || retry === 'larger-context'
  if (isRefused) abortOthers(draft, number, 'the request was refused')
  if (draft.loop.attempts.some(({ state }) => state !== 'over')) return draft
  if (failure.cause === 'total-timeout' && draft.world.nowMs >= draft.loop.facts.deadlineAtMs) return expire(draft)
  if (retry === 'pass-on') return passOn(draft, number)
  if (retry === 'larger-context') return askLargerContext(draft, number)
  if (!draft.loop.facts.isRepeatable && failure.phase !== 'connect') return giveUp(draft)
  if (retry === 'again') planAgain(draft, target)
  if (retry === 'wait') planWait(draft, target)
  askNext(draft)
  return draft
}

/** A 404 to this question means that the model is not there; to another it may mean the endpoint, and to a client's own name nothing. */
function isAskedForItsModel({ loop }: Draft, target: TargetDefinition): boolean {
  return target.model !== null && loop.facts.endpoint === 'chat/completions'
}

/** Once, soon, at the same target; not for a client that repeats by itself. */
function planAgain(draft: Draft, target: TargetDefinition): Draft {
  const { loop, world } = draft
  if (countAttempts(loop, target) > 1 || loop.facts.clientRetry > 0) return draft
  const budget = spendRetry(draft.budget)
  if (budget === null) return draft
  draft.budget = budget
  draft.loop = { ...loop, again: target }
  pause(draft, world.nowMs + world.random() * world.policy.retry.inPlaceMs)
  return draft
}

/** A short Retry-After is waited for; with a long one the next target is asked, and the first is left alone exactly so long. */
function planWait(draft: Draft, target: TargetDefinition): Draft {
  const { loop, world } = draft
  const { coolUntilMs } = stateOf(draft, target.key)
  const isShort = coolUntilMs - world.nowMs <= world.policy.rateLimit.patienceMs && loop.lastFailure?.failure.retryAfterMs !== null
  if (!isShort || countAttempts(loop, target) > 1 || loop.facts.clientRetry > 0 || coolUntilMs >= loop.facts.deadlineAtMs) return draft
  const budget = spendRetry(draft.budget)
  if (budget === null) return draft
  draft.budget = budget
  draft.loop = { ...loop, again: target }
  pause(draft, coolUntilMs)
  return draft
}

/**
 * Another round over targets that failed, after a pause with full jitter; false where nobody is left or the budget is spent. What only loads
 * is warmed meanwhile, and one attempt is kept for it: a fault of a moment is not to cost a whole load. Nor is the last attempt at a server
 * spent blindly as long as there is somebody to wait for.
 */
function repeat(draft: Draft, targets: readonly Judged[]): boolean {
  const { loop, world } = draft
  const { retry } = world.policy
  const waking = targets.filter(({ candidate }) => candidate.fitness === 'waking')
  const isKept = waking.some(({ target }) => countAttempts(loop, target) === 0)
  if (loop.attempts.length >= retry.attempts - (isKept ? 1 : 0)) return false
  const isHeld = waking.some(({ target, candidate }) => world.nowMs < holdLimit(draft, target, candidate))
  const most = loop.facts.clientRetry > 0 ? 1 : retry.attemptsPerTarget
  const ready = targets.filter(({ target, candidate }) => {
    const isLastKept = isHeld && target.locality === 'local'
    return candidate.fitness === 'ready' && countAttempts(loop, target) < (isLastKept ? Math.min(most, retry.attemptsPerTarget - 1) : most)
  })
  const least = Math.min(...ready.map(({ target }) => countAttempts(loop, target)))
  const next = ready.find(({ target }) => countAttempts(loop, target) === least)
  const budget = next ? spendRetry(draft.budget) : null
  if (!next || budget === null) return false
  draft.budget = budget
  draft.loop = { ...loop, again: next.target }
  for (const { target, candidate } of waking.slice(0, 2)) if (candidate.isWarmable) warm(draft, target)
  const ceilingMs = Math.min(retry.longestBackoffMs, retry.backoffMs * 2 ** loop.attempts.length)
  pause(draft, world.nowMs + world.random() * ceilingMs)
  return true
}

/** A server that breaks may be starting, and load next. Its last attempt is for when it is back, which a token of nobody's request shows. */
function proveKept(draft: Draft, targets: readonly Judged[]): Draft {
  const { loop, world } = draft
  for (const { target, candidate } of targets) {
    const last = lastAttemptAt(loop, target)
    if (candidate.fitness !== 'ready' || target.locality !== 'local' || last === undefined) continue
    const isSpent = countAttempts(loop, target) >= world.policy.retry.attemptsPerTarget
    if (!isSpent && world.nowMs >= last.startedAtMs + world.policy.refusedMs && isIdle(draft, target)) warm(draft, target)
  }
  return draft
}

/** Whether one more attempt may begin at once. */
function hasRoom({ loop, world }: Draft): boolean {
  return loop.attempts.length < world.policy.retry.attempts && burstEnd(loop, world) <= world.nowMs
}

function burstEnd({ attempts }: RequestLoop, { policy }: RequestWorld): number {
  const first = attempts[attempts.length - policy.retry.burst]
  return first === undefined ? 0 : first.startedAtMs + policy.retry.burstMs
}

/** A prompt that was refused is shown to nobody else, unless its route says who takes longer ones. */
function askLargerContext(draft: Draft, number: number): Draft {
  const { loop } = draft
  const larger = loop.definition.routes.find(({ name }) => name === loop.route.largerContext)
  if (!larger || loop.route !== loop.choice.route || (loop.route.secure && !larger.secure)) return passOn(draft, number)
  if (isCapSpent(draft.world.caps, larger)) return passOn(draft, number)
  draft.loop = { ...loop, route: larger }
  askNext(draft)
  return draft
}

function passOn(draft: Draft, number: number): Draft {
  stopWaiting(draft)
  draft.acts.push({ kind: 'pass-on', attempt: number })
  draft.loop = { ...draft.loop, phase: 'done' }
  return draft
}

// 10. After the commit there is no second answer: a broken one ends in-band and is aborted. Only plain text may be continued, if asked for.

function breakOff(draft: Draft, number: number, failure: AttemptFailure, continuable: boolean): Draft {
  const { loop, world } = draft
  const attempt = loop.attempts[number] as Attempt
  const isAllowed = continuable && loop.route.continuation && !loop.isContinued
  const mayContinue = isAllowed && hasRoom(draft) && world.nowMs < loop.facts.deadlineAtMs
  const target = mayContinue
    ? loop.route.targets.find((other) => other.prefill && countAttempts(loop, other) === 0 && judge(draft, other).fitness === 'ready')
    : undefined
  if (!target) return fail(draft, toBrokenOff(failure, attempt.target.id))
  start(draft, target, number)
  draft.loop = { ...draft.loop, isContinued: true, committed: draft.loop.attempts.length - 1 }
  return draft
}

function end(draft: Draft, { attempt: number, quality, completionTokens }: Extract<RequestEvent, { kind: 'ended' }>): Draft {
  const { loop, world } = draft
  const attempt = loop.attempts[number]
  if (!attempt || attempt.state === 'over') return draft
  if (attempt.state === 'running') return meetFailure(draft, { kind: 'failed', attempt: number, failure: emptyAnswer })
  if (loop.committed === null && quality.kind === 'broken')
    return meetFailure(draft, { kind: 'failed', attempt: number, failure: { ...emptyAnswer, cause: 'quality', message: quality.why } })
  tell(draft, number, {
    kind: 'answered',
    atMs: world.nowMs,
    tookMs: world.nowMs - attempt.startedAtMs,
    firstTokenMs: (attempt.outputAtMs ?? world.nowMs) - attempt.startedAtMs,
    completionTokens,
    quality,
    slow: loop.route.slow,
  })
  if (loop.committed === null) commit(draft, number)
  draft.acts.push({ kind: 'finish', attempt: number })
  patchAttempt(draft, number, { state: 'over' })
  draft.loop = { ...draft.loop, phase: 'done' }
  return draft
}

const emptyAnswer: AttemptFailure = {
  cause: 'empty',
  phase: 'holding',
  status: 200,
  retryAfterMs: null,
  code: null,
  message: 'it ended and held nothing',
}

const outOfTime: AttemptFailure = {
  ...emptyAnswer,
  cause: 'total-timeout',
  phase: 'committed',
  message: 'the time of the request was over',
}

// 11. Identity, endpoints and the limits of a route are part of whom may be asked at all: `judgeCandidate`.

function judge(draft: Draft, target: TargetDefinition): Candidate {
  return judgeCandidate(target, stateOf(draft, target.key), questionOf(draft))
}

function questionOf({ loop, world }: Draft): CandidateQuestion {
  return { route: loop.route, facts: loop.facts, nowMs: world.nowMs, policy: world.policy }
}

// 12. The truth is told: one terminal act for each request, with its reason.

function fail(draft: Draft, failure: FinalFailure): Draft {
  stopWaiting(draft)
  abortOthers(draft, -1, failure.code)
  draft.acts.push({ kind: 'fail', failure })
  draft.loop = { ...draft.loop, phase: 'done' }
  return draft
}

function giveUp(draft: Draft): Draft {
  const { loop, world } = draft
  // Nobody knows this name or this endpoint: the words of the last one are better than ours.
  if (loop.lastFailure !== null && isUnknownThere(draft)) return passOn(draft, loop.lastFailure.attempt)
  return fail(draft, toFinalFailure(loop, candidatesOf(draft), world.nowMs))
}

/** The last one did not know what it was asked for, and is well. To ask it again changes nothing. */
function isUnknownThere(draft: Draft): boolean {
  const last = draft.loop.lastFailure
  const target = last === null ? undefined : draft.loop.attempts[last.attempt]?.target
  return last?.failure.status === 404 && target !== undefined && !isAskedForItsModel(draft, target)
}

function expire(draft: Draft): Draft {
  const { committed, attempts } = draft.loop
  if (committed !== null) return fail(draft, toBrokenOff(outOfTime, attempts[committed]?.target.id ?? ''))
  fail(draft, toExpired(draft.loop, candidatesOf(draft), draft.world.nowMs))
  return draft
}

function leave(draft: Draft): Draft {
  stopWaiting(draft)
  abortOthers(draft, -1, 'the client left')
  draft.loop = { ...draft.loop, phase: 'done' }
  return draft
}

// What these are made of.

/** Time went by, or a target is in another condition. */
function lookAround(draft: Draft): Draft {
  const { loop, world } = draft
  if (world.nowMs >= loop.facts.deadlineAtMs) return expire(draft)
  if (loop.phase !== 'open') return draft
  showLife(draft)
  const running = loop.attempts.findIndex(({ state }) => state !== 'over')
  if (running < 0) return askNext(draft)
  const attempt = loop.attempts[running] as Attempt
  if (attempt.state === 'running') hedge(draft, running, attempt)
  return draft
}

/** As it will be once the events of this step are told. */
function stateOf({ targetEvents, world }: Draft, key: string): TargetState {
  let state = world.states(key)
  for (const told of targetEvents) if (told.key === key) state = reduceTarget(state, told.event, world.policy)
  return state
}

function candidatesOf(draft: Draft): readonly Candidate[] {
  return draft.loop.route.targets.map((target) => judge(draft, target))
}

function lastAttemptAt({ attempts }: RequestLoop, { key }: TargetDefinition): Attempt | undefined {
  return attempts.findLast(({ target }) => target.key === key)
}

function countAttempts({ attempts }: RequestLoop, { key }: TargetDefinition): number {
  let count = 0
  for (const { target } of attempts) if (target.key === key) count += 1
  return count
}

function tell(draft: Draft, number: number, event: TargetEvent): Draft {
  const attempt = draft.loop.attempts[number]
  if (attempt) draft.targetEvents.push({ key: attempt.target.key, event })
  return draft
}

function patchAttempt(draft: Draft, number: number, change: Partial<Attempt>): Draft {
  const attempts = draft.loop.attempts.slice()
  attempts[number] = { ...(attempts[number] as Attempt), ...change }
  draft.loop = { ...draft.loop, attempts }
  return draft
}

function abortOthers(draft: Draft, winner: number, why: string): Draft {
  for (let number = 0; number < draft.loop.attempts.length; number++) {
    const attempt = draft.loop.attempts[number] as Attempt
    if (number === winner || attempt.state === 'over') continue
    draft.acts.push({ kind: 'abort', attempt: number, why })
    const wasOverdue = winner > number && attempt.state === 'running' && draft.world.nowMs >= suspectAt(draft, attempt)
    tell(draft, number, { kind: 'abandoned', atMs: draft.world.nowMs, hadOutput: attempt.state === 'speaking', wasOverdue })
    patchAttempt(draft, number, { state: 'over' })
  }
  return draft
}

function pause(draft: Draft, untilMs: number): Draft {
  draft.loop = { ...draft.loop, pauseUntilMs: untilMs }
  return draft
}

function startWaiting(draft: Draft, keys: readonly string[]): Draft {
  const { loop, world } = draft
  for (const key of keys)
    if (!loop.waitsFor.includes(key)) draft.targetEvents.push({ key, event: { kind: 'waiting', atMs: world.nowMs, change: 1 } })
  for (const key of loop.waitsFor)
    if (!keys.includes(key)) draft.targetEvents.push({ key, event: { kind: 'waiting', atMs: world.nowMs, change: -1 } })
  draft.loop = { ...loop, waitsFor: keys, waitsSinceMs: loop.waitsSinceMs ?? world.nowMs }
  return draft
}

function stopWaiting(draft: Draft): Draft {
  const { loop, world } = draft
  if (loop.waitsFor.length === 0) return draft
  for (const key of loop.waitsFor) draft.targetEvents.push({ key, event: { kind: 'waiting', atMs: world.nowMs, change: -1 } })
  draft.loop = { ...loop, waitsFor: [], waitsSinceMs: null }
  return draft
}

function wakeAt(draft: Draft): number | null {
  const { loop, world } = draft
  if (loop.phase === 'done') return null
  const deadlineMs = loop.facts.deadlineAtMs
  if (loop.phase === 'committed') return deadlineMs
  const lifeMs = loop.facts.isStream ? Math.min(deadlineMs, loop.lifeAtMs) : deadlineMs
  const running = loop.attempts.find(({ state }) => state !== 'over')
  if (running === undefined) return Math.min(lifeMs, world.nowMs < loop.pauseUntilMs ? loop.pauseUntilMs : recheckAt(draft))
  if (running.state === 'speaking' || loop.isHedged || loop.route.targets.length < 2) return lifeMs
  const suspectMs = suspectAt(draft, running)
  return Math.min(lifeMs, suspectMs > world.nowMs ? suspectMs : world.nowMs + world.policy.hold.recheckMs)
}

/** While it waits: when a target may be ready, or may be asked for a token. */
function recheckAt({ loop, world }: Draft): number {
  let atMs = world.nowMs + world.policy.hold.recheckMs
  for (const key of loop.waitsFor) {
    const { coolUntilMs, retrialAtMs } = world.states(key)
    if (coolUntilMs > world.nowMs) atMs = Math.min(atMs, coolUntilMs)
    if (retrialAtMs > world.nowMs) atMs = Math.min(atMs, retrialAtMs)
  }
  return atMs
}

function toCapSpent({ name, dailyCapCompletionTokens }: RouteDefinition): FinalFailure {
  return {
    status: 429,
    code: 'daily_cap_reached',
    message: `The route ${name} has used its ${dailyCapCompletionTokens} completion tokens of this day (UTC).`,
    retryAfterS: null,
  }
}
