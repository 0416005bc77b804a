import { buildHaus, buildService } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import { withServicesOf } from './read-held-haus.ts'

const web = buildService('web', { title: 'as the catalog has it' })

test('what the catalog has and the generation has not is not meant to run yet; what only the generation has still is', () => {
  const kept = buildHaus([buildService('web'), buildService('clock')])
  const held = withServicesOf(buildHaus([web, buildService('new')]), kept)
  expect(Object.keys(held.services).sort()).toEqual(['clock', 'web'])
  expect(held.services['web']?.title).toBe('as the catalog has it')
  expect(held.order).toEqual(kept.order)
})

test('a generation that does not say what it was made from leaves the catalog as it is', () => {
  const haus = buildHaus([web])
  expect(withServicesOf(haus, null)).toBe(haus)
})
