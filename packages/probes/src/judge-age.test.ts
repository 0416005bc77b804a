import { expect, test } from 'vitest'
import { judgeAge } from './judge-age.ts'

test.each([
  [0, 'passed', 'written 0 s ago'],
  [30_000, 'passed', 'written 30 s ago'],
  [30_001, 'failed', 'written 30 s ago, at most 30 s allowed'],
  [7_200_000, 'failed', 'written 2 h ago, at most 30 s allowed'],
  [-59_000, 'passed', 'written 0 s ago'],
  [-61_000, 'could-not-check', 'written 61 s in the future: a clock jumped'],
])('an age of %i ms is %s', (ageMs, kind, detail) => {
  expect(judgeAge(ageMs, 30_000, 'written')).toMatchObject({ kind, detail })
})
