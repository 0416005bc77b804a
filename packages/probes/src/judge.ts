import type { FailureCause, Judgement, Observation } from '@sanctum/contracts'

/** How many results in a row change a verdict, and after how long without any the last one no longer counts. */
export interface JudgePolicy {
  readonly open_after: number
  readonly close_after: number
  readonly stale_after_ms: number
}

/** What one probe came to so far. Bounded: it keeps the standing verdict and the last results, not the whole history. */
export interface Track {
  readonly standing: Standing | null
  /** Newest last. */
  readonly recent: readonly Observation[]
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
}

type Definite = Exclude<Observation, { kind: 'could-not-check' }>

/** As many as a flap score looks back over. */
const KEPT = 21

export const emptyTrack: Track = { standing: null, recent: [] }

/**
 * What the observations of one probe mean together. `open_after` failures in a row open a problem, `close_after` passes
 * close it; the first result decides alone, unconfirmed, since it has no verdict to overturn. A result that could not be
 * had is neither good nor bad: it breaks no row and adds to none. Where no good or bad result is fresh enough, nothing is known.
 */
export function judge(history: readonly Observation[], policy: JudgePolicy, nowMs: number): Judgement {
  return judgeTrack(
    history.reduce((track, observation) => reduceTrack(track, observation, policy), emptyTrack),
    policy,
    nowMs,
  )
}

/** The track with one more observation. */
export function reduceTrack(track: Track, observation: Observation, policy: JudgePolicy): Track {
  return {
    standing: observation.kind === 'could-not-check' ? track.standing : reduceStanding(track.standing, observation, policy),
    recent: [...track.recent, observation].slice(-KEPT),
  }
}

/** What a track means at a moment. */
export function judgeTrack({ standing, recent }: Track, policy: JudgePolicy, nowMs: number): Judgement {
  const newest = recent.at(-1)
  if (newest === undefined) return unknown(nowMs, 'it was not asked yet')
  if (standing === null) return unknown(recent[0]?.atMs ?? nowMs, newest.detail)
  // A result from the future says that a clock jumped, so its age says nothing either.
  const ageMs = Math.abs(nowMs - standing.last.atMs)
  if (ageMs > policy.stale_after_ms)
    return unknown(
      standing.last.atMs,
      `no answer either way for ${Math.round(ageMs / 1000)} s${newest.kind === 'could-not-check' ? `: ${newest.detail}` : ''}`,
    )
  return {
    verdict: standing.verdict,
    sinceMs: standing.sinceMs,
    why: explain(standing, policy),
    confirmed: standing.confirmed,
    ...causeOf(standing),
  }
}

function reduceStanding(standing: Standing | null, last: Definite, policy: JudgePolicy): Standing {
  const verdict = last.kind === 'passed' ? 'healthy' : 'failed'
  const needed = last.kind === 'passed' ? policy.close_after : policy.open_after
  if (standing === null) return { verdict, sinceMs: last.atMs, confirmed: needed <= 1, last, inARow: 1, runSinceMs: last.atMs }
  const isSameRow = standing.last.kind === last.kind
  const inARow = isSameRow ? standing.inARow + 1 : 1
  const runSinceMs = isSameRow ? standing.runSinceMs : last.atMs
  const row = { last, inARow, runSinceMs }
  if (standing.verdict === verdict) return { ...standing, ...row, confirmed: standing.confirmed || inARow >= needed }
  // An unconfirmed verdict has nothing to hold on to, but neither does one result against it prove more.
  if (inARow < needed) return { ...standing, ...row }
  return { verdict, sinceMs: runSinceMs, confirmed: true, ...row }
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
