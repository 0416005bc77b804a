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

test.each([['Zulu'], ['europe/vienna'], ['GMT+2'], ['UTC+1'], ['EST'], ['Foo/Bar'], ['Etc/GMT+5'], ['A']])(
  '%s as Intl says, with and without Temporal',
  (name) => {
    const asIntl = (() => {
      try {
        return new Intl.DateTimeFormat('en', { timeZone: name }) !== null
      } catch {
        return false
      }
    })()
    expect(isTimezone(name)).toBe(asIntl)
    const whole = globalThis as { Temporal?: unknown }
    const { Temporal } = whole
    try {
      delete whole.Temporal
      expect(isTimezone(name)).toBe(asIntl)
    } finally {
      whole.Temporal = Temporal
    }
  },
)
