import { describe, expect, test } from 'vitest'
import { judgeRoleHealth } from './role-health.ts'

function health(ageMs: number | null, wallMs = 5000) {
  const lastCycle = ageMs === null ? null : { atMs: wallMs, monotonicMs: 100_000 - ageMs }
  const loop = { startedAtMs: 0, lastCycle, cycles: ageMs === null ? 0 : 7 }
  return judgeRoleHealth({
    role: 'watchdog',
    pid: 42,
    version: '1.0.0',
    revision: null,
    generation: 3,
    loop,
    periodS: 10,
    monotonicMs: 100_000,
  })
}

describe('judgeRoleHealth', () => {
  test.each([
    [null, false, null, 'no cycle is complete yet'],
    [0, true, 0, 'the last cycle ended 0 s ago'],
    [30_000, true, 30, 'the last cycle ended 30 s ago'],
    [30_001, false, 30.001, 'the loop stands still: the last cycle ended 30 s ago, one is due every 10 s'],
  ])('a last cycle of %j ms ago: ok is %s', (ageMs, ok, ageS, why) => {
    expect(health(ageMs)).toMatchObject({ ok, last_cycle_age_s: ageS, why })
  })

  test('a clock that somebody sets changes no age', () => {
    expect(health(1000, 9_999_999_999_999)).toMatchObject({ ok: true, last_cycle_age_s: 1, last_cycle_at_ms: 9_999_999_999_999 })
  })
})

// Once a health document stayed green for eleven hours while the work behind it failed each time. tools/prove/incident-wall
test('eleven hours in which the port answers and no cycle is complete are no health', () => {
  expect(health(11 * 60 * 60_000)).toMatchObject({ ok: false, why: expect.stringContaining('stands still') })
})
