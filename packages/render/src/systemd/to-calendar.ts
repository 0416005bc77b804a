import type { ResolvedSchedule } from '@sanctum/contracts'

export type Moment = Extract<ResolvedSchedule, { kind: 'at' }>['at'][number]

/**
 * A time with every field below its smallest given one set to its first value: hour 4 is 04:00, not each minute from
 * four to five, which is what launchd makes of it. What stands above stays open and means every.
 */
export function toFullMoment(moment: Moment): Moment {
  const given = order.findLastIndex((field) => moment[field] !== undefined)
  const smallest = given === -1 && moment.weekday !== undefined ? dayAt : given
  const filled = order.slice(smallest + 1).map((field) => [field, field === 'day' ? 1 : 0] as const)
  return { ...moment, ...(smallest === -1 ? {} : Object.fromEntries(filled.filter(([field]) => isOpen(moment, field)))) }
}

/** The same as an expression of systemd.time(7). */
export function toCalendar(moment: Moment): string {
  const { month, day, weekday, hour, minute } = toFullMoment(moment)
  const date = `*-${toTwoDigits(month)}-${toTwoDigits(day)}`
  const time = `${toTwoDigits(hour)}:${toTwoDigits(minute)}:00`
  return weekday === undefined ? `${date} ${time}` : `${weekdays[weekday]} ${date} ${time}`
}

/** Why managers would disagree about a time; null if they agree. */
export function judgeMoment(moment: Moment): string | null {
  if (Object.values(moment).every((value) => value === undefined)) return 'an empty time means every minute'
  return moment.day !== undefined && moment.weekday !== undefined
    ? 'day and weekday together mean "or" to launchd and "and" to systemd'
    : null
}

const order = ['month', 'day', 'hour', 'minute'] as const
const dayAt = order.indexOf('day')
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

/** A weekday stands for the day. */
function isOpen(moment: Moment, field: (typeof order)[number]): boolean {
  return moment[field] === undefined && !(field === 'day' && moment.weekday !== undefined)
}

function toTwoDigits(value: number | undefined): string {
  return value === undefined ? '*' : String(value).padStart(2, '0')
}
