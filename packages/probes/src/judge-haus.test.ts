import type { Judgement, Verdict } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import { type HausEvidence, judgeHaus, summarizeHaus } from './judge-haus.ts'

const passes: Judgement = { verdict: 'healthy', sinceMs: 0, why: 'status 200', confirmed: true }
const fails: Judgement = { verdict: 'failed', sinceMs: 0, why: 'nobody listens', cause: 'transport', confirmed: true }

function evidence(liveness: Judgement, ...requires: string[]): HausEvidence {
  return {
    kind: 'daemon',
    activity: 'running',
    activityWhy: 'it runs',
    lastExit: null,
    wanted: true,
    fallbackOnly: false,
    startOverdue: true,
    starting: false,
    judgements: { liveness },
    requires: requires.map((service) => ({ service, strength: 'hard' })),
  }
}

describe('judgeHaus', () => {
  // The interface of the virtual machine was missing, and 26 services looked broken one by one.
  test('one cause below, 26 services above: one root, 26 blocked', () => {
    const above = Array.from(
      { length: 26 },
      (_, index) => [`service-${index}`, evidence(fails, index % 2 === 0 ? 'bridge100' : 'service-0')] as const,
    )
    const judged = judgeHaus({ ...Object.fromEntries(above), bridge100: evidence(fails, 'vm'), vm: evidence(passes) })
    const summary = summarizeHaus(judged)
    expect(summary).toEqual({ verdict: 'failed', why: '1 failed, 26 blocked, 1 healthy', causes: ['bridge100'] })
    expect(judged['service-1']).toMatchObject({ verdict: 'blocked', cause: 'bridge100' })
  })

  test('what recovers below is seen above at once', () => {
    expect(judgeHaus({ app: evidence(passes, 'db'), db: evidence(passes) })).toMatchObject({
      app: { verdict: 'healthy' },
      db: { verdict: 'healthy' },
    })
  })

  test('a requirement on another node says nothing', () => {
    expect(judgeHaus({ app: evidence(passes, 'elsewhere') })).toMatchObject({ app: { verdict: 'healthy' } })
  })

  test('a circle ends, and a chain of 20,000 does not overflow', () => {
    expect(Object.keys(judgeHaus({ a: evidence(fails, 'b'), b: evidence(fails, 'a') })).sort()).toEqual(['a', 'b'])
    const chain = Array.from(
      { length: 20_000 },
      (_, index) => [`s${index}`, evidence(index === 19_999 ? fails : passes, `s${index + 1}`)] as const,
    )
    const judged = judgeHaus(Object.fromEntries(chain))
    expect(judged.s0).toMatchObject({ verdict: 'blocked', cause: 's19999' })
  })
})

describe('summarizeHaus', () => {
  test.each<readonly [readonly Verdict[], Verdict]>([
    [[], 'not-applicable'],
    [['not-applicable'], 'not-applicable'],
    [['healthy', 'not-applicable'], 'healthy'],
    [['healthy', 'could-not-check'], 'could-not-check'],
    [['healthy', 'could-not-check', 'drift'], 'drift'],
    [['drift', 'blocked'], 'blocked'],
    [['blocked', 'failed', 'healthy'], 'failed'],
  ])('%j is %s', (verdicts, expected) => {
    const services = Object.fromEntries(verdicts.map((verdict, index) => [`s${index}`, { verdict, cause: null }]))
    expect(summarizeHaus(services).verdict).toBe(expected)
  })
})
