import { describe, expect, it } from 'vitest'
import { findCycles } from './find-cycles.ts'

const edges = (text: string) =>
  text
    .split(' ')
    .filter(Boolean)
    .map((edge) => ({ from: edge[0] as string, to: edge[1] as string }))

describe('cycles', () => {
  it.each([
    ['', []],
    ['ab bc ac', []],
    ['aa', [['a', 'a']]],
    ['ab ba', [['a', 'b', 'a']]],
    ['cb ba ac', [['a', 'c', 'b', 'a']]],
    ['ab bc cd db', [['b', 'c', 'd', 'b']]],
    [
      'ab ba cd dc bc',
      [
        ['a', 'b', 'a'],
        ['c', 'd', 'c'],
      ],
    ],
    ['ab bc ca ad da', [['a', 'd', 'a']]],
  ])('of %j', (text, cycles) => {
    expect(findCycles(edges(text))).toEqual(cycles)
  })

  it('are found in a chain of 50,000 without recursion', () => {
    const chain = Array.from({ length: 50_000 }, (_, index) => ({ from: `s${index}`, to: `s${index + 1}` }))
    expect(findCycles(chain)).toEqual([])
    expect(findCycles([...chain, { from: 's50000', to: 's0' }])[0]).toHaveLength(50_002)
  })
})
