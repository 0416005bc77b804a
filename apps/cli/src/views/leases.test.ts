import type { Lease } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { describeLease, renderLeases } from './leases.ts'
import { createStyle } from './style.ts'

const until_ms = Date.parse('2026-11-27T13:00:00Z')
const lease = (overrides: Partial<Lease> = {}): Lease => ({
  schema_version: 1,
  id: 'work',
  services: ['voice', 'lamp'],
  owner: 'neo',
  reason: 'new disk',
  since_ms: until_ms - 3_600_000,
  until_ms,
  obligations: [],
  lifts_budget: false,
  ...overrides,
})
const healthy = { service: 'voice', must: 'healthy' } as const
const stopped = { service: 'old', must: 'stopped' } as const

test.each([
  ['work', lease(), 'voice lamp', 'nothing is healed there'],
  ['a drill on everything', lease({ services: ['*'], lifts_budget: true }), 'everything', 'heals there count against no budget'],
  ['a promise', lease({ obligations: [healthy] }), 'voice lamp', 'nothing is healed there; then all must be healthy'],
  [
    'promises of two kinds',
    lease({ obligations: [healthy, stopped] }),
    'voice lamp',
    'nothing is healed there; then voice must be healthy, old must be stopped',
  ],
])('%s in one sentence', (_what, given, services, rest) => {
  expect(describeLease(given)).toBe(`work: neo works on ${services} until 2026-11-27T13:00:00.000Z (new disk); ${rest}`)
})

test('the open ones are a table, and none is a sentence', () => {
  const style = createStyle({ color: false, columns: 100 })
  const lines = renderLeases([lease(), lease({ id: 'drill', obligations: [healthy] })], until_ms - 1_800_000, style).split('\n')
  expect(lines.map((line) => line.split(/ {2,}/).map((cell) => cell.trim()))).toEqual([
    ['LEASE', 'SERVICES', 'OWNER', 'LEFT', 'THEN', 'WHY'],
    ['work', 'voice lamp', 'neo', '30 min', '–', 'new disk'],
    ['drill', 'voice lamp', 'neo', '30 min', 'all must be healthy', 'new disk'],
  ])
  expect(renderLeases([], 0, style)).toBe('no lease is open; everything that is wanted is healed')
})
