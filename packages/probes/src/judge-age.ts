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

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

function describeAge(ms: number): string {
  const unit = units.find(([, length]) => ms >= 2 * length)
  return unit === undefined ? `${Math.max(0, Math.round(ms / 1000))} s` : `${Math.round(ms / unit[1])} ${unit[0]}`
}
