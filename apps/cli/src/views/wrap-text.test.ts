import { expect, test } from 'vitest'
import { foldText, wrapText } from './wrap-text.ts'

test.each([
  ['one two three', 7, ['one two', 'three']],
  ['one two three', 100, ['one two three']],
  ['a verylongword b', 4, ['a', 'verylongword', 'b']],
  ['', 10, ['']],
])('%j in %d columns', (text, width, lines) => {
  expect(wrapText(text, width)).toEqual(lines)
})

test('a sentence is folded on a narrow terminal only', () => {
  expect(foldText('one two three', { columns: 11, before: 4 })).toBe('one two\n    three')
  expect(foldText('one two three', { columns: 81, before: 75 })).toBe('one two three')
})
