import { buildHaus, buildService } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import { findUnrendered, withServicesOf } from './read-held-haus.ts'

const wanted = buildHaus([buildService('web', { title: 'as the catalog has it' }), buildService('new')])
const kept = buildHaus([buildService('web', { title: 'as it runs' }), buildService('clock')])
const held = withServicesOf(wanted, kept)

test('what is meant to run is what the generation has, as it has it', () => {
  expect(Object.keys(held.services).sort()).toEqual(['clock', 'web'])
  expect(held.services['web']?.title).toBe('as it runs')
  expect(held.order).toEqual(kept.order)
})

test('services that the catalog has besides, or no longer, are told with the way to see them', () => {
  expect(findUnrendered(wanted, held)).toMatchObject({
    code: 'CHANGE_PENDING',
    message: expect.stringMatching(/^the catalog has new besides and does not have clock; /),
    fix: { command: 'sanctumctl render --check', safe: true },
  })
  expect(findUnrendered(wanted, withServicesOf(wanted, wanted))).toBeNull()
})
