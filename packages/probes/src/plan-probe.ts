import type { ResolvedProbe } from '@sanctum/contracts'
import type { JudgePolicy, Track } from './judge.ts'

/** A verdict that is still open is settled soon, so that one lost packet does not stand for a whole period. */
const RECHECK_MS = 1000

/**
 * Milliseconds from the start of one look to the start of the next: the pace of the catalog, or sooner while the last
 * results and the verdict do not agree, or too few results carry it.
 */
export function nextLookMs(track: Track, { interval_s }: Pick<ResolvedProbe, 'interval_s'>): number {
  const intervalMs = interval_s * 1000
  const { standing } = track
  if (standing === null) return intervalMs
  const agrees = (standing.last.kind === 'passed') === (standing.verdict === 'healthy')
  return agrees && standing.confirmed ? intervalMs : Math.min(intervalMs, RECHECK_MS)
}

/** Results are stale once two looks are missing; a look may take its whole time out. */
export function policyOf({ open_after, close_after, interval_s, timeout_ms }: ResolvedProbe): JudgePolicy {
  return { open_after, close_after, stale_after_ms: Math.max(3 * interval_s * 1000, 30_000) + timeout_ms }
}
