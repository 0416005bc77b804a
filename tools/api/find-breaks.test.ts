import { describe, expect, test } from 'vitest'
import { findBreaks } from './find-breaks.ts'

describe('a break is', () => {
  const released = { '.': { run: 'a', '(Inner)': 'b' }, './node': { open: 'c' } }
  test.each<[string, typeof released | object, readonly string[]]>([
    ['a name that is gone', { ...released, '.': { '(Inner)': 'b' } }, ['run is gone']],
    ['a name with another form', { ...released, '.': { run: 'x', '(Inner)': 'b' } }, ['run: it differs']],
    ['an inner name with another form', { ...released, '.': { run: 'a', '(Inner)': 'x' } }, ['(Inner): it differs']],
    ['a subpath that is gone', { '.': released['.'] }, ['./node is gone']],
    ['a name of a subpath', { ...released, './node': { open: 'x' } }, ['./node open: it differs']],
    ['never a new name', { ...released, '.': { ...released['.'], more: 'd' }, './testing': { all: 'e' } }, []],
    ['never the loss of what nobody can name', { ...released, '.': { run: 'a' } }, []],
  ])('%s', (_name, now, breaks) => {
    expect(findBreaks(released, now as typeof released, () => ['it differs'])).toEqual(breaks)
    // A form that holds wherever the old one did.
    expect(findBreaks(released, now as typeof released, () => [])).toEqual(breaks.filter((each) => each.endsWith('gone')))
  })
})
