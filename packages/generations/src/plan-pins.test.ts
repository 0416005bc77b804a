import type { Pin } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { withoutPin, withPin } from './plan-pins.ts'

const pin = (generation: number, reason: string | null = null, pinned_at = 'then'): Pin => ({ generation, reason, pinned_at })

test.each<[string, Pin[], Pin, Pin[]]>([
  ['the first', [], pin(3), [pin(3)]],
  ['in order', [pin(2), pin(7)], pin(3), [pin(2), pin(3), pin(7)]],
  ['again', [pin(3, 'before the move')], pin(3, null, 'now'), [pin(3, 'before the move')]],
  ['again for the same reason', [pin(3, 'a')], pin(3, 'a', 'now'), [pin(3, 'a')]],
  ['for another reason', [pin(3, 'a')], pin(3, 'b', 'now'), [pin(3, 'b', 'now')]],
])('a pin %s', (_, pins, given, expected) => {
  expect(withPin(pins, given)).toEqual(expected)
})

test('a pin that goes', () => {
  expect([withoutPin([pin(2), pin(3)], 3), withoutPin([pin(2)], 3)]).toEqual([[pin(2)], [pin(2)]])
})
