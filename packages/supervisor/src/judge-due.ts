import type { Schedule } from '@sanctum/contracts'

/**
 * Up to when a schedule was looked through: the time, and the minute on the clock of the wall, counted as if the wall had no summer
 * time. A clock that is put back an hour shows minutes that were looked at already; one that is put forward leaves a gap that is
 * looked through with the rest. So nothing runs twice and nothing is lost.
 */
export interface DueMark {
  readonly atMs: number
  readonly wallMinute: number
}

export interface ScheduleMoment {
  readonly wallMs: number
  /** What local time is ahead of UTC. */
  readonly offsetMinutes: number
}

export type DueVerdict = { readonly kind: 'due'; readonly mark: DueMark } | { readonly kind: 'not-due'; readonly mark: DueMark }

/** Whether a schedule is due. A null mark: it was never looked at. What was missed while nobody looked is caught up once, if at all. */
export function judgeDue(schedule: Schedule, mark: DueMark | null, now: ScheduleMoment): DueVerdict {
  const here = { atMs: now.wallMs, wallMinute: wallMinuteOf(now) }
  if ('every_s' in schedule) return judgeInterval(schedule, mark, here)
  if (mark === null || here.wallMinute < mark.wallMinute - PUT_BACK_MINUTES) return { kind: 'not-due', mark: here }
  if (here.wallMinute <= mark.wallMinute) return { kind: 'not-due', mark: { ...mark, atMs: here.atMs } }
  const found = lastMatch(schedule.at, mark.wallMinute, here.wallMinute)
  const wasLooking = here.atMs - mark.atMs <= LOOKING_MS
  const counts = wasLooking || found === here.wallMinute || schedule.catch_up !== false
  return { kind: found !== null && counts ? 'due' : 'not-due', mark: here }
}

/** When a schedule is next due, as local `YYYY-MM-DD hh:mm`; null if not within a year. */
export function nextDue(schedule: Schedule, mark: DueMark, now: ScheduleMoment): string | null {
  if ('every_s' in schedule) return toClock(wallMinuteOf({ ...now, wallMs: mark.atMs + schedule.every_s * 1000 }))
  const found = firstMatch(schedule.at, wallMinuteOf(now))
  return found === null ? null : toClock(found)
}

/** A clock put back further than any summer time was corrected by somebody. */
const PUT_BACK_MINUTES = 180
const LOOKING_MS = 120_000
const YEAR_MINUTES = 366 * 24 * 60

type Interval = Extract<Schedule, { every_s: number }>
type Time = Extract<Schedule, { at: unknown }>['at'][number]

/** Start to start: a late look does not move the next one. */
function judgeInterval({ every_s, at_load }: Interval, mark: DueMark | null, here: DueMark): DueVerdict {
  if (mark === null) return { kind: at_load === true ? 'due' : 'not-due', mark: here }
  if (mark.atMs > here.atMs) return { kind: 'not-due', mark: here }
  const passed = Math.floor((here.atMs - mark.atMs) / (every_s * 1000))
  if (passed === 0) return { kind: 'not-due', mark }
  return { kind: 'due', mark: { ...here, atMs: mark.atMs + passed * every_s * 1000 } }
}

function wallMinuteOf({ wallMs, offsetMinutes }: ScheduleMoment): number {
  return Math.floor(wallMs / 60_000) + offsetMinutes
}

function lastMatch(times: readonly Time[], after: number, upTo: number): number | null {
  const floor = Math.max(after, upTo - YEAR_MINUTES)
  for (let minute = upTo; minute > floor; ) {
    if (matches(times, minute)) return minute
    minute = hasHour(times, minute) ? minute - 1 : Math.floor(minute / 60) * 60 - 1
  }
  return null
}

function firstMatch(times: readonly Time[], after: number): number | null {
  for (let minute = after + 1; minute <= after + YEAR_MINUTES; ) {
    if (matches(times, minute)) return minute
    minute = hasHour(times, minute) ? minute + 1 : (Math.floor(minute / 60) + 1) * 60
  }
  return null
}

function matches(times: readonly Time[], wallMinute: number): boolean {
  const minute = new Date(wallMinute * 60_000).getUTCMinutes()
  return times.some((time) => (time.minute ?? minute) === minute && isHour(time, wallMinute))
}

function hasHour(times: readonly Time[], wallMinute: number): boolean {
  return times.some((time) => isHour(time, wallMinute))
}

function isHour({ month, day, weekday, hour }: Time, wallMinute: number): boolean {
  const date = new Date(wallMinute * 60_000)
  return (
    (hour ?? date.getUTCHours()) === date.getUTCHours() &&
    (weekday ?? date.getUTCDay()) === date.getUTCDay() &&
    (day ?? date.getUTCDate()) === date.getUTCDate() &&
    (month ?? date.getUTCMonth() + 1) === date.getUTCMonth() + 1
  )
}

function toClock(wallMinute: number): string {
  return new Date(wallMinute * 60_000).toISOString().slice(0, 16).replace('T', ' ')
}
