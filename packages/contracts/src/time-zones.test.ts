import { expect, test } from 'vitest'
import { isTimezone, listTimezones } from './time-zones.ts'

test.each([
  ['Europe/Paris', true],
  ['America/Montreal', true],
  ['UTC', true],
  ['Europe/Pariss', false],
  ['+02:00', false],
  ['', false],
])('%s: %s', (name, expected) => {
  expect(isTimezone(name)).toBe(expected)
})

test('every name to choose from is one', () => {
  const names = listTimezones()
  expect(names.length).toBeGreaterThan(300)
  expect(names.filter((name) => !isTimezone(name))).toEqual([])
})
