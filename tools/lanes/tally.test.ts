import { expect, test } from 'vitest'
import { addTallies, emptyTally, verdictOf } from './tally.ts'

const skipped = [{ test: 'a', reason: 'no strace' }]

test.each([
  { tally: { ...emptyTally, passed: 3 }, ci: true, line: '3 passed, 0 failed' },
  { tally: { ...emptyTally, passed: 3, failed: 2 }, ci: false, line: '3 passed, 2 failed' },
  { tally: { ...emptyTally, passed: 3, skipped }, ci: false, line: '3 passed, 0 failed' },
  { tally: { ...emptyTally, passed: 3, skipped }, ci: true, line: '3 passed, 1 failed' },
  { tally: { ...emptyTally, passed: 3, failed: 1, problems: ['x.test.ts did not load'] }, ci: false, line: '3 passed, 2 failed' },
])('$line', ({ tally, ci, line }) => {
  expect(verdictOf(tally, { skipIsFailure: ci }).line).toBe(line)
})

test('tallies add up', () => {
  const one = { passed: 1, failed: 2, skipped, problems: ['p'] }
  expect(addTallies([one, emptyTally, one])).toEqual({ passed: 2, failed: 4, skipped: [...skipped, ...skipped], problems: ['p', 'p'] })
})
