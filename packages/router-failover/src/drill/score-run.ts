import type { Delivery } from '../config/router-definition.ts'
import type { CallOutcome, DrillCheck, Expectation, Fault, Verdict } from './fault.ts'
import type { CallSeen, FaultRun } from './fault-run.ts'
import { attemptsOf, isPrefix, isWhole, judgeCheck } from './judge-check.ts'

export interface FaultScore {
  readonly id: string
  readonly title: string
  readonly verdict: Verdict
  readonly why: string
  /** Of all calls the worst. */
  readonly outcome: CallOutcome
  /** A clean answer that lacked words: what no gateway may do. */
  readonly isSilentTruncation: boolean
  readonly checks: readonly (Pick<DrillCheck, 'id' | 'level'> & { readonly held: boolean; readonly seen: string })[]
  readonly attempts: { readonly primary: number; readonly fallback: number }
  /** At full length, of the first call; null where no word came. */
  readonly firstTokenMs: number | null
  /** At full length, of the slowest call. */
  readonly tookMs: number
  /** What our own router has to reach; null for others. */
  readonly expected: Expectation | null
  readonly isAsExpected: boolean | null
}

/**
 * A run by the public rules: `pass`: what was right came and every check held; `partial`: it came, an advisory check did not hold;
 * `safe`: it did not come, but the call ended with a bounded, clean error and every required check held; `fail`: all else.
 */
export function scoreRun(fault: Fault, run: FaultRun, delivery: Delivery | null): FaultScore {
  const checks = [...conductOf(run), ...fault.checks.map((check) => ({ ...check, ...judgeCheck(check.ask, run) }))].map(
    ({ id, level, held, seen }) => ({ id, level, held, seen }),
  )
  const outcome = worstOf(run.calls)
  const { verdict, why } = decide(fault, run, checks)
  const expected = delivery === null ? null : fault.expected[delivery]
  return {
    id: fault.id,
    title: fault.title,
    verdict,
    why,
    outcome,
    isSilentTruncation: run.calls.some(isSilentTruncation),
    checks,
    attempts: { primary: attemptsOf(run, 'primary').length, fallback: attemptsOf(run, 'fallback').length },
    firstTokenMs: firstTokenMsOf(run),
    tookMs: Math.max(...run.calls.map(({ startedAtMs, endedAtMs }) => (endedAtMs - startedAtMs) / run.timeScale)),
    expected,
    isAsExpected: expected === null ? null : isReached({ verdict, outcome }, expected),
  }
}

/** Whether whole answers came, by whatever way: what a gateway must be able to before it is judged. */
export const isWell = ({ outcome, isSilentTruncation }: FaultScore): boolean => outcome === 'answer' && !isSilentTruncation

/** Verdicts from the best to the worst. */
export const verdicts: readonly Verdict[] = ['pass', 'partial', 'safe', 'fail']

type Scored = FaultScore['checks'][number]

/** What holds in every case: an end, no half answer as a whole one, no word twice. */
function conductOf({ calls }: FaultRun): readonly Scored[] {
  const hangs = calls.filter(({ outcome }) => outcome === 'hang').length
  const halves = calls.filter(isSilentTruncation)
  const strange = calls.filter((call) => !isPrefix(call)).length
  return [
    { id: 'no-hang', level: 'required', held: hangs === 0, seen: hangs === 0 ? 'ended' : `${hangs} of ${calls.length} without an end` },
    {
      id: 'no-silent-truncation',
      level: 'required',
      held: halves.length === 0,
      seen: halves.length === 0 ? 'none' : `${countWords(halves[0])} of 60 words as a whole answer`,
    },
    { id: 'no-replay', level: 'required', held: strange === 0, seen: strange === 0 ? 'every word once' : 'words that are not the answer' },
  ]
}

function decide({ ideal }: Fault, { calls }: FaultRun, checks: readonly Scored[]): { readonly verdict: Verdict; readonly why: string } {
  const broken = checks.filter(({ held, level }) => !held && level === 'required')
  if (broken.length > 0) return { verdict: 'fail', why: describe(broken) }
  const reached = calls.every((call) => (ideal === 'answer' ? call.outcome === 'answer' && isWhole(call) : isIdeal[ideal](call)))
  if (!reached && ideal === 'error') return { verdict: 'partial', why: 'answered by going around the refusal' }
  if (!reached) return { verdict: 'safe', why: `not rescued: ${describeError(calls)}` }
  const advice = checks.filter(({ held }) => !held)
  return advice.length > 0 ? { verdict: 'partial', why: describe(advice) } : { verdict: 'pass', why: wellDone[ideal] }
}

const isIdeal = {
  error: ({ outcome }: CallSeen): boolean => outcome !== 'answer',
  left: ({ outcome }: CallSeen): boolean => outcome === 'left',
} as const

const wellDone = { answer: 'whole', error: 'the reason was told', left: 'nothing was left behind' } as const

const isSilentTruncation = (call: CallSeen): boolean => call.outcome === 'answer' && !isWhole(call)

/** From the mildest to the worst. */
const outcomes: readonly CallOutcome[] = ['left', 'answer', 'status', 'in-band-abort', 'in-band', 'abort', 'hang']

const worstOf = (calls: readonly CallSeen[]): CallOutcome =>
  outcomes[Math.max(0, ...calls.map(({ outcome }) => outcomes.indexOf(outcome)))] as CallOutcome

function isReached({ verdict, outcome }: Pick<FaultScore, 'verdict' | 'outcome'>, expected: Expectation): boolean {
  const distance = verdicts.indexOf(verdict) - verdicts.indexOf(expected.verdict)
  return distance < 0 || (distance === 0 && expected.outcomes.includes(outcome))
}

const describe = (checks: readonly Scored[]): string => checks.map(({ id, seen }) => `${id}: ${seen}`).join('; ')

function describeError(calls: readonly CallSeen[]): string {
  const failed = calls.find(({ outcome }) => outcome !== 'answer')
  return `${failed?.outcome ?? 'an error'} ${failed?.status ?? ''} ${failed?.errorCode ?? ''}`.replace(/\s+/g, ' ').trim()
}

function firstTokenMsOf({ calls: [call], timeScale }: FaultRun): number | null {
  if (call === undefined || call.firstWordAtMs === null) return null
  return (call.firstWordAtMs - call.startedAtMs) / timeScale
}

const countWords = (call: CallSeen | undefined): number =>
  call === undefined || call.text.trim() === '' ? 0 : call.text.trim().split(/\s+/).length
