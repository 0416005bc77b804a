import type { RequiredCheck, SoakMark } from '@sanctum/contracts'
import { measureElapsed } from './measure-elapsed.ts'
import type { SoakRecord, SoakWindow } from './soak-window.ts'

/** A check that could not be run is tried again after a part of its cadence, at the latest after this. */
const RETRY_MS = 15 * 60_000

/** Without anything due the recorder says at least this often that it is there. */
const SEEN_MS = 3_600_000

export type Due = { readonly kind: 'check'; readonly check: RequiredCheck } | { readonly kind: 'mark' } | null

/**
 * The first required check that is due and has no record yet in the current turn of its cadence. Turns are counted from the start of the
 * window, so that a slow command or a late start shifts none; who slept through several turns runs the check once.
 */
export function chooseDue(window: SoakWindow, now: SoakMark): Due {
  if (window.aborted !== null) return null
  const elapsed = measureElapsed([window.started, ...window.records.map(({ mark }) => mark), now])
  const nowMs = elapsed.at(-1) ?? 0
  const rows = window.records.map((record, index) => ({ record, at: elapsed[index + 1] ?? 0 }))
  const check = window.policy.required.find((each) => isDue(each, rows, nowMs))
  if (check !== undefined) return { kind: 'check', check }
  return nowMs - (elapsed.at(-2) ?? 0) >= SEEN_MS ? { kind: 'mark' } : null
}

interface Row {
  readonly record: SoakRecord
  readonly at: number
}

function isDue({ id, cadence_s }: RequiredCheck, rows: readonly Row[], nowMs: number): boolean {
  const cadenceMs = cadence_s * 1000
  const attempt = rows.findLast(({ record }) => record.check === id)
  if (attempt === undefined) return true
  const age = nowMs - attempt.at
  if (attempt.record.outcome === 'unknown') return age >= Math.min(cadenceMs / 4, RETRY_MS)
  // Two turns may lie close together where the first was late; half a cadence is between two runs in any case.
  return Math.floor(attempt.at / cadenceMs) < Math.floor(nowMs / cadenceMs) && age >= cadenceMs / 2
}
