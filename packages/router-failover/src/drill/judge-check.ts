import { drillAnswer, drillModels } from './drill-answer.ts'
import type { CheckQuestion, ServerRole } from './fault.ts'
import type { AttemptSeen, CallSeen, FaultRun } from './fault-run.ts'

export interface CheckJudgement {
  readonly held: boolean
  /** What was seen, in a few words. */
  readonly seen: string
}

type Judges = {
  readonly [Kind in CheckQuestion['kind']]: (ask: Extract<CheckQuestion, { kind: Kind }>, run: FaultRun) => CheckJudgement
}

/** Whether a check held. A run at a fraction of the time is judged as if it had taken all of it. */
export function judgeCheck(ask: CheckQuestion, run: FaultRun): CheckJudgement {
  return (judges[ask.kind] as (ask: CheckQuestion, run: FaultRun) => CheckJudgement)(ask, run)
}

/** Whether a call brought every word, white space aside. */
export const isWhole = ({ text }: Pick<CallSeen, 'text'>): boolean => normalize(text) === drillAnswer

/** Whether what came is the beginning of the answer: no word twice, none from elsewhere. */
export const isPrefix = ({ text }: Pick<CallSeen, 'text'>): boolean => drillAnswer.startsWith(normalize(text))

/** Of the client's request: what a router asks on its own account is not counted. */
export const attemptsOf = (run: FaultRun, of: ServerRole | 'both'): readonly AttemptSeen[] =>
  run.attempts.filter(({ server, isProbe }) => !isProbe && (of === 'both' || server === of))

const judges: Judges = {
  'ends-within': ({ ms }, run) => {
    const took = Math.max(...run.calls.map((call) => fullMs(run, call.endedAtMs - call.startedAtMs)))
    return { held: took <= ms && run.calls.every(({ outcome }) => outcome !== 'hang'), seen: `${toSeconds(took)} s` }
  },
  attempts: ({ of, atLeast = 0, atMost = Number.POSITIVE_INFINITY }, run) => {
    const { length } = attemptsOf(run, of)
    return { held: length >= atLeast && length <= atMost, seen: `${length} at ${of === 'both' ? 'both together' : `the ${of}`}` }
  },
  gap: ({ atLeastMs }, run) => {
    const [first, second] = attemptsOf(run, 'primary')
    if (first === undefined || second === undefined) return { held: false, seen: 'no second attempt' }
    const gap = fullMs(run, second.atMs - first.atMs)
    return { held: gap >= atLeastMs, seen: `${toSeconds(gap)} s` }
  },
  'attempts-within': ({ ms, atMost }, run) => {
    const attempts = attemptsOf(run, 'primary')
    const count = attempts.filter(({ atMs }) => fullMs(run, atMs - (attempts[0]?.atMs ?? 0)) < ms).length
    return { held: count <= atMost, seen: `${count} in ${toSeconds(ms)} s` }
  },
  whole: (_, run) => ({ held: run.calls.every((call) => call.outcome === 'answer' && isWhole(call)), seen: outcomesOf(run) }),
  'healthy-afterwards': (_, run) => ({
    held: run.healthyAfterwards === true,
    seen: run.healthyAfterwards === true ? 'a healthy call went well' : 'a healthy call failed',
  }),
  'names-the-fallback': (_, run) => {
    if (attemptsOf(run, 'fallback').length === 0) return { held: true, seen: 'the fallback was not used' }
    const named = run.calls.filter(({ outcome }) => outcome === 'answer').map(({ model }) => model)
    return { held: named.every((model) => model?.endsWith(drillModels.fallback)), seen: `model ${named.join(', ')}` }
  },
  usage: (_, run) => {
    const without = run.calls.filter(({ outcome, hasUsage }) => outcome === 'answer' && !hasUsage).length
    return { held: without === 0, seen: without === 0 ? 'told' : `missing in ${without}` }
  },
  'no-broken-frame': (_, { calls }) => {
    const broken = calls.reduce((sum, { brokenFrames }) => sum + brokenFrames, 0)
    return { held: broken === 0, seen: `${broken} passed on` }
  },
  'prefill-refusal-hidden': (_, run) => {
    const refusals = run.attempts.filter(({ prefillRefused }) => prefillRefused).length
    const masked = refusals > 0 && run.calls.some(({ outcome }) => outcome !== 'answer')
    return { held: !masked, seen: `${refusals} refused for prefill, ${outcomesOf(run)}` }
  },
  'served-until': ({ ms }, run) => {
    const asked = run.calls.filter(({ startedAtMs }) => fullMs(run, startedAtMs) < ms)
    const served = asked.filter((call) => call.outcome === 'answer' && isWhole(call)).length
    return { held: asked.length > 0 && served === asked.length, seen: `${served} of ${asked.length} answered` }
  },
  'primary-again': ({ afterMs, withinMs }, run) => {
    const again = run.attempts.find(({ server, answeredWhole, isProbe }) => server === 'primary' && answeredWhole && !isProbe)
    if (again === undefined) return { held: false, seen: 'never used again' }
    const after = fullMs(run, again.atMs) - afterMs
    return { held: after <= withinMs, seen: `${toSeconds(after)} s after it was well` }
  },
  'refusal-unchanged': ({ status, code }, run) => {
    const [call] = run.calls
    return {
      held: call?.status === status && call.errorCode === code,
      seen: `${call?.status ?? 'no status'} ${call?.errorCode ?? 'no code'}`,
    }
  },
  'life-signs': ({ atMostMs }, run) => {
    if (!run.isStream) return { held: true, seen: 'not streamed: there is no place for a sign' }
    const silence = Math.max(...run.calls.map(({ longestSilenceMs }) => fullMs(run, longestSilenceMs)))
    return { held: silence <= atMostMs, seen: `silent for ${toSeconds(silence)} s at most` }
  },
  'hung-up': ({ withinRealMs }, run) => {
    const leftAt = Math.max(...run.calls.map(({ endedAtMs }) => endedAtMs))
    const attempts = attemptsOf(run, 'both')
    const later = attempts.filter(({ atMs }) => atMs > leftAt + withinRealMs).length
    const ends = attempts.map(({ hungUpAtMs, endedAtMs }) => hungUpAtMs ?? endedAtMs)
    const lag = Math.max(0, ...ends.map((end) => (end ?? Number.POSITIVE_INFINITY) - leftAt))
    const seen = lag === Number.POSITIVE_INFINITY ? 'still asked' : `let go after ${Math.round(lag)} ms`
    return { held: later === 0 && lag <= withinRealMs, seen: later > 0 ? `${later} asked after the client had left` : seen }
  },
}

const outcomesOf = ({ calls }: FaultRun): string => [...new Set(calls.map(({ outcome }) => outcome))].join(', ')

function fullMs({ timeScale }: FaultRun, ms: number): number {
  return ms / timeScale
}

const toSeconds = (ms: number): string => (ms / 1000).toFixed(1)

const normalize = (text: string): string => text.trim().replace(/\s+/g, ' ')
