import type { Observation, Verdict } from '@sanctum/contracts'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyTrack, judge, judgeTrack, reduceTrack } from './judge.ts'

const policy = { open_after: 3, close_after: 2, stale_after_ms: 60_000 }
const PERIOD_MS = 10_000

/** One letter an observation: p passed, f failed, - could not check; one period apart, the first at one period. */
function history(letters: string): Observation[] {
  return [...letters].map((letter, index) => {
    const base = { atMs: (index + 1) * PERIOD_MS, tookMs: 1 }
    if (letter === 'p') return { ...base, kind: 'passed', detail: 'status 200' }
    if (letter === 'f') return { ...base, kind: 'failed', cause: 'transport', detail: 'nobody listens' }
    return { ...base, kind: 'could-not-check', detail: 'EMFILE' }
  })
}

function judgeLetters(letters: string) {
  return judge(history(letters), policy, letters.length * PERIOD_MS)
}

describe('judge', () => {
  test.each<readonly [string, Verdict, boolean, string]>([
    ['', 'could-not-check', false, 'nothing was asked'],
    ['p', 'healthy', false, 'the first result decides alone'],
    ['f', 'failed', false, 'the first result decides alone'],
    ['-', 'could-not-check', false, 'no result is none'],
    ['pp', 'healthy', true, 'two in a row confirm'],
    ['fff', 'failed', true, 'three in a row confirm'],
    ['ppf', 'healthy', true, 'one failure opens nothing'],
    ['ppff', 'healthy', true, 'two failures open nothing'],
    ['ppfff', 'failed', true, 'three in a row open'],
    ['ppffpff', 'healthy', true, 'a pass between starts the row anew'],
    ['ppff-f', 'failed', true, 'what could not be checked breaks no row'],
    ['ppff-', 'healthy', true, 'and adds to none'],
    ['ppfffp', 'failed', true, 'one pass closes nothing'],
    ['ppfffpp', 'healthy', true, 'two in a row close'],
    ['ppfffpfp', 'failed', true, 'a failure between starts the row anew'],
    ['fp', 'failed', false, 'one pass does not overturn a first impression'],
    ['fpp', 'healthy', true, 'two do'],
    ['pff', 'healthy', false, 'nor do two failures'],
    ['pfff', 'failed', true, 'three do'],
  ])('%s is %s (confirmed: %s): %s', (letters, verdict, confirmed) => {
    expect(judgeLetters(letters)).toMatchObject({ verdict, confirmed })
  })

  test.each<readonly [string, Verdict, string]>([
    ['ppffpf', 'failed', 'three of five, none of them need follow another'],
    ['ppfpfpf', 'failed', 'three of the last five'],
    ['ppfppfpf', 'healthy', 'two of the last five'],
    ['ppffpfppf', 'healthy', 'what was closed does not count again'],
  ])('three of five: %s is %s (%s)', (letters, verdict) => {
    expect(judge(history(letters), { ...policy, open_of: 5 }, letters.length * PERIOD_MS).verdict).toBe(verdict)
  })

  test('who lives but differs from the disk drifts, and one that does so is no failure', () => {
    const drifting: Observation = { kind: 'passed', atMs: 1, tookMs: 1, detail: 'lives', drift: 'it still runs the former program' }
    expect(judge([drifting, drifting], policy, 1)).toMatchObject({
      verdict: 'drift',
      confirmed: true,
      why: 'it still runs the former program',
    })
    expect(judge([drifting, ...history('pp')], policy, 1).verdict).toBe('healthy')
  })

  test('says that it is busy as long as the newest result says so, whatever else is known', () => {
    const busy: Observation = { kind: 'could-not-check', atMs: 50_000, tookMs: 1, detail: 'at work', busy: true }
    const passing: Observation = { kind: 'passed', atMs: 50_000, tookMs: 1, detail: 'status 200', busy: true }
    const judged = (seen: readonly Observation[], nowMs = 50_000) => judge(seen, policy, nowMs)
    expect(judged([busy])).toMatchObject({ verdict: 'could-not-check', busy: true, sinceMs: 50_000, why: 'at work' })
    expect(judged([...history('pp'), busy])).toMatchObject({ verdict: 'healthy', busy: true })
    expect(judged([passing])).toMatchObject({ verdict: 'healthy', busy: true })
    expect(judged([...history('pp'), busy], 90_000)).toMatchObject({
      busy: true,
      sinceMs: 20_000,
      why: 'no answer either way for 70 s: at work',
    })
    expect(judged([busy, ...history('p')])).not.toHaveProperty('busy')
    expect(judged(history('pp'), 90_000).why).toBe('no answer either way for 70 s')
  })

  test('a failure has no drift, and a verdict that stands against the last result has no cause', () => {
    const drifting: Observation = { kind: 'passed', atMs: 60_000, tookMs: 1, detail: 'lives', drift: 'it still runs the former program' }
    expect(judge([...history('fff'), drifting], policy, 60_000)).toMatchObject({ verdict: 'failed' })
    expect(judge([...history('fff'), drifting], policy, 60_000)).not.toHaveProperty('cause')
    expect(judge([drifting, drifting, ...history('f')], policy, 60_000)).toMatchObject({ verdict: 'healthy' })
    expect(judge([drifting, drifting, ...history('f')], policy, 60_000)).not.toHaveProperty('cause')
  })

  test('while results flap, three times as many in a row change the verdict', () => {
    const flapping = { ...policy, open_of: 3, flap: { high: 30, low: 20 } }
    const letters = 'pf'.repeat(11)
    const after = (more: string) => judge(history(letters + more), flapping, (letters + more).length * PERIOD_MS)
    expect(after('ffffffff').verdict).toBe('failed')
    expect(after('p')).toMatchObject({ flapping: true, why: expect.stringMatching(/^flaps \(\d+ % of its last results changed\): /) })
    expect(after('ffffffffppppp')).toMatchObject({ verdict: 'failed', flapping: true })
    expect(judge(history('pp'), flapping, 2 * PERIOD_MS)).not.toHaveProperty('flapping')
  })

  test('a verdict begins with the first result of the row that made it', () => {
    expect(judgeLetters('ppfff').sinceMs).toBe(3 * PERIOD_MS)
    expect(judgeLetters('ppfffpp').sinceMs).toBe(6 * PERIOD_MS)
    expect(judgeLetters('pppppp').sinceMs).toBe(1 * PERIOD_MS)
  })

  test('says why, and names the cause only of a failure', () => {
    expect(judgeLetters('ppfff')).toMatchObject({ why: 'nobody listens', cause: 'transport' })
    expect(judgeLetters('pp')).not.toHaveProperty('cause')
    expect(judgeLetters('ppf').why).toContain('1 of 3 failures')
    expect(judgeLetters('ppfffp').why).toContain('1 of 2 in a row')
  })

  test.each([
    ['fresh', 60_000, 'healthy'],
    ['stale', 60_001, 'could-not-check'],
    ['from the future, as after a clock was set back', -60_001, 'could-not-check'],
    ['a little in the future', -500, 'healthy'],
  ])('a result that is %s', (_, ageMs, verdict) => {
    const observations = history('pp')
    expect(judge(observations, policy, 2 * PERIOD_MS + ageMs).verdict).toBe(verdict)
  })

  test('results that could not be had do not keep an old one fresh', () => {
    const letters = `pp${'-'.repeat(7)}`
    expect(judgeLetters(letters)).toMatchObject({ verdict: 'could-not-check', why: expect.stringContaining('EMFILE') })
  })

  test('a long history needs no more memory and comes to the same', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[pf-]{0,80}$/), (letters) => {
        const track = history(letters).reduce((so_far, observation) => reduceTrack(so_far, observation, policy), emptyTrack)
        expect(track.recent.length).toBeLessThanOrEqual(21)
        expect(judgeTrack(track, policy, letters.length * PERIOD_MS)).toEqual(judgeLetters(letters))
      }),
    )
  })

  test('against a plain reference: the verdict is that of the last row that was long enough', () => {
    const lasting = { ...policy, stale_after_ms: Number.POSITIVE_INFINITY }
    fc.assert(
      fc.property(fc.stringMatching(/^[pf-]{0,60}$/), (letters) => {
        const definite = letters.replaceAll('-', '')
        const lastOpen = Math.max(-1, ...[...definite].flatMap((_, index) => (definite.slice(0, index + 1).endsWith('fff') ? [index] : [])))
        const lastClose = Math.max(-1, ...[...definite].flatMap((_, index) => (definite.slice(0, index + 1).endsWith('pp') ? [index] : [])))
        const first = definite === '' ? 'could-not-check' : definite[0] === 'p' ? 'healthy' : 'failed'
        const expected = lastOpen === lastClose ? first : lastOpen > lastClose ? 'failed' : 'healthy'
        expect(judge(history(letters), lasting, letters.length * PERIOD_MS).verdict).toBe(expected)
      }),
      { numRuns: 2000 },
    )
  })
})
