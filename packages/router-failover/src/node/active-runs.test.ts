import { expect, test } from 'vitest'
import { createActiveRuns } from './active-runs.ts'

const place = () => ({ place: -1 })

test('who is removed is gone, once, and the others stay', () => {
  const active = createActiveRuns<{ place: number }>()
  const runs = Array.from({ length: 5 }, place)
  for (const run of runs) active.add(run)
  const [first, , third, , last] = runs as [object, object, object, object, object]
  for (const run of [first, third, last, third]) active.remove(run as { place: number })
  const left = new Set<object>()
  active.each((run) => left.add(run))
  expect(active.size).toBe(2)
  expect(left).toEqual(new Set([runs[1], runs[3]]))
  active.remove(place())
  expect(active.size).toBe(2)
})

test('runs may be removed while all are visited, and none is left out', () => {
  const active = createActiveRuns<{ place: number }>()
  const runs = Array.from({ length: 100 }, place)
  for (const run of runs) active.add(run)
  const visited = new Set<object>()
  active.each((run) => {
    visited.add(run)
    active.remove(run)
  })
  expect([visited.size, active.size]).toEqual([100, 0])
})
