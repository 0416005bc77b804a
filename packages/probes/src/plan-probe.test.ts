import type { Observation } from '@sanctum/contracts'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyTrack, reduceTrack } from './judge.ts'
import { planLook, policyOf } from './plan-probe.ts'

const policy = { open_after: 3, close_after: 2, stale_after_ms: 60_000 }
const kinds = { p: 'passed', f: 'failed', '-': 'could-not-check' } as const

function after(letters: string) {
  const observations = [...letters].map(
    (letter, index) =>
      ({
        kind: kinds[letter as 'p'],
        atMs: index,
        tookMs: 1,
        detail: '',
        ...(letter === 'f' ? { cause: 'transport' } : {}),
      }) as Observation,
  )
  return observations.reduce((track, observation) => reduceTrack(track, observation, policy), emptyTrack)
}

describe('planLook', () => {
  test.each([
    ['pp', false, 'settled'],
    ['fff', false, 'settled'],
    ['p', true, 'a first impression'],
    ['ppf', true, 'the first failure is confirmed at once'],
    ['ppff', true, 'and again'],
    ['ppfff', false, 'until it is settled'],
    ['ppfffp', true, 'so is the first pass'],
    ['-', false, 'what cannot be checked is not hammered'],
    ['', false, 'nothing yet'],
  ])('after %j looks soon: %s (%s)', (letters, isSoon) => {
    const waits = planLook(after(letters), { interval_s: 30 }, 'app/liveness', 1_000_000) - 1_000_000
    if (isSoon) expect(waits).toBe(1000)
    else expect(waits).toBeGreaterThan(1000)
  })

  test.each([30, 10, 1, 0.2])('three failures, each with its whole time out, are known within one period of %d s', (interval_s) => {
    const timeoutMs = interval_s * 200
    let startMs = planLook(after('pp'), { interval_s }, 'app/liveness', 1_000_000)
    const begunMs = startMs
    // The next one starts when it is due, and not before the last one ended.
    for (const letters of ['ppf', 'ppff'])
      startMs = Math.max(startMs + timeoutMs, planLook(after(letters), { interval_s }, 'app/liveness', startMs))
    expect(startMs + timeoutMs - begunMs).toBeLessThan(interval_s * 1000)
  })

  test('planted fault: a plan that does not look again sooner needs three periods', () => {
    const settled = after('pp')
    let startMs = planLook(settled, { interval_s: 30 }, 'app/liveness', 1_000_000)
    const begunMs = startMs
    for (let failures = 1; failures < 3; failures++) startMs = planLook(settled, { interval_s: 30 }, 'app/liveness', startMs)
    expect(startMs - begunMs).toBeCloseTo(60_000, 3)
  })

  test('start to start: however long a look takes and however late it starts, the places stay the same', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.integer({ min: 0, max: 9000 }), { maxLength: 50 }), (key, delays) => {
        const first = planLook(after('pp'), { interval_s: 10 }, key, 500_000)
        let due = first
        delays.forEach((delayMs, index) => {
          due = planLook(after('pp'), { interval_s: 10 }, key, due + delayMs)
          expect(due - first).toBeCloseTo((index + 1) * 10_000, 3)
        })
      }),
    )
  })

  test('a thousand probes are spread over the period, each time alike', () => {
    const places = Array.from({ length: 1000 }, (_, index) => planLook(after('pp'), { interval_s: 10 }, `service-${index}/liveness`, 0))
    const perSecond = new Map<number, number>()
    for (const place of places) perSecond.set(Math.floor(place / 1000) % 10, (perSecond.get(Math.floor(place / 1000) % 10) ?? 0) + 1)
    expect(perSecond.size).toBe(10)
    expect(Math.max(...perSecond.values())).toBeLessThan(150)
    expect(planLook(after('pp'), { interval_s: 10 }, 'service-7/liveness', 0)).toBe(places[7])
  })

  test('never slower than the catalog says', () => {
    expect(planLook(after('ppf'), { interval_s: 0.2 }, 'x', 0)).toBeLessThanOrEqual(200)
  })
})

test('a result outlives two missing looks', () => {
  const pace = { timeout_ms: 2000, open_after: 3, close_after: 2 }
  expect(policyOf({ type: 'tcp', interval_s: 60, ...pace }).stale_after_ms).toBe(182_000)
  expect(policyOf({ type: 'tcp', interval_s: 1, ...pace }).stale_after_ms).toBe(32_000)
})
