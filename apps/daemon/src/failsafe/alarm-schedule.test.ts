import { expect, test } from 'vitest'
import { isAlarmDue } from './alarm-schedule.ts'

test('a watchdog that is silent for a day raises a handful of alarms, and the first at once', () => {
  const day = Array.from({ length: 24 * 60 }, (_, minute) => minute + 1)
  expect(day.filter(isAlarmDue)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024])
  expect(isAlarmDue(0)).toBe(false)
})
