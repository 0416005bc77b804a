import { describeAge } from './describe-age.ts'
import type { Sight } from './judge-answer.ts'

// File systems and clocks of two machines may differ a little; more than this is a clock that jumped.
const SKEW_MS = 60_000

/** Whether something that happened `ageMs` ago happened lately enough. */
export function judgeAge(ageMs: number, maxAgeMs: number, what: string): Sight {
  if (ageMs < -SKEW_MS) return { kind: 'could-not-check', detail: `${what} ${describeAge(-ageMs)} in the future: a clock jumped` }
  if (ageMs > maxAgeMs)
    return { kind: 'failed', cause: 'stale', detail: `${what} ${describeAge(ageMs)} ago, at most ${describeAge(maxAgeMs)} allowed` }
  return { kind: 'passed', detail: `${what} ${describeAge(ageMs)} ago` }
}
