import { expect, test } from 'vitest'
import { planCollect } from './plan-collect.ts'

const numbers = [1, 2, 3, 4, 5]
test.each([
  ['keeps the newest', { keep: 2, held: [] }, [1, 2, 3]],
  ['and what is held', { keep: 2, held: [1, 4] }, [2, 3]],
  ['removes nothing while there are few', { keep: 10, held: [] }, []],
  ['never current, even where none are kept', { keep: 0, held: [3] }, [1, 2, 4, 5]],
])('%s', (_, { keep, held }, removed) => {
  const plan = planCollect({ home: '/h', numbers, held, keep })
  expect(plan.removed).toEqual(removed)
  expect(plan.steps).toHaveLength(removed.length === 0 ? 0 : removed.length * 2 + 1)
})

test('a generation loses its name, durably, before its first file', () => {
  expect(planCollect({ home: '/h', numbers: [1, 2], held: [], keep: 1 }).steps).toEqual([
    { do: 'rename', from: '/h/generations/1', to: '/h/generations/.trash-1' },
    { do: 'sync-directory', path: '/h/generations' },
    { do: 'remove-tree', path: '/h/generations/.trash-1' },
  ])
})
