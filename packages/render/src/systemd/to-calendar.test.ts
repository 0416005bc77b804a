import { describe, expect, it } from 'vitest'
import { judgeMoment, type Moment, toCalendar, toFullMoment } from './to-calendar.ts'

const cases: readonly (readonly [Moment, string, Moment])[] = [
  [{ hour: 4 }, '*-*-* 04:00:00', { hour: 4, minute: 0 }],
  [{ hour: 4, minute: 17 }, '*-*-* 04:17:00', { hour: 4, minute: 17 }],
  [{ minute: 30 }, '*-*-* *:30:00', { minute: 30 }],
  [{ weekday: 1, hour: 7 }, 'Mon *-*-* 07:00:00', { weekday: 1, hour: 7, minute: 0 }],
  [{ weekday: 0 }, 'Sun *-*-* 00:00:00', { weekday: 0, hour: 0, minute: 0 }],
  [{ day: 1 }, '*-*-01 00:00:00', { day: 1, hour: 0, minute: 0 }],
  [{ month: 12 }, '*-12-01 00:00:00', { month: 12, day: 1, hour: 0, minute: 0 }],
  [{ month: 1, hour: 4 }, '*-01-* 04:00:00', { month: 1, hour: 4, minute: 0 }],
  [{ month: 3, weekday: 5 }, 'Fri *-03-* 00:00:00', { month: 3, weekday: 5, hour: 0, minute: 0 }],
]

describe('a time of a schedule', () => {
  it.each(cases)('%j is %s', (moment, calendar, full) => {
    expect(toCalendar(moment)).toBe(calendar)
    expect(toFullMoment(moment)).toEqual(full)
    expect(judgeMoment(moment)).toBeNull()
  })

  it.each([[{}], [{ day: 1, weekday: 1 }]])('%j means different moments to different managers', (moment) => {
    expect(judgeMoment(moment)).toEqual(expect.any(String))
  })
})
