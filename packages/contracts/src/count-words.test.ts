import { expect, test } from 'vitest'
import { countWords } from './count-words.ts'

test.each([
  [0, '0 steps hold'],
  [1, '1 step holds'],
  [2, '2 steps hold'],
])('%d', (count, words) => {
  expect(countWords(count, 'step holds', 'steps hold')).toBe(words)
  expect(countWords(count, 'step')).toBe(words.replace(/ holds?$/, ''))
})
