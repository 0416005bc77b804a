import { expect, test } from 'vitest'
import { describeAge } from './describe-age.ts'

test.each([
  [-5, '0 s'],
  [0, '0 s'],
  [41_400, '41 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [7_200_000, '2 h'],
  [260_000_000, '3 d'],
])('%i ms is %s', (ms, text) => {
  expect(describeAge(ms)).toBe(text)
})
