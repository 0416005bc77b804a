import { buildHaus, buildService } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import { requireService } from './require-service.ts'

const held = buildHaus([buildService('failsafe')])
const wanted = buildHaus([buildService('backstop')])

test('what runs is found, also where the catalog has it no longer', () => {
  expect(requireService(held, 'failsafe', wanted).id).toBe('failsafe')
})

test('what is not rendered is told as that, and not as unknown', () => {
  expect(() => requireService(held, 'backstop', wanted)).toThrow('backstop is in the catalog, but not rendered here')
  expect(() => requireService(held, 'backstop')).toThrow('there is no service backstop')
})
