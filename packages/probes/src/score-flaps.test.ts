import type { Observation } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import { emptyTrack, judgeTrack, reduceTrack } from './judge.ts'
import { defaultFlapLimits, scoreFlaps } from './score-flaps.ts'

function history(letters: string): Observation[] {
  return [...letters].map((letter, index) => {
    const base = { atMs: index * 1000, tookMs: 1, detail: letter }
    if (letter === 'p') return { ...base, kind: 'passed' }
    if (letter === 'f') return { ...base, kind: 'failed', cause: 'transport' }
    return { ...base, kind: 'could-not-check' }
  })
}

const policy = { open_after: 3, close_after: 2, stale_after_ms: 60_000, flap: defaultFlapLimits }

/** The verdict after each result, one letter each; capitals flap. */
function verdicts(letters: string, given = policy): string {
  let track = emptyTrack
  return history(letters)
    .map((observation) => {
      track = reduceTrack(track, observation, given)
      const { verdict, flapping } = judgeTrack(track, given, observation.atMs)
      return flapping === true ? verdict.slice(0, 1).toUpperCase() : verdict.slice(0, 1)
    })
    .join('')
}

describe('scoreFlaps', () => {
  test.each([
    ['', 0],
    ['p'.repeat(21), 0],
    ['pf'.repeat(10).concat('p'), 100],
    // The same change weighs more where it is younger.
    [`${'p'.repeat(20)}f`, 6],
    [`f${'p'.repeat(20)}`, 4],
    ['pf', 6],
    ['p-f', 6],
  ])('%s changes by %i %%', (letters, score) => {
    expect(scoreFlaps(history(letters))).toBe(score)
  })
})

describe('a probe that flaps', () => {
  const outage = `${'p'.repeat(10)}fff${'p'.repeat(10)}`
  test('one outage is no flapping', () => {
    expect(verdicts(outage)).toBe('hhhhhhhhhhhhffhhhhhhhhh')
  })

  const toggling = `pp${'fffpp'.repeat(6)}`
  test('stops toggling once it is known, and is told as such', () => {
    const seen = verdicts(toggling)
    const tail = seen.slice(-12)
    expect(tail).toBe(tail[0]?.repeat(12))
    expect(tail[0]).toMatch(/[HF]/)
  })

  test('planted fault: without the score it toggles to the end', () => {
    const { flap: _, ...blind } = policy
    const tail = verdicts(toggling, blind as typeof policy).slice(-12)
    expect(new Set(tail).size).toBe(2)
  })

  test('a hang that follows is still found, and a recovery too', () => {
    expect(
      verdicts(`${toggling}${'f'.repeat(9)}`)
        .at(-1)
        ?.toLowerCase(),
    ).toBe('f')
    expect(
      verdicts(`${toggling}${'f'.repeat(9)}${'p'.repeat(6)}`)
        .at(-1)
        ?.toLowerCase(),
    ).toBe('h')
    expect(verdicts(`${toggling}${'p'.repeat(21)}`).at(-1)).toBe('h')
  })
})
