import { expect, test } from 'vitest'
import { createCapLedger, readCapLedger, rollCaps, spendTokens } from './cap-ledger.ts'

const noon = Date.UTC(2026, 3, 25, 12)
const day = 86_400_000

test('tokens add up within a UTC day, survive a restart, and are gone the next day', () => {
  const spent = spendTokens(spendTokens(createCapLedger(noon), 'cloud', 40, noon), 'cloud', 2, noon + 1)
  const again = readCapLedger(JSON.parse(JSON.stringify(spent)))
  expect(again).toEqual({ day: '2026-04-25', tokens: { cloud: 42 } })
  expect(rollCaps(spent, noon + day)).toEqual({ day: '2026-04-26', tokens: {} })
})

test('a clock that is set back opens nothing', () => {
  const spent = spendTokens(createCapLedger(noon), 'cloud', 40, noon)
  expect(rollCaps(spent, noon - day)).toBe(spent)
})

test('what a clock wrote that was years ahead counts today, and is gone the next day', () => {
  const spent = spendTokens(createCapLedger(noon + 900 * day), 'cloud', 40, noon + 900 * day)
  const today = rollCaps(spent, noon)
  expect(today).toEqual({ day: '2026-04-25', tokens: { cloud: 40 } })
  expect(rollCaps(today, noon + day)).toEqual({ day: '2026-04-26', tokens: {} })
})

test.each([null, 1, {}, { day: 'x', tokens: {} }, { day: '2026-04-25', tokens: { a: -1 } }, { day: '2026-04-25', tokens: { a: 'b' } }])(
  'no ledger: %j',
  (value) => expect(readCapLedger(value)).toBeNull(),
)
