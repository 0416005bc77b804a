import { expect, test } from 'vitest'
import { judgeSwap } from './judge-swap.ts'

test.each(['on-trial', 'unchanged', 'applied'])('%s with its generation holds', (outcome) => {
  expect(judgeSwap({ outcome, generation: 7, current: 7 })).toEqual({ kind: 'held', generation: 7 })
})

test.each([
  ['no answer', { outcome: undefined, generation: undefined, current: 7 }],
  ['no number', { outcome: 'on-trial', generation: '7', current: 7 }],
  ['nothing that could prove it', { outcome: 'untried', generation: 7, current: 7 }],
  ['an outcome of another revision', { outcome: 'staged', generation: 7, current: 7 }],
  ['a pointer that never moved', { outcome: 'on-trial', generation: 7, current: 6 }],
  ['no pointer', { outcome: 'on-trial', generation: 7, current: null }],
])('%s fails the swap', (_, told) => {
  expect(judgeSwap(told).kind).toBe('failed')
})
