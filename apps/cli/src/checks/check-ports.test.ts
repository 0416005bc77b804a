import type { Haus } from '@sanctum/contracts'
import { buildHaus, buildService, buildUnitState } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import { checkPorts } from './check-ports.ts'
import type { DoctorContext } from './doctor-context.ts'

const provision = {
  port: 5000,
  name: 'api',
  port_lore: 'The next that was free.',
  protocol: 'tcp',
  address: '127.0.0.1',
  security: 'plain',
} as const
const before = buildHaus([buildService('old', { provides: [provision] })])
const after = buildHaus([buildService('new', { provides: [provision] })])
const listener = { port: 5000, protocol: 'tcp', address: '127.0.0.1', pid: 12, program: 'old', process_group: 12 }

async function codesOf(held: Haus): Promise<readonly string[]> {
  const outcome = await checkPorts.run({
    held: () => held,
    units: async () => [buildUnitState('old', { pid: 12 })],
    listeners: async () => ({ listeners: [listener], unread: [] }),
  } as unknown as DoctorContext)
  return outcome.kind === 'ran' ? outcome.findings.map(({ code }) => code) : [outcome.kind]
}

test('a port that the catalog gives to another service belongs until the render to the one that runs', async () => {
  expect(await codesOf(before)).toEqual([])
  expect(await codesOf(after)).toEqual(['PORT_HELD'])
})
