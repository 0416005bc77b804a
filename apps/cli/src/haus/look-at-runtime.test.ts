import { buildUnitState } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import type { Ports } from '../ports.ts'
import { createRuntimeLook } from './look-at-runtime.ts'

const haus = {} as Parameters<typeof createRuntimeLook>[1]

function createWorld() {
  const asked: string[] = []
  const note = <T>(what: string, answer: T) => {
    asked.push(what)
    return Promise.resolve(answer)
  }
  const units = { list: () => note('units', [buildUnitState('voice')]), listStrangers: () => note('strangers', []) }
  const drift = { listeners: () => note('listeners', { listeners: [], unread: [] }) }
  return { asked, ports: { units: () => units, drift } as unknown as Ports }
}

test('units and patrol that judge one look ask the manager once', async () => {
  const { asked, ports } = createWorld()
  const look = createRuntimeLook(ports, haus)
  expect(asked).toEqual([])
  const [first, second] = [await look(), await look()]
  expect(asked).toEqual(['units', 'strangers', 'listeners'])
  expect(second).toBe(first)
})

test('what was seen already is not asked again', async () => {
  const { asked, ports } = createWorld()
  const states = [buildUnitState('web')]
  const seen = await createRuntimeLook(ports, haus, { states, listeners: { listeners: [], unread: [] } })()
  expect([asked, seen.states]).toEqual([['strangers'], states])
})
