import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findModelSpans } from './splice-model.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const valuesOf = (text: string) =>
  findModelSpans(bytes(text))?.map(({ start, end }) => new TextDecoder().decode(bytes(text).subarray(start, end)))

describe('findModelSpans', () => {
  it.each([
    ['{"model":"a"}', ['"a"']],
    [' { "x" : [1,{"model":"no"}], "model" : "a\\"b" , "y":2}', ['"a\\"b"']],
    ['{"model":"a","mod\\u0065l":null}', ['"a"', 'null']],
    ['{"messages":[{"content":"\\"model\\":\\"no\\""}]}', []],
    ['{}', []],
  ])('%s', (text, expected) => {
    expect(valuesOf(text)).toEqual(expected)
  })

  it('reads every object that JSON reads', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.oneof(fc.constant('model'), fc.string()), fc.jsonValue()), fc.constantFrom(0, 2), (value, indent) => {
        const expected = Object.hasOwn(value, 'model') ? [value['model']] : []
        expect(valuesOf(JSON.stringify(value, null, indent))?.map((text) => JSON.parse(text))).toEqual(JSON.parse(JSON.stringify(expected)))
      }),
    )
  })
})
