import type { NewEvent, WatchdogRequest } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { createHealingWorld } from '../../test/create-healing-world.ts'

const full = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })

const ended = (events: readonly NewEvent[]) => events.filter(({ kind }) => kind === 'heal-ended').map(({ data }) => data.why)

test.each(['takeRequests', 'readLeases'] as const)(
  'a report, or what people ask, that came before a round in which %s fails is taken by the next round',
  async (port) => {
    let isBroken = false
    const asked: WatchdogRequest[] = []
    const broken = (fake: () => unknown) => async () => {
      if (isBroken) throw full
      return fake()
    }
    const ports = { takeRequests: async () => asked.splice(0), readLeases: async () => [] }
    const { world, healer, round } = createHealingWorld({ ...ports, [port]: broken(ports[port]) })
    await round()
    expect(world.performed).toBe(1)
    const incident = String(healer.memory()?.incidents[0]?.id)
    asked.push({ schema_version: 1, id: 'one', at_ms: 0, by: 'neo', why: 'known', do: 'acknowledge', incident })
    isBroken = true
    await expect(round()).rejects.toThrow('EIO')
    isBroken = false
    await round()
    expect(ended(world.events)).toEqual(['it would not'])
    expect(world.events.map(({ kind }) => kind)).toContain('incident-acknowledged')
  },
)

test('while what was remembered cannot be read nothing is healed, asked or written over; then it goes on from there', async () => {
  let isBroken = true
  let written = 0
  let asked = 0
  const { world, healer, round } = createHealingWorld({
    async recall() {
      if (isBroken) throw full
      return null
    },
    async remember() {
      written++
    },
    async takeRequests() {
      asked++
      return []
    },
  })
  await round()
  await round()
  expect([world.performed, written, asked, healer.memory()]).toEqual([0, 0, 0, null])
  expect(world.logged).toEqual(['healing-unreadable'])
  isBroken = false
  await round()
  expect([world.performed, written, asked]).toEqual([1, 1, 1])
})

test('a memory that stays unreadable is put aside after ten minutes, and the haus healed without it', async () => {
  let kept = 0
  const { world, round } = createHealingWorld({
    recall: () => Promise.reject(full),
    async putAside() {
      kept++
    },
  })
  for (let minute = 0; minute < 10 * 6; minute++) await round()
  expect([world.performed, kept]).toEqual([0, 0])
  await round()
  await round()
  expect([world.performed, kept]).toEqual([1, 1])
  expect(world.logged.filter((event) => event.startsWith('healing-'))).toEqual(['healing-unreadable', 'healing-begun-anew'])
})

test('an alert that cannot be delivered is told as one that reached nobody, and ends neither the healer nor its process', async () => {
  const { world, healer, round } = createHealingWorld({ deliver: () => Promise.reject(full) })
  for (let minute = 0; minute < 12 * 6; minute++) await round()
  expect(world.events.find(({ kind }) => kind === 'incident-escalated')?.data).toMatchObject({ delivery: 'failed', how: full.message })
  expect(healer.underWay).toBe(0)
})
