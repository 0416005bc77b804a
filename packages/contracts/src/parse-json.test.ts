import { expect, test } from 'vitest'
import { parseJson } from './parse-json.ts'

test.each([
  ['{"a":1}', { a: 1 }],
  ['0', 0],
  ['null', null],
  ['', null],
  ['{"a":', null],
  [null, null],
])('%j is %j', (text, value) => {
  expect(parseJson(text)).toEqual(value)
})
