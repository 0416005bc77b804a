import { expect, test } from 'vitest'
import { freshReverter, reduceReverter } from './reduce-reverter.ts'

/** One letter a second: n nothing, w waiting, d due, s stuck, r due while one is on its way. `!` where it asks. */
function run(letters: string): string {
  let memory = freshReverter
  const kinds = { n: 'none', w: 'waiting', d: 'due', s: 'stuck', r: 'due' } as const
  return [...letters]
    .map((letter, second) => {
      const seen = { judgement: kinds[letter as keyof typeof kinds], isRunning: letter === 'r' }
      const step = reduceReverter(memory, seen, second * 1000)
      memory = step.memory
      return step.asks ? '!' : '.'
    })
    .join('')
}

test.each([
  ['nnww', '....', 'what may still be confirmed is left alone'],
  ['wwd', '..!', 'due: at once'],
  ['drrrn', '!....', 'one at a time'],
  ['ddddddddddd', '!.........!', 'one that failed is tried again after ten seconds'],
  ['sssss', '.....', 'where there is no way back nobody tries'],
  ['dnd', '!.!', 'another trial begins afresh'],
])('%s: %s (%s)', (letters, expected) => {
  expect(run(letters)).toBe(expected)
})

test('one that fails for ever is tried every ten minutes in the end', () => {
  const asked = [...run('d'.repeat(4000))].flatMap((act, second) => (act === '!' ? [second] : []))
  const pauses = asked.slice(1).map((second, index) => second - (asked[index] as number))
  expect(pauses.slice(0, 7)).toEqual([10, 20, 40, 80, 160, 320, 600])
  expect(new Set(pauses.slice(6))).toEqual(new Set([600]))
})
