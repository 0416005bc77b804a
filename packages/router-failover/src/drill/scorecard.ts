import type { RouterScorecard } from '@sanctum/contracts'
import type { Delivery } from '../config/router-definition.ts'
import { type FaultScore, isWell } from './score-run.ts'

export interface ExamHeader {
  readonly subject: { readonly name: string; readonly version: string | null }
  readonly takenAtMs: number
  readonly delivery: Delivery | null
  readonly isStream: boolean
  readonly timeScale: number
}

/** The document of an examination. Without a healthy case nothing was judged. */
export function toScorecard(header: ExamHeader, healthyCase: FaultScore, scores: readonly FaultScore[]): RouterScorecard {
  const count = (verdict: FaultScore['verdict']): number => scores.filter((score) => score.verdict === verdict).length
  return {
    schema_version: 1,
    taken_at: new Date(header.takenAtMs).toISOString(),
    subject: header.subject,
    delivery: header.delivery,
    stream: header.isStream,
    time_scale: header.timeScale,
    healthy: isWell(healthyCase),
    healthy_why: healthyCase.why,
    rows: scores.map(toRow),
    totals: { pass: count('pass'), partial: count('partial'), safe: count('safe'), fail: count('fail') },
    silent_truncations: scores.filter(({ isSilentTruncation }) => isSilentTruncation).length,
    unexpected: scores.filter(({ isAsExpected }) => isAsExpected === false).map(({ id }) => id),
  }
}

/** A scorecard as a table of plain text, one line a fault. */
export function renderScorecard(card: RouterScorecard): string {
  const { pass, partial, safe, fail } = card.totals
  const mode = [card.delivery, card.stream ? 'streamed' : 'not streamed'].filter((word) => word !== null).join(', ')
  const time = card.time_scale === 1 ? 'full length' : `1/${Math.round(1 / card.time_scale)} of the time`
  const head = `${card.subject.name}${card.subject.version === null ? '' : ` ${card.subject.version}`} · ${mode} · ${time} · ${card.taken_at}`
  if (!card.healthy) return `${head}\nThe healthy case failed, so nothing was judged: ${card.healthy_why}\n`
  const sum = `${pass} pass, ${partial} partial, ${safe} safe, ${fail} fail; ${card.silent_truncations} silent truncations`
  const unexpected = card.unexpected.length === 0 ? '' : `\nnot as expected: ${card.unexpected.join(', ')}`
  return `${[head, ...card.rows.map(renderRow), sum].join('\n')}${unexpected}\n`
}

function toRow(score: FaultScore): RouterScorecard['rows'][number] {
  return {
    id: score.id,
    title: score.title,
    verdict: score.verdict,
    why: score.why,
    outcome: score.outcome,
    silent_truncation: score.isSilentTruncation,
    took_ms: Math.round(score.tookMs),
    first_token_ms: score.firstTokenMs === null ? null : Math.round(score.firstTokenMs),
    attempts: score.attempts,
    checks: [...score.checks],
    expected: score.expected === null ? null : { verdict: score.expected.verdict, outcomes: [...score.expected.outcomes] },
    as_expected: score.isAsExpected,
  }
}

function renderRow({ id, verdict, attempts, took_ms, title, why }: RouterScorecard['rows'][number]): string {
  const took = `${(took_ms / 1000).toFixed(1)} s`
  return `${id}  ${verdict.padEnd(7)}  ${`${attempts.primary}p/${attempts.fallback}f`.padEnd(7)}  ${took.padStart(7)}  ${title}${verdict === 'pass' ? '' : ` (${why})`}`
}
