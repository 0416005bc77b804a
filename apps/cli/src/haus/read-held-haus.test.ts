import { buildHaus, buildService } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import type { CommandContext } from '../command.ts'
import { findOtherCode } from './find-other-code.ts'
import { findUnrendered } from './find-unrendered.ts'
import { toKeptHaus } from './kept-haus.ts'
import { observeStatus } from './observe-status.ts'
import { readHeldHaus, withServicesOf } from './read-held-haus.ts'

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

test('what the generation was made from is read once, whoever goes by it', async () => {
  let reads = 0
  const ports = {
    clock: { now: () => 0 },
    units: () => ({ list: async () => [] }),
    generations: () => ({
      readPointers: () => ({ current: { kind: 'set', number: 1 }, confirmed: { kind: 'set', number: 1 } }),
      readHaus() {
        reads += 1
        return toKeptHaus(kept)
      },
    }),
  } as unknown as CommandContext['ports']
  const haus = readHeldHaus(ports, wanted)
  const status = await observeStatus({ ports } as CommandContext, haus)
  expect([status.services.map(({ id }) => id), await findOtherCode(ports, haus)]).toEqual([kept.order, []])
  expect(reads).toBe(1)
})

test('a generation that does not say from what it was made is read service by service', () => {
  const manifest = 'id: web\nprovides: [{ name: api, port: 5001 }]\n'
  const generations = () => ({
    readPointers: () => ({ current: { kind: 'set', number: 1 } }),
    readHaus: () => null,
    readSurface: (_: number, file: string) => (file === 'services/web.yaml' ? manifest : null),
  })
  const haus = readHeldHaus({ generations } as unknown as CommandContext['ports'], wanted)
  expect(Object.keys(haus.services)).toEqual(Object.keys(wanted.services))
})
