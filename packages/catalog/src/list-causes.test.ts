import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { listCauses } from './list-causes.ts'

/** The text up to each place that is told. */
const toldIn = (text: string) =>
  listCauses(parseDocument(text, { prettyErrors: false }).errors, text).map(({ offset }) => text.slice(0, offset))

test.each([
  ['to the end of the file', 'a: 1\nb:\n  c: ', '"x\n  d: 2\n  e: 3\n'],
  ['to the end of its block', 'a: ', "'x\nb: 2\nc: it's\n"],
  ['of a key', '', '"a: 1\nb: 2\n'],
  ['in brackets', 'a: [', '"x, 2]\nb: 1\n'],
  ['behind one that is closed, with a quote that is escaped', 'a: "ü"\nb: ', '"x\\"\nc: 1\n'],
  ['of a list', '- a\n- ', "'x\n- y\n"],
])('a quote that is never closed is told where it was opened, %s', (_, before, after) => {
  expect(toldIn(`${before}${after}`)[0]).toBe(before)
})

test('what is no quote is told where it stands', () => {
  expect(toldIn('a: [1, 2\nb: 1\n').at(0)).not.toBe('a: ')
  expect(toldIn('a: "x" y"\nb: 1\n')).toEqual(['a: "x" '])
})
