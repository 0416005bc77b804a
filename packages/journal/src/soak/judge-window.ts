import type { SoakDay, SoakGap, SoakMark, WindowJudgement } from '@sanctum/contracts'
import { measureElapsed, measureLongest } from './measure-elapsed.ts'
import type { SoakRecord, SoakWindow } from './soak-window.ts'

const DAY_MS = 86_400_000

interface Row extends SoakRecord {
  /** Time since the start that has surely passed. */
  readonly at: number
  /** Time since the start that may have passed. */
  readonly latest: number
}

interface Evidence {
  readonly window: SoakWindow
  readonly rows: readonly Row[]
  readonly nowMs: number
  readonly gaps: readonly (SoakGap & { readonly from: number; readonly to: number })[]
}

/** What the ledger says of its window: computed from what was recorded, and from nothing that anybody said. */
export function judgeWindow(window: SoakWindow, now: SoakMark): WindowJudgement {
  const evidence = gather(window, now)
  const { rows, nowMs, gaps } = evidence
  const days = Array.from({ length: window.policy.days }, (_, index) => judgeDay(evidence, index))
  const red = rows.find(({ outcome }) => outcome === 'red')
  const wholeMs = window.policy.days * DAY_MS
  const isBroken = red !== undefined || gaps.length > 0 || days.some(({ state }) => state === 'missing')
  return {
    state: window.aborted !== null ? 'aborted' : isBroken ? 'broken' : nowMs >= wholeMs ? 'complete' : 'running',
    started_ms: window.started.at_ms,
    elapsed_s: Math.round(nowMs / 1000),
    days,
    days_left: Math.round((Math.max(0, wholeMs - nowMs) / DAY_MS) * 100) / 100,
    first_red:
      red === undefined
        ? null
        : { check: red.check ?? '', at_ms: red.mark.at_ms, day: toDay(red.at), finding: red.finding ?? 'it was not clean' },
    gaps: gaps.map(({ check, from_ms, to_ms, late_s }) => ({ check, from_ms, to_ms, late_s })),
    unknown: listUnknown(evidence),
    aborted: window.aborted,
  }
}

function gather(window: SoakWindow, now: SoakMark): Evidence {
  const marks = [window.started, ...window.records.map(({ mark }) => mark), now]
  const [elapsed, longest] = [measureElapsed(marks), measureLongest(marks)]
  const rows = window.records.map((record, index) => ({ ...record, at: elapsed[index + 1] ?? 0, latest: longest[index + 1] ?? 0 }))
  const nowMs = elapsed.at(-1) ?? 0
  const start: Row = { check: null, outcome: 'seen', finding: null, mark: window.started, at: 0, latest: 0 }
  const end: Row = { ...start, mark: now, at: nowMs, latest: longest.at(-1) ?? 0 }
  return { window, rows, nowMs, gaps: findGaps(window, [start, ...rows, end]) }
}

/** A record may be late by as much as the policy allows, counted from when it was due; and nobody may be silent for longer. */
function findGaps({ policy }: SoakWindow, rows: readonly Row[]): Evidence['gaps'] {
  const silences = pairs(rows).map(([before, after]) => toGap(null, before, after, after.latest - before.latest))
  const delays = policy.required.flatMap(({ id, cadence_s }) => {
    const own = rows.filter(
      ({ check, outcome }, index) => index === 0 || index === rows.length - 1 || (check === id && outcome !== 'unknown'),
    )
    return pairs(own).map(([before, after]) => toGap(id, before, after, after.at - before.at - cadence_s * 1000))
  })
  return [...silences, ...delays].filter(({ late_s }) => late_s > policy.max_gap_s)
}

function pairs(rows: readonly Row[]): (readonly [Row, Row])[] {
  return rows.slice(1).map((row, index) => [rows[index] ?? row, row])
}

function toGap(check: string | null, before: Row, after: Row, lateMs: number): Evidence['gaps'][number] {
  return {
    check,
    from: before.at,
    to: after.at,
    from_ms: before.mark.at_ms,
    to_ms: after.mark.at_ms,
    late_s: Math.round(lateMs / 1000),
  }
}

function judgeDay(evidence: Evidence, index: number): SoakDay {
  const { window, rows, nowMs, gaps } = evidence
  const [from, to] = [index * DAY_MS, (index + 1) * DAY_MS]
  const day = { number: index + 1, date: toDate(window.started.at_ms + from, window.timezone) }
  if (nowMs < from) return { ...day, state: 'ahead', why: '' }
  const within = rows.filter(({ at }) => at >= from && at < to)
  const red = within.find(({ outcome }) => outcome === 'red')
  if (red !== undefined) return { ...day, state: 'red', why: `${red.check}: ${red.finding ?? 'it was not clean'}` }
  const gap = gaps.find((each) => each.from < to && each.to >= from)
  if (gap !== undefined)
    return { ...day, state: 'gap', why: gap.check === null ? 'nobody recorded anything' : `${gap.check} was not recorded in its time` }
  if (nowMs < to) return { ...day, state: 'today', why: '' }
  const lacking = window.policy.required.filter(
    ({ id, cadence_s }) => cadence_s * 1000 <= DAY_MS && !within.some(({ check, outcome }) => check === id && outcome === 'clean'),
  )
  if (lacking.length > 0) return { ...day, state: 'missing', why: `no record of ${lacking.map(({ id }) => id).join(', ')}` }
  return { ...day, state: 'calm', why: '' }
}

function listUnknown({ window, rows }: Evidence): WindowJudgement['unknown'] {
  return window.policy.required.flatMap(({ id }) => {
    const last = rows.findLast(({ check }) => check === id)
    return last?.outcome === 'unknown' ? [{ check: id, at_ms: last.mark.at_ms, why: last.finding ?? 'it could not be run' }] : []
  })
}

function toDay(at: number): number {
  return Math.floor(at / DAY_MS) + 1
}

function toDate(atMs: number, timezone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(atMs)
}
