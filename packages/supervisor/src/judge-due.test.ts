import type { Schedule } from '@sanctum/contracts'
import { describe, expect, it } from 'vitest'
import { type DueMark, judgeDue, nextDue } from './judge-due.ts'

const MINUTE = 60_000
const at = (text: string) => Date.parse(`${text}Z`)

/** Looks at the clock at each of these times; the times at which it was due. `offset` is what local time is ahead of UTC then. */
function look(
  schedule: Schedule,
  times: readonly number[],
  offset: (ms: number) => number = () => 0,
  start: DueMark | null = null,
): string[] {
  let mark = start
  return times.flatMap((wallMs) => {
    const verdict = judgeDue(schedule, mark, { wallMs, offsetMinutes: offset(wallMs) })
    mark = verdict.mark
    return verdict.kind === 'due' ? [new Date(wallMs).toISOString().slice(0, 16)] : []
  })
}

function everyMinute(from: string, to: string): number[] {
  return Array.from({ length: (at(to) - at(from)) / MINUTE + 1 }, (_, index) => at(from) + index * MINUTE)
}

/** Europe: one hour ahead in winter, two in summer; put forward on 2026-03-29 and back on 2026-10-25, both at 01:00 UTC. */
const europe = (ms: number) => (ms >= at('2026-03-29T01:00') && ms < at('2026-10-25T01:00') ? 120 : 60)

describe('calendar times', () => {
  it.each([
    ['each day at three', [{ hour: 3, minute: 0 }], ['2026-11-27T03:00', '2026-11-28T03:00']],
    ['on Saturdays', [{ weekday: 6, hour: 3, minute: 0 }], ['2026-11-28T03:00']],
    ['on the 27th', [{ day: 27, hour: 23, minute: 59 }], ['2026-11-27T23:59']],
    [
      'twice',
      [
        { hour: 1, minute: 0 },
        { month: 11, day: 28, hour: 2, minute: 30 },
      ],
      ['2026-11-27T01:00', '2026-11-28T01:00', '2026-11-28T02:30'],
    ],
    ['never', [{ month: 2, day: 30, hour: 1, minute: 0 }], []],
  ])('%s', (_name, times, expected) => {
    expect(look({ at: times }, everyMinute('2026-11-27T00:00', '2026-11-28T22:00'))).toEqual(expected)
  })

  it('runs once in the night that has the hour twice, and once in the night that lacks it', () => {
    const schedule = { at: [{ hour: 2, minute: 30 }] }
    expect(look(schedule, everyMinute('2026-10-24T22:00', '2026-10-25T06:00'), europe)).toEqual(['2026-10-25T00:30'])
    expect(look(schedule, everyMinute('2026-03-28T22:00', '2026-03-29T06:00'), europe)).toEqual(['2026-03-29T01:00'])
  })

  it('catches up once what was missed, or leaves it', () => {
    const times = [at('2026-11-27T00:00'), at('2026-11-30T12:00'), at('2026-11-30T12:01')]
    expect(look({ at: [{ hour: 3, minute: 0 }] }, times)).toEqual(['2026-11-30T12:00'])
    expect(look({ at: [{ hour: 3, minute: 0 }], catch_up: false }, times)).toEqual([])
  })

  it('catches up what was due in the last minute of an hour', () => {
    const times = [at('2026-11-27T00:00'), at('2026-11-27T04:30')]
    expect(look({ at: [{ hour: 2, minute: 59 }] }, times)).toEqual(['2026-11-27T04:30'])
  })

  it.each([
    ['what was due two minutes ago', '2026-11-27T02:59:00', '2026-11-27T03:01:00', true],
    ['nothing that was due longer ago', '2026-11-27T02:58:59', '2026-11-27T03:01:00', false],
    ['what is due in the very minute', '2026-11-26T12:00:00', '2026-11-27T03:00:59', true],
  ])('runs %s where nothing is caught up', (_what, from, to, isDue) => {
    expect(look({ at: [{ hour: 3, minute: 0 }], catch_up: false }, [at(from), at(to)])).toHaveLength(isDue ? 1 : 0)
  })

  it.each([
    ['three hours: no summer time was longer, and it ran already', '2026-11-27T09:00', []],
    ['a minute more: somebody has set it right', '2026-11-27T08:59', ['2026-11-27T09:30']],
  ])('is put back %s', (_what, back, due) => {
    expect(look({ at: [{ hour: 9, minute: 30 }] }, [at('2026-11-27T12:00'), at(back), at('2026-11-27T09:30')])).toEqual(due)
  })

  it('runs nothing again when the clock is put back a little, and goes on when it is put back a day', () => {
    const schedule = { at: [{ hour: 3, minute: 0 }] }
    const back = [...everyMinute('2026-11-27T02:58', '2026-11-27T03:02'), ...everyMinute('2026-11-27T02:30', '2026-11-27T03:05')]
    expect(look(schedule, back)).toEqual(['2026-11-27T03:00'])
    const dayBack = [...everyMinute('2026-11-27T12:00', '2026-11-27T12:02'), ...everyMinute('2026-11-26T02:58', '2026-11-26T03:02')]
    expect(look(schedule, dayBack)).toEqual(['2026-11-26T03:00'])
  })

  it('says when it is next due', () => {
    const now = { wallMs: at('2026-11-27T12:00'), offsetMinutes: 60 }
    const mark = { atMs: now.wallMs, wallMinute: now.wallMs / MINUTE + 60 }
    expect(nextDue({ at: [{ hour: 3, minute: 0 }] }, mark, now)).toBe('2026-11-28 03:00')
    expect(nextDue({ at: [{ hour: 13, minute: 0 }] }, mark, now)).toBe('2026-11-28 13:00')
    expect(nextDue({ at: [{ hour: 13, minute: 2 }] }, mark, now)).toBe('2026-11-27 13:02')
    expect(nextDue({ at: [{ hour: 14 }] }, mark, now)).toBe('2026-11-27 14:00')
    expect(nextDue({ at: [{ month: 2, day: 30 }] }, mark, now)).toBeNull()
    expect(nextDue({ every_s: 600 }, mark, now)).toBe('2026-11-27 13:10')
  })
})

describe('intervals', () => {
  it('keeps its pace though it is looked at late, and catches up once', () => {
    const seconds = (...list: number[]) => list.map((second) => at('2026-11-27T00:00') + second * 1000)
    const due = (schedule: Schedule, times: number[]) => look(schedule, times).length
    expect(due({ every_s: 10 }, seconds(0, 5, 10, 11, 20, 29, 31))).toBe(3)
    expect(due({ every_s: 10 }, seconds(0, 19, 20))).toBe(2)
    expect(due({ every_s: 10 }, seconds(0, 1000, 1001))).toBe(1)
    expect(due({ every_s: 10, at_load: true }, seconds(0, 1))).toBe(1)
    expect(due({ every_s: 10 }, seconds(100, 0, 5, 11))).toBe(1)
  })
})
