import { describe, expect, test } from 'vitest'
import { type FailsafeMemory, freshMemory, reduceFailsafe, type WatchdogSight } from './reduce-failsafe.ts'

const sights: Readonly<Record<string, WatchdogSight>> = {
  w: { kind: 'well' },
  d: { kind: 'dead', why: 'gone' },
  s: { kind: 'stalled', why: 'stands still' },
  f: { kind: 'foreign', why: 'another' },
  n: { kind: 'not-wanted' },
}

/** One letter a second; what was done after each, `.` for nothing. */
function run(letters: string, memory: FailsafeMemory = freshMemory): string {
  let state = memory
  return [...letters]
    .map((letter, second) => {
      const step = reduceFailsafe(state, sights[letter] as WatchdogSight, second * 1000)
      state = step.memory
      return step.action.do === 'nothing' ? '.' : (step.action.do[0] as string)
    })
    .join('')
}

describe('reduceFailsafe', () => {
  test.each([
    ['wwwwdd', '.....s', 'dead twice in a row: started'],
    ['wdwdwd', '......', 'dead once is not'],
    ['wsss', '...r', 'stalled three times in a row: replaced'],
    ['wsswss', '......', 'twice is a moment of load'],
    ['wsds', '....', 'each row is of one kind'],
    ['wffff', '...r.', 'somebody else is reported, never ended'],
    ['nnnnnn', '......', 'what a person took down stays down'],
    ['ddddddddddd', '.s.........', 'after a start it waits'],
    ['dddddddddddd', '.s.........s', 'for ten seconds, then it tries again'],
  ])('%s: %s (%s)', (letters, expected) => {
    expect(run(letters)).toBe(expected)
  })

  test('a watchdog that keeps dying is started less and less often, at least each minute', () => {
    const starts = [...run('d'.repeat(400))].flatMap((action, second) => (action === 's' ? [second] : []))
    const pauses = starts.slice(1).map((second, index) => second - (starts[index] as number))
    expect(pauses.slice(0, 4)).toEqual([10, 20, 40, 60])
    expect(new Set(pauses.slice(3))).toEqual(new Set([60]))
  })

  test('a minute of calm makes it quick again', () => {
    const calm = [...run(`dd${'w'.repeat(70)}dd`)].flatMap((action, second) => (action === 's' ? [second] : []))
    expect(calm).toEqual([1, 73])
  })

  test.each([
    ['a minute, and its next starts are as quick as at first', 61, [1, 11, 74, 84]],
    ['a second less, and they are not', 60, [1, 11, 73]],
  ])('it was well for %s', (_, calmS, expected) => {
    const starts = [...run(`${'d'.repeat(12)}${'w'.repeat(calmS)}${'d'.repeat(25)}`)]
    expect(starts.flatMap((action, second) => (action === 's' ? [second] : []))).toEqual(expected)
  })

  test.each([
    ['what stands still is replaced', 's', 'replace'],
    ['somebody else is told of, and never ended', 'f', 'report'],
  ])('%s', (_, letter, act) => {
    const sight = sights[letter] as WatchdogSight
    expect(reduceFailsafe({ ...freshMemory, kind: sight.kind, inARow: 2 }, sight, 0).action.do).toBe(act)
  })

  test('a person who takes it down and starts it again begins afresh', () => {
    expect(run('ddndd')).toBe('.s..s')
  })
})
