import type { Observation } from '@sanctum/contracts'

/** In percent. */
export interface FlapLimits {
  /** Flapping begins at this score. */
  readonly high: number
  /** It ends below this one. */
  readonly low: number
}

/** As many results as a flap score looks back over: 20 possible changes. */
export const FLAP_WINDOW = 21

/** The limits that Naemon and Nagios have used for services since ever. */
export const defaultFlapLimits: FlapLimits = { high: 30, low: 20 }

const OLDEST_WEIGHT = 0.8
const NEWEST_WEIGHT = 1.2

/**
 * How much of what could have changed from one result to the next did, in whole percent; a late change weighs half as much again
 * as the oldest. A result that could not be had is no change, and fewer results than the window are no changes either.
 */
export function scoreFlaps(recent: readonly Observation[]): number {
  const definite = recent.filter(({ kind }) => kind !== 'could-not-check').slice(-FLAP_WINDOW)
  const places = FLAP_WINDOW - 1
  const missing = FLAP_WINDOW - definite.length
  const changed = definite.slice(1).reduce((sum, { kind }, index) => {
    if (kind === definite[index]?.kind) return sum
    return sum + OLDEST_WEIGHT + ((index + missing) * (NEWEST_WEIGHT - OLDEST_WEIGHT)) / (places - 1)
  }, 0)
  return Math.round((changed * 100) / places)
}

export function isFlapping(was: boolean, score: number, { high, low }: FlapLimits): boolean {
  return was ? score >= low : score >= high
}
