import type { Observation, ResolvedProbe } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import { judge } from './judge.ts'
import { policyOf } from './plan-probe.ts'

const base = { type: 'http', path: '/', timeout_ms: 1000, interval_s: 10, open_after: 2, close_after: 1 } as const
const running: ResolvedProbe = { ...base, busy: { from: 'json', value: '/running', reading: 'running', max_age_s: 300 } }
const aged: ResolvedProbe = { ...base, busy: { from: 'json', value: '/age_s', max_age_s: 300 } }

const SECOND = 1000
const answers = (atMs: number): Observation => ({ kind: 'passed', atMs, tookMs: 1, detail: 'status 200' })
const works = (atMs: number, unanswered = true): Observation => ({
  kind: 'could-not-check',
  atMs,
  tookMs: 1000,
  detail: 'busy: at work on 1',
  busy: true,
  ...(unanswered ? { unanswered } : {}),
})
const every10s = (fromS: number, toS: number, see: (atMs: number) => Observation) =>
  Array.from({ length: (toS - fromS) / 10 + 1 }, (_, index) => see((fromS + index * 10) * SECOND))

function verdictAt(probe: ResolvedProbe, seen: readonly Observation[]) {
  const { verdict, confirmed, why } = judge(seen, policyOf(probe), seen.at(-1)?.atMs ?? 0)
  return { verdict, confirmed, why }
}

describe('who says that he is at work and answers nothing', () => {
  test('is not ill for as long as work may take', () => {
    expect(verdictAt(running, [answers(0), ...every10s(10, 310, works)]).verdict).not.toBe('failed')
  })

  test('is not ill in the last moment of that, and no answer at all is neither', () => {
    const policy = { ...policyOf(running), open_after: 1 }
    const kinds = (...seen: Observation[]) => judge([answers(0), works(10 * SECOND), ...seen], policy, 310 * SECOND).verdict
    const unknown: Observation = { kind: 'could-not-check', atMs: 200 * SECOND, tookMs: 1, detail: 'EMFILE' }
    expect(kinds(works(310 * SECOND))).not.toBe('failed')
    expect(kinds(works(310 * SECOND + 1))).toBe('failed')
    expect(kinds(unknown, works(310 * SECOND + 1))).toBe('failed')
    expect(kinds(unknown, { ...unknown, atMs: 400 * SECOND })).not.toBe('failed')
    const failure = judge([answers(0), works(10 * SECOND), works(311 * SECOND)], policy, 311 * SECOND)
    expect(failure).toMatchObject({ cause: 'timeout', why: 'no answer for 301 s, though busy: at work on 1' })
  })

  test('hangs when that has passed, confirmed as any failure is', () => {
    const seen = [answers(0), ...every10s(10, 330, works)]
    expect(verdictAt(running, seen)).toMatchObject({
      verdict: 'failed',
      confirmed: true,
      why: expect.stringContaining('no answer for 320 s'),
    })
  })

  test('one answer in between shows that it was work', () => {
    const seen = [answers(0), ...every10s(10, 200, works), answers(205 * SECOND), ...every10s(210, 500, works)]
    expect(verdictAt(running, seen).verdict).not.toBe('failed')
  })

  test('one that is not asked while it works leaves nothing unanswered', () => {
    expect(verdictAt(running, [answers(0), ...every10s(10, 900, (atMs) => works(atMs, false))]).verdict).not.toBe('failed')
  })

  test('a source of age needs no bound: its success gets old by itself', () => {
    expect(policyOf(aged).longest_work_ms).toBeUndefined()
  })
})
