import { expect, test } from 'vitest'
import { matchOutput } from './match-output.ts'

test.each([
  ['the same', 'a\nb', 'a\nb\n'],
  ['spaces at the ends of lines', 'a  \nb', 'a\nb   \n\n'],
  ['empty lines at both ends', 'a', '\n\na\n\n'],
  ['nothing', '', '\n'],
  ['… in a line', 'generation … is in place', 'generation 12 is in place'],
  ['… for nothing', 'a…b', 'ab'],
  ['… twice', '… is …', 'x is y'],
  ['… for no line', 'a\n…\nb', 'a\nb'],
  ['… for three lines', 'a\n…\nb', 'a\n1\n2\n3\nb'],
  ['… at the beginning', '…\nb', '1\n2\nb'],
  ['… at the end', 'a\n…', 'a\n1\n2'],
  ['… alone', '…', ''],
  ['signs of patterns', 'a.b (c) [d] $5', 'a.b (c) [d] $5'],
  ['a line that comes twice', '…\nb\n…\nc', 'b\nx\nb\nc'],
])('%s fits', (_what, expected, observed) => {
  expect(matchOutput(expected, observed)).toBeNull()
})

test.each([
  ['another line', 'a\nb', 'a\nc', { index: 1, expected: 'b', observed: 'c' }],
  ['a line too few', 'a\nb', 'a', { index: 1, expected: 'b', observed: null }],
  ['a line too many', 'a', 'a\nb', { index: 1, expected: null, observed: 'b' }],
  ['what … does not reach', 'a\n…\nz', 'a\nb\nc', { index: 2, expected: 'z' }],
  ['a dot that is none', 'a.b', 'axb', { index: 0, expected: 'a.b', observed: 'axb' }],
  ['spaces in front', ' a', 'a', { index: 0 }],
])('%s does not fit', (_what, expected, observed, mismatch) => {
  expect(matchOutput(expected, observed)).toMatchObject(mismatch)
})
