import { expect, test } from 'vitest'
import type { Phase } from './phase-of.ts'
import { firstsOf, planStrikes } from './plan-strikes.ts'

/** Commands of which each makes the calls named, all of them different or all the same. */
const studied = [
  { positions: [...positions('stage', 40), ...positions('publish', 10)] },
  { positions: [...positions('stage', 40), ...positions('publish', 20), ...positions('journal', 10)] },
]

function positions(phase: Phase, count: number) {
  const at = { call: 'write', matches: '', before: {}, thread: 'main', isFutile: false } as const
  return Array.from({ length: count }, (_, index) => ({ phase, at: { ...at, nth: 1, path: `generations/${count}/${index}` } }))
}

const phaseOf = ({ command, position }: { command: number; position: number }) => studied[command]?.positions[position]?.phase

test('every kind once, in turn in one and the other command', () => {
  const firsts = firstsOf(studied)
  expect(firsts).toHaveLength(40 + 20 + 10)
  expect(new Set(firsts.map(({ command }) => command)).size).toBe(2)
})

test('a third while publishing; every position where time is not short', () => {
  const few = planStrikes(studied, 30)
  expect(few).toHaveLength(30)
  expect(few.filter((aim) => phaseOf(aim) === 'publish')).toHaveLength(10)
  expect(planStrikes(studied, Number.POSITIVE_INFINITY)).toHaveLength(120)
})
