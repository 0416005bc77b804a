import type { PrimaryLossReport } from '@sanctum/contracts'

/** A question whose answer everybody knows: a model that is there and broken does not. */
export const canaryQuestion = 'What is 2 + 2? Answer with the number alone.'

export const primaryLossLegs = ['warm-primary', 'first-fallback', 'warm-fallback', 'restored'] as const
export type PrimaryLossLeg = (typeof primaryLossLegs)[number]

/** An answer as the drill saw it. */
export interface CanaryAnswer {
  readonly isAnswer: boolean
  /** What came instead; null for an answer. */
  readonly error: string | null
  readonly text: string
  readonly answeredBy: string | null
  readonly tookMs: number
  readonly firstTokenMs: number | null
}

export interface PrimaryLossSeen {
  readonly route: string
  readonly takenAtMs: number
  readonly answers: Readonly<Record<PrimaryLossLeg, CanaryAnswer>>
  /** Names under which primary answers are told. */
  readonly primaryName: string
  readonly returnedAfterMs: number | null
  readonly residentBytes: readonly number[]
  readonly burst: number
}

export const isCanaryRight = (text: string): boolean => /(^|[^\d.])4([^\d.]|\.?$|\.\s)|\bfour\b/i.test(text)

export function toPrimaryLossReport(seen: PrimaryLossSeen): PrimaryLossReport {
  const legs = primaryLossLegs.map((leg) => toLeg(leg, seen))
  const [before] = seen.residentBytes
  return {
    schema_version: 1,
    taken_at: new Date(seen.takenAtMs).toISOString(),
    route: seen.route,
    legs,
    returned_after_ms: seen.returnedAfterMs === null ? null : Math.round(seen.returnedAfterMs),
    memory: {
      resident_bytes: [...seen.residentBytes],
      growth_bytes: before === undefined ? null : Math.max(...seen.residentBytes) - before,
    },
    burst: seen.burst,
    held: legs.every(({ problem }) => problem === null) && seen.returnedAfterMs !== null,
  }
}

/** As plain text, a line for each timing. */
export function renderPrimaryLoss(report: PrimaryLossReport): string {
  const lines = report.legs.map(
    ({ leg, took_ms, answered_by, problem }) =>
      `${leg.padEnd(15)} ${toSeconds(took_ms).padStart(8)}  ${answered_by ?? 'nobody'}${problem === null ? '' : `  ${problem}`}`,
  )
  const back =
    report.returned_after_ms === null
      ? 'the primary never answered again'
      : `back on the primary after ${toSeconds(report.returned_after_ms)}`
  return `${[`primary loss of ${report.route}, ${report.taken_at}`, ...lines, back, describeMemory(report)].join('\n')}\n`
}

function toLeg(leg: PrimaryLossLeg, { answers, primaryName }: PrimaryLossSeen): PrimaryLossReport['legs'][number] {
  const answer = answers[leg]
  return {
    leg,
    took_ms: Math.round(answer.tookMs),
    first_token_ms: answer.firstTokenMs === null ? null : Math.round(answer.firstTokenMs),
    answered_by: answer.isAnswer ? answer.answeredBy : null,
    canary: answer.isAnswer && isCanaryRight(answer.text),
    problem: findProblem(leg, answer, primaryName),
  }
}

function findProblem(leg: PrimaryLossLeg, answer: CanaryAnswer, primaryName: string): string | null {
  if (!answer.isAnswer) return `no answer: ${answer.error ?? 'unknown'}`
  if (!isCanaryRight(answer.text)) return 'the answer to 2 + 2 was wrong'
  const isByPrimary = answer.answeredBy === primaryName
  const wantsPrimary = leg === 'warm-primary' || leg === 'restored'
  if (isByPrimary === wantsPrimary) return null
  return wantsPrimary
    ? `answered by ${answer.answeredBy ?? 'an unnamed backend'} and not by the primary`
    : 'answered by the primary, which was away'
}

function describeMemory({ memory, burst }: PrimaryLossReport): string {
  if (memory.growth_bytes === null) return `${burst} requests in a burst; resident memory could not be read`
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`
  return `${burst} requests in a burst: resident ${megabytes(memory.resident_bytes[0] ?? 0)}, grown by ${megabytes(memory.growth_bytes)} at most`
}

const toSeconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
