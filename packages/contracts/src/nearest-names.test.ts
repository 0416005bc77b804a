import { describe, expect, test } from 'vitest'
import { countEdits, didYouMean, nearestNames } from './nearest-names.ts'

describe('countEdits', () => {
  test.each<[string, string, number]>([
    ['same', 'same', 0],
    ['Force_Flow', 'force-flow', 0],
    ['dashbord', 'dashboard', 1],
    ['wathcdog', 'watchdog', 1],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
    ['voice', 'router', 4],
  ])('%s to %s: %i', (a, b, edits) => {
    expect(countEdits(a, b, 9)).toBe(edits)
    expect(countEdits(b, a, 9)).toBe(edits)
    expect(countEdits(a, b, 2)).toBe(Math.min(edits, 3))
  })
})

test('names are offered nearest first, at most three, and none that is far', () => {
  const known = ['watchdog', 'dashboard', 'failsafe', 'watchdogs', 'watch-dog', 'watchdoc']
  expect(nearestNames('wacthdog', known)).toEqual(['watchdog', 'watch-dog', 'watchdoc'])
  expect(nearestNames('zzz', known)).toEqual([])
  expect(didYouMean(nearestNames('dashbord', known))).toBe(' Did you mean dashboard?')
  expect(didYouMean([])).toBe('')
})
