import { expect, test } from 'vitest'
import { judgeAge, judgeAgeBetween } from './judge-age.ts'

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

test.each([
  ['young whichever it was', 10_000, 20_000, 'passed', 'ended 20 s ago'],
  ['old whichever it was', 31_000, 40_000, 'failed', 'ended 40 s ago, at most 30 s allowed'],
  [
    'one or the other, and nobody looked',
    10_000,
    40_000,
    'could-not-check',
    'ended between 10 s and 40 s ago, and nobody looked meanwhile',
  ],
  ['seen as it happened', 31_000, 31_000, 'failed', 'ended 31 s ago, at most 30 s allowed'],
  ['of a clock that jumped', -80_000, -61_000, 'could-not-check', 'ended 61 s in the future: a clock jumped'],
])('an end is %s', (_, fromMs, toMs, kind, detail) => {
  expect(judgeAgeBetween({ fromMs, toMs }, 30_000, 'ended')).toMatchObject({ kind, detail })
})
