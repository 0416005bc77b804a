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

/** The same of something that nobody saw: it happened between `fromMs` and `toMs` ago. Where that alone decides, it could not be checked. */
export function judgeAgeBetween(age: { readonly fromMs: number; readonly toMs: number }, maxAgeMs: number, what: string): Sight {
  const { fromMs, toMs } = age
  const atWorst = judgeAge(toMs, maxAgeMs, what)
  if (atWorst.kind !== 'failed' || judgeAge(fromMs, maxAgeMs, what).kind === 'failed') return atWorst
  const between = `${describeAge(Math.max(0, fromMs))} and ${describeAge(toMs)} ago`
  return { kind: 'could-not-check', detail: `${what} between ${between}, and nobody looked meanwhile` }
}
