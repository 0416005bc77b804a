import type { FailureCause, Judgement, Observation } from '@sanctum/contracts'
import { FLAP_WINDOW, type FlapLimits, isFlapping, scoreFlaps } from './score-flaps.ts'

/** How many results in a row change a verdict, and after how long without any the last one no longer counts. */
export interface JudgePolicy {
  readonly open_after: number
  /** Where given, failures among this many results; else they must follow each other. */
  readonly open_of?: number | undefined
  readonly close_after: number
  readonly stale_after_ms: number
  /** The flap scores at which flapping begins and ends; where missing, nothing flaps. */
  readonly flap?: FlapLimits
  /** For how long who says that he is at work may leave his questions unanswered; whoever says so for ever hangs. */
  readonly longest_work_ms?: number | undefined
}

/** What one probe came to so far. Bounded: it keeps the standing verdict and the last results, not the whole history. */
export interface Track {
  readonly standing: Standing | null
  /** Newest last. */
  readonly recent: readonly Observation[]
  readonly flapping: boolean
  /** Since when it says that it is at work and answers nothing. */
  readonly silentSinceMs: number | null
}

interface Standing {
  readonly verdict: 'healthy' | 'failed'
  readonly sinceMs: number
  readonly confirmed: boolean
  /** The last result that was good or bad. */
  readonly last: Definite
  /** Results in a row that agree with the last one, and the time of the first of them. */
  readonly inARow: number
  readonly runSinceMs: number
  /** The results since the verdict changed, newest last; true is a failure. */
  readonly failures: readonly boolean[]
}

type Definite = Exclude<Observation, { kind: 'could-not-check' }>

/** While results flap, a row must be this many times as long to change the verdict: nothing toggles, and nothing is missed. */
const FLAP_FACTOR = 3

export const emptyTrack: Track = { standing: null, recent: [], flapping: false, silentSinceMs: null }

/**
 * What the observations of one probe mean together. `open_after` failures in a row open a problem, `close_after` passes
 * close it; the first result decides alone, unconfirmed, since it has no verdict to overturn. A result that could not be
 * had is neither good nor bad: it breaks no row and adds to none. While results flap, both rows must be longer. Where no good or bad result is fresh enough, nothing is known.
 */
export function judge(history: readonly Observation[], policy: JudgePolicy, nowMs: number): Judgement {
  return judgeTrack(
    history.reduce((track, observation) => reduceTrack(track, observation, policy), emptyTrack),
    policy,
    nowMs,
  )
}

/** The track with one more observation. */
export function reduceTrack(track: Track, seen: Observation, policy: JudgePolicy): Track {
  const silentSinceMs = isSilentWork(seen)
    ? (track.silentSinceMs ?? seen.atMs)
    : seen.kind === 'could-not-check'
      ? track.silentSinceMs
      : null
  const observation = endOfPatience(seen, silentSinceMs, policy)
  const recent = [...track.recent, observation].slice(-FLAP_WINDOW)
  if (observation.kind === 'could-not-check') return { ...track, recent, silentSinceMs }
  const flapping = policy.flap !== undefined && isFlapping(track.flapping, scoreFlaps(recent), policy.flap)
  return { standing: reduceStanding(track.standing, observation, flapping ? slowDown(policy) : policy), recent, flapping, silentSinceMs }
}

function isSilentWork(seen: Observation): boolean {
  return seen.kind === 'could-not-check' && seen.unanswered === true
}

/** Work that does not end and leaves every question unanswered is a hang that calls itself work. */
function endOfPatience(seen: Observation, silentSinceMs: number | null, { longest_work_ms }: JudgePolicy): Observation {
  if (!isSilentWork(seen) || silentSinceMs === null || longest_work_ms === undefined) return seen
  const silentMs = seen.atMs - silentSinceMs
  if (silentMs <= longest_work_ms) return seen
  const { atMs, tookMs, detail } = seen
  return { kind: 'failed', atMs, tookMs, cause: 'timeout', detail: `no answer for ${Math.round(silentMs / 1000)} s, though ${detail}` }
}

function slowDown({ open_of: _, ...policy }: JudgePolicy): JudgePolicy {
  return { ...policy, open_after: policy.open_after * FLAP_FACTOR, close_after: policy.close_after * FLAP_FACTOR }
}

/** What a track means at a moment. */
export function judgeTrack({ standing, recent, flapping }: Track, given: JudgePolicy, nowMs: number): Judgement {
  const policy = flapping ? slowDown(given) : given
  const newest = recent.at(-1)
  if (newest === undefined) return unknown(nowMs, 'it was not asked yet')
  const busy = newest.kind !== 'failed' && newest.busy === true ? { busy: true as const } : {}
  if (standing === null) return { ...unknown(recent[0]?.atMs ?? nowMs, newest.detail), ...busy }
  // A result from the future says that a clock jumped, so its age says nothing either.
  const ageMs = Math.abs(nowMs - standing.last.atMs)
  if (ageMs > policy.stale_after_ms)
    return {
      ...unknown(
        standing.last.atMs,
        `no answer either way for ${Math.round(ageMs / 1000)} s${newest.kind === 'could-not-check' ? `: ${newest.detail}` : ''}`,
      ),
      ...busy,
    }
  const drift = driftOf(standing)
  return {
    verdict: drift === null ? standing.verdict : 'drift',
    sinceMs: standing.sinceMs,
    why: `${flapping ? `flaps (${scoreFlaps(recent)} % of its last results changed): ` : ''}${drift ?? explain(standing, policy)}`,
    confirmed: standing.confirmed,
    ...causeOf(standing),
    ...busy,
    ...(flapping ? { flapping } : {}),
  }
}

function driftOf({ verdict, last }: Standing): string | null {
  return verdict === 'healthy' && last.kind === 'passed' ? (last.drift ?? null) : null
}

function reduceStanding(standing: Standing | null, last: Definite, policy: JudgePolicy): Standing {
  const verdict = last.kind === 'passed' ? 'healthy' : 'failed'
  const failures = [...(standing?.failures ?? []), last.kind === 'failed'].slice(-FLAP_WINDOW)
  const isSameRow = standing?.last.kind === last.kind
  const inARow = isSameRow ? standing.inARow + 1 : 1
  const runSinceMs = isSameRow ? standing.runSinceMs : last.atMs
  const row = { last, inARow, runSinceMs, failures }
  const isEnough = last.kind === 'passed' ? inARow >= policy.close_after : hasOpened(inARow, failures, policy)
  if (standing === null) return { verdict, sinceMs: last.atMs, confirmed: isEnough, ...row }
  if (standing.verdict === verdict) return { ...standing, ...row, confirmed: standing.confirmed || isEnough }
  // An unconfirmed verdict has nothing to hold on to, but neither does one result against it prove more.
  if (!isEnough) return { ...standing, ...row }
  return { verdict, sinceMs: runSinceMs, confirmed: true, ...row, failures: [] }
}

function hasOpened(inARow: number, failures: readonly boolean[], { open_after, open_of }: JudgePolicy): boolean {
  if (inARow >= open_after) return true
  return open_of !== undefined && failures.slice(-open_of).filter(Boolean).length >= open_after
}

function explain(standing: Standing, policy: JudgePolicy): string {
  const agrees = (standing.last.kind === 'passed') === (standing.verdict === 'healthy')
  if (agrees) return standing.last.detail
  return standing.verdict === 'healthy'
    ? `${standing.last.detail} (${standing.inARow} of ${policy.open_after} failures in a row that open a problem)`
    : `answers again (${standing.inARow} of ${policy.close_after} in a row that close the problem)`
}

function causeOf({ verdict, last }: Standing): { cause?: FailureCause } {
  return verdict === 'failed' && last.kind === 'failed' ? { cause: last.cause } : {}
}

function unknown(sinceMs: number, why: string): Judgement {
  return { verdict: 'could-not-check', sinceMs, why, confirmed: false }
}
