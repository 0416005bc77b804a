import { primaryLossReport } from '@sanctum/contracts'
import { type CanaryAnswer, isCanaryRight, renderPrimaryLoss } from '@sanctum/router-failover'
import { type PrimaryLossPorts, runPrimaryLoss } from '@sanctum/router-failover/node'
import { expect, test } from 'vitest'

/** A household in memory whose primary can be taken away. */
interface Household {
  readonly fallbackSays: string
  /** So many answers after its return the primary is trusted again. */
  readonly distrusts: number
  readonly failsWhileLost?: boolean
}

function createHousehold({
  fallbackSays,
  distrusts,
  failsWhileLost = false,
}: Household): PrimaryLossPorts & { readonly isLost: () => boolean } {
  let lost = false
  let distrust = 0
  let resident = 500_000_000
  return {
    isLost: () => lost,
    async ask(): Promise<CanaryAnswer> {
      const byFallback = lost || distrust-- > 0
      if (lost && failsWhileLost)
        return { isAnswer: false, error: '503 no_backend', text: '', answeredBy: null, tookMs: 1, firstTokenMs: null }
      const text = byFallback ? fallbackSays : '4'
      return {
        isAnswer: true,
        error: null,
        text,
        answeredBy: byFallback ? 'home/1' : 'home/0',
        tookMs: byFallback ? 1070 : 510,
        firstTokenMs: 300,
      }
    },
    async losePrimary() {
      lost = true
    },
    async restorePrimary() {
      lost = false
      distrust = distrusts
    },
    async residentBytes() {
      resident += 1_048_576
      return resident
    },
  }
}

const options = { route: 'home', primaryName: 'home/0', burst: 5, returnLimitMs: 500, pollMs: 1 }

test('four timings, a canary on each leg and memory over a burst', async () => {
  const report = await runPrimaryLoss(options, createHousehold({ fallbackSays: 'It is 4.', distrusts: 3 }))
  expect(primaryLossReport.parse(report)).toEqual(report)
  expect(report.held).toBe(true)
  expect(report.legs.map(({ leg, answered_by, canary, took_ms }) => [leg, answered_by, canary, took_ms])).toEqual([
    ['warm-primary', 'home/0', true, 510],
    ['first-fallback', 'home/1', true, 1070],
    ['warm-fallback', 'home/1', true, 1070],
    ['restored', 'home/0', true, 510],
  ])
  expect(report.memory).toMatchObject({ growth_bytes: 5 * 1_048_576 })
  expect(renderPrimaryLoss(report)).toContain('first-fallback    1.07 s  home/1')
})

test.each<readonly [string, Household, Partial<typeof options>, string]>([
  ['cannot add', { fallbackSays: 'It is 5, or 14, or 0.4.', distrusts: 0 }, {}, 'the answer to 2 + 2 was wrong'],
  ['does not answer', { fallbackSays: '4', distrusts: 0, failsWhileLost: true }, {}, 'no answer: 503 no_backend'],
  ['is never left again', { fallbackSays: '4', distrusts: Number.POSITIVE_INFINITY }, { returnLimitMs: 20 }, 'not by the primary'],
])('a fallback that %s does not hold', async (_, household, more, problem) => {
  const report = await runPrimaryLoss({ ...options, ...more }, createHousehold(household))
  expect(report.held).toBe(false)
  expect(renderPrimaryLoss(report)).toContain(problem)
})

test('whatever goes wrong, the primary is given back', async () => {
  const household = createHousehold({ fallbackSays: '4', distrusts: 0 })
  const broken = { ...household, residentBytes: async () => Promise.reject(new Error('planted')) }
  await expect(runPrimaryLoss(options, broken)).rejects.toThrow('planted')
  expect(household.isLost()).toBe(false)
})

test.each([
  ['4', true],
  ['4.', true],
  ['The sum is 4', true],
  ['**4**', true],
  ['Four!', true],
  ['2 + 2 = 4. Anything else?', true],
  ['', false],
  ['14', false],
  ['4.5', false],
  ['five', false],
])('canary %s', (text, right) => {
  expect(isCanaryRight(text)).toBe(right)
})
