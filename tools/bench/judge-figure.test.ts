import { expect, test } from 'vitest'
import type { Bound } from './bench-case.ts'
import { judgeFigure } from './judge-figure.ts'
import { summarize } from './summarize.ts'

const theirs = summarize([20, 20, 20])

test.each<[string, number[], Bound, string, string]>([
  ['within the limit', [1, 300, 900], { kind: 'limit', most: 300 }, 'holds', '300 ms'],
  ['over the limit', [299, 301, 301], { kind: 'limit', most: 300 }, 'misses', '301 ms'],
  ['as slow as allowed', [30], { kind: 'times', most: 1.5, of: 'x', theirs }, 'holds', '1.50 ×'],
  ['too slow', [31], { kind: 'times', most: 1.5, of: 'x', theirs }, 'misses', '1.55 ×'],
  ['faster enough', [0.4], { kind: 'faster', least: 50, than: 'x', theirs }, 'holds', '50 × faster'],
  ['not faster enough', [0.5], { kind: 'faster', least: 50, than: 'x', theirs }, 'misses', '40 × faster'],
  ['little more', [40], { kind: 'beyond', most: 20, of: 'x', theirs }, 'holds', '20.0 ms beyond'],
  ['too much more', [41], { kind: 'beyond', most: 20, of: 'x', theirs }, 'misses', '21.0 ms beyond'],
  ['as much as wanted', [9000], { kind: 'least', least: 9000 }, 'holds', '9000 ms'],
  ['less than wanted', [8999], { kind: 'least', least: 9000 }, 'misses', '8999 ms'],
  ['many times as much', [240], { kind: 'more', least: 12, than: 'x', theirs }, 'holds', '12 ×'],
  ['too few times as much', [180], { kind: 'more', least: 12, than: 'x', theirs }, 'misses', '9.00 ×'],
  ['only told', [90], { kind: 'beside', of: 'x', theirs }, 'told', '90.0 ms'],
  ['alone', [0.5], { kind: 'peer-missing', peer: 'x' }, 'peer missing', '—'],
])('%s', (_what, ours, bound, verdict, reached) => {
  expect(judgeFigure({ ours: summarize(ours), unit: 'ms', bound })).toMatchObject({ verdict, reached })
})

test('medians, least and the value that nine of ten stay below', () => {
  expect(summarize([5, 1, 4, 2, 3, 9, 8, 7, 6, 10])).toEqual({ median: 5.5, min: 1, p90: 9, count: 10 })
  expect(summarize([3])).toEqual({ median: 3, min: 3, p90: 3, count: 1 })
  expect(() => summarize([])).toThrow('nothing was measured')
})
