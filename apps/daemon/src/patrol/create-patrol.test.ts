import type { NewEvent } from '@sanctum/contracts'
import { buildUnitState } from '@sanctum/testkit'
import { describe, expect, test } from 'vitest'
import { buildDefinition, buildServiceDefinition } from '../../test/build-definition.ts'
import { createPatrol, type PatrolPorts, type PatrolRecord } from './create-patrol.ts'

const DAY_MS = 24 * 60 * 60_000
const definition = buildDefinition([
  buildServiceDefinition('voice', { provides: [{ port: 1138, protocol: 'tcp', address: '127.0.0.1', security: 'plain' }] }),
])

function createWorld(overrides: Partial<PatrolPorts> = {}) {
  const world = { nowMs: 100 * DAY_MS, events: [] as NewEvent[], records: [] as PatrolRecord[], logged: [] as string[] }
  const ports: PatrolPorts = {
    nowMs: () => world.nowMs,
    listUnits: async () => [buildUnitState('voice')],
    listStrangers: async () => [],
    readListeners: async () => ({
      listeners: [{ protocol: 'tcp', address: '127.0.0.1', port: 8123, pid: 9, program: 'node' }],
      unread: [],
    }),
    readWaivers: async () => [],
    os: 'linux',
    append: (event) => world.events.push(event),
    recallEnd: async () => null,
    remember: async (record) => void world.records.push(record),
    ...overrides,
  }
  return { world, patrol: createPatrol((_, event) => void world.logged.push(event), ports) }
}
const settle = () => new Promise((resolve) => setTimeout(resolve, 5))

describe('the weekly patrol', () => {
  test('walks once a week, and tells drift, orphans and ghosts', async () => {
    const { world, patrol } = createWorld()
    for (const day of [0, 1, 6, 7, 8]) {
      world.nowMs = (100 + day) * DAY_MS
      patrol.look(definition)
      await settle()
    }
    expect(world.records.map(({ at_ms }) => at_ms / DAY_MS)).toEqual([100, 107])
    expect(world.events[0]).toEqual({
      kind: 'patrol-ended',
      subject: 'haus',
      data: { drift: ['PORT_UNBOUND voice tcp 1138'], orphans: [], ghosts: ['LISTENER_UNCATALOGUED tcp 8123'], waived: [] },
    })
  })

  test('walks at once for whoever asks, and not a second time while it walks', async () => {
    const { world, patrol } = createWorld({ recallEnd: async () => 100 * DAY_MS })
    patrol.look(definition)
    await settle()
    expect(world.records).toEqual([])
    patrol.ask()
    patrol.look(definition)
    patrol.look(definition)
    await settle()
    expect(world.records).toHaveLength(1)
  })

  test('what somebody lives with is no trouble until its last day is over', async () => {
    const waiver = { code: 'LISTENER_UNCATALOGUED', subject: 'tcp 8123', reason: 'a friend', owner: 'neo', expires: '1970-04-14' }
    const { world, patrol } = createWorld({ readWaivers: async () => [waiver] })
    for (const day of [100, 107]) {
      world.nowMs = day * DAY_MS
      patrol.look(definition)
      await settle()
    }
    expect(world.events.map(({ data }) => [data?.['ghosts'], data?.['waived']])).toEqual([
      [[], ['LISTENER_UNCATALOGUED tcp 8123']],
      [['LISTENER_UNCATALOGUED tcp 8123'], []],
    ])
    expect(world.records[0]?.ghosts[0]?.waiver).toMatchObject({ owner: 'neo' })
  })

  test('a clock that was set back does not put it off', async () => {
    const { world, patrol } = createWorld({ recallEnd: async () => 200 * DAY_MS })
    patrol.look(definition)
    await settle()
    expect(world.records).toHaveLength(1)
  })

  test.each<[string, Partial<PatrolPorts>]>([
    ['no program that says who listens', { readListeners: () => Promise.reject(new Error('no lsof')) }],
    [
      'listeners that could not be read',
      { readListeners: async () => ({ listeners: [], unread: [{ what: 'listeners', why: 'no lsof' }] }) },
    ],
    [
      'a service manager that says nothing',
      { listUnits: async () => [buildUnitState('voice', { activity: 'unknown', loaded: false, pid: null, why: 'no bus' })] },
    ],
  ])('%s: told, concluded from nothing, and not tried with every cycle', async (_, overrides) => {
    const { world, patrol } = createWorld(overrides)
    patrol.look(definition)
    await settle()
    patrol.look(definition)
    await settle()
    expect(world.logged).toEqual(['patrol-failed'])
    expect([world.events, world.records]).toEqual([[], []])
  })
})
