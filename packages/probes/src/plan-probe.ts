import type { ResolvedProbe } from '@sanctum/contracts'
import type { JudgePolicy, Track } from './judge.ts'
import { defaultFlapLimits } from './score-flaps.ts'

/** A verdict that is still open is settled soon, well within the period in which it came up. */
const RECHECK_PART = 0.1
const LONGEST_RECHECK_MS = 1000

/**
 * When the look after the one that started at `startMs` starts. Looks follow a grid of the catalog's pace, start to start, so that a slow
 * answer moves nothing; each probe has its own place in it, so that a thousand do not start at once. While the last results and the
 * verdict do not agree, or too few results carry it, the next look comes sooner.
 */
export function planLook(track: Track, { interval_s }: Pick<ResolvedProbe, 'interval_s'>, key: string, startMs: number): number {
  const intervalMs = interval_s * 1000
  const next = nextOnGrid(startMs, intervalMs, phaseOf(key, intervalMs))
  return isOpen(track) ? Math.min(next, startMs + Math.min(intervalMs * RECHECK_PART, LONGEST_RECHECK_MS)) : next
}

function isOpen({ standing }: Track): boolean {
  if (standing === null) return false
  const agrees = (standing.last.kind === 'passed') === (standing.verdict === 'healthy')
  return !agrees || !standing.confirmed
}

/** The first place of the grid after a moment. */
function nextOnGrid(startMs: number, intervalMs: number, phaseMs: number): number {
  const next = (Math.floor((startMs - phaseMs) / intervalMs) + 1) * intervalMs + phaseMs
  return next > startMs ? next : next + intervalMs
}

/** The same for the same key on every machine and after every start (FNV-1a). */
function phaseOf(key: string, intervalMs: number): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193) >>> 0
  // Neighbouring names differ only in the low bits until those are spread.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0
  return ((hash >>> 0) / 0x1_0000_0000) * intervalMs
}

/** Results are stale once two looks are missing; a look may take its whole time out. */
export function policyOf(probe: ResolvedProbe): JudgePolicy {
  const { open_after, open_of, close_after, interval_s, timeout_ms } = probe
  const stale_after_ms = Math.max(3 * interval_s * 1000, 30_000) + timeout_ms
  return { open_after, open_of, close_after, stale_after_ms, flap: defaultFlapLimits, longest_work_ms: longestWorkMs(probe) }
}

function longestWorkMs(probe: ResolvedProbe): number | undefined {
  if (!('busy' in probe) || probe.busy === undefined || !('reading' in probe.busy)) return undefined
  return probe.busy.reading === 'running' ? probe.busy.max_age_s * 1000 : undefined
}
