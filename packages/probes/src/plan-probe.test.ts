import type { Observation } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import { emptyTrack, reduceTrack } from './judge.ts'
import { nextLookMs, policyOf } from './plan-probe.ts'

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

describe('nextLookMs', () => {
  test.each([
    ['pp', 30_000, 'settled'],
    ['fff', 30_000, 'settled'],
    ['p', 1000, 'a first impression'],
    ['ppf', 1000, 'the first failure is confirmed at once'],
    ['ppff', 1000, 'and again'],
    ['ppfff', 30_000, 'until it is settled'],
    ['ppfffp', 1000, 'so is the first pass'],
    ['-', 30_000, 'what cannot be checked is not hammered'],
    ['', 30_000, 'nothing yet'],
  ])('after %j: %i ms (%s)', (letters, expected) => {
    expect(nextLookMs(after(letters), { interval_s: 30 })).toBe(expected)
  })

  test('never slower than the catalog says', () => {
    expect(nextLookMs(after('ppf'), { interval_s: 0.2 })).toBe(200)
  })
})

test('a result outlives two missing looks', () => {
  const pace = { timeout_ms: 2000, open_after: 3, close_after: 2 }
  expect(policyOf({ type: 'tcp', interval_s: 60, ...pace }).stale_after_ms).toBe(182_000)
  expect(policyOf({ type: 'tcp', interval_s: 1, ...pace }).stale_after_ms).toBe(32_000)
})
