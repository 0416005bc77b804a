import { expect, test } from 'vitest'
import { planPurge } from './plan-purge.ts'

test('a purge takes what is ours: the pointers first, what holds the lock last; what is not ours stays', () => {
  const { names, steps } = planPurge(['current', 'diary.txt', 'generations', 'secrets', 'state', '.node_id'], '/home/neo/.sanctum')
  expect(names).toEqual(['current', 'generations', 'secrets', '.node_id', 'state'])
  expect(steps.at(-1)).toEqual({ do: 'remove-tree', path: '/home/neo/.sanctum/state' })
  expect(planPurge([]).names).toEqual([])
})

test('nothing of ours is left behind', () => {
  const ours = ['current', 'confirmed', 'services', 'generations', 'versions', 'backups', 'logs', 'secrets']
  ours.push('.catalog', '.node_id', 'instance.yaml', 'state')
  expect(planPurge(ours.toReversed()).names).toEqual(ours)
})
