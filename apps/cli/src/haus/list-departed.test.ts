import { buildHaus, buildService, buildUnitState } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import type { Ports } from '../ports.ts'
import { listDeparted } from './list-departed.ts'

const tombstone = { retired: '2026-05-02', reason: 'Nobody needs it.' }
const states = ['radio', 'tunnel', 'stranger'].map((service) => buildUnitState(service))
const ports = { units: () => ({ list: async () => states }) } as unknown as Pick<Ports, 'units'>

test('what is retired and still there is stopped, and nothing else', async () => {
  const haus = buildHaus([buildService('radio')], { retired: { tunnel: tombstone, radio: tombstone, gone: tombstone } })
  expect(await listDeparted(ports, haus)).toMatchObject([
    { service: 'tunnel', action: 'stop', why: 'retired on 2026-05-02: Nobody needs it.' },
  ])
})

test('without a retired service no manager is asked', async () => {
  const nobody = { units: () => expect.fail('asked') } as unknown as Pick<Ports, 'units'>
  expect(await listDeparted(nobody, buildHaus([buildService('radio')]))).toEqual([])
})
