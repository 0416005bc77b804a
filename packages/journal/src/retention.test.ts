import { expect, test } from 'vitest'
import { defaultRetention, keepMsOf } from './retention.ts'

const DAY_MS = 86_400_000

test.each([
  ['incident-opened', 400],
  ['heal-performed', 400],
  ['service-quarantined', 400],
  ['lease-granted', 400],
  ['breaker-opened', 400],
  ['stability-started', 400],
  ['verdict-changed', 14],
  ['unit-started', 14],
  ['watchdog-started', 14],
  // Only a kind that ends with a star stands for all that begin so.
  ['verdict-changed-back', 90],
  ['service-quarantined-twice', 90],
  ['my-incident-opened', 90],
  ['anything', 90],
])('%s is kept for %i days', (kind, days) => {
  expect(keepMsOf(kind, defaultRetention)).toBe(days * DAY_MS)
})

test('the first rule that fits counts', () => {
  const rules = [
    { kinds: ['unit-*'], keepMs: 1 },
    { kinds: ['unit-started', 'unit-*'], keepMs: 2 },
  ]
  expect(keepMsOf('unit-started', { rules, otherwiseMs: 3, keepNewest: 1 })).toBe(1)
})
