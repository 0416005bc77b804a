import { expect, test } from 'vitest'
import { wrapText } from './wrap-text.ts'

test.each([
  ['one two three', 7, ['one two', 'three']],
  ['one two three', 100, ['one two three']],
  ['a verylongword b', 4, ['a', 'verylongword', 'b']],
  ['', 10, ['']],
])('%j in %d columns', (text, width, lines) => {
  expect(wrapText(text, width)).toEqual(lines)
})
