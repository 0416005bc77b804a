import type { Listener } from '@sanctum/contracts'
import { buildService, buildUnitState } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import { findHeldPorts } from './find-held-ports.ts'

const provides = [{ port: 4077, protocol: 'tcp', address: '127.0.0.1', name: 'api', security: 'plain', port_lore: 'test' }] as const
const service = buildService('force-flow', { provides })
const listener = (overrides: Partial<Listener>): Listener => ({
  protocol: 'tcp',
  address: '127.0.0.1',
  port: 4077,
  pid: 77,
  program: 'node',
  ...overrides,
})

const cases: readonly { readonly name: string; readonly seen: Listener; readonly pid: number | null; readonly held: boolean }[] = [
  { name: 'a stranger on the port', seen: listener({}), pid: null, held: true },
  { name: 'a stranger on every address', seen: listener({ address: '0.0.0.0' }), pid: null, held: true },
  { name: 'a stranger on every address of IPv6', seen: listener({ address: '::' }), pid: null, held: true },
  { name: 'a stranger whom the system does not name', seen: listener({ pid: null, program: null }), pid: 12, held: true },
  { name: 'a stranger while the service itself runs elsewhere', seen: listener({}), pid: 12, held: true },
  { name: 'the service itself', seen: listener({ pid: 12 }), pid: 12, held: false },
  { name: 'a child of the service', seen: listener({ pid: 13, process_group: 12 }), pid: 12, held: false },
  { name: 'another port', seen: listener({ port: 4078 }), pid: null, held: false },
  { name: 'the same number in UDP', seen: listener({ protocol: 'udp' }), pid: null, held: false },
  { name: 'another address', seen: listener({ address: '10.10.10.1' }), pid: null, held: false },
]

test.each(cases)('$name: held is $held', ({ seen, pid, held }) => {
  const findings = findHeldPorts({ services: [service], listeners: [seen], states: [buildUnitState('force-flow', { pid })] })
  expect(findings.map(({ code }) => code)).toEqual(held ? ['PORT_HELD'] : [])
})

test('the finding names the holder and the way out', () => {
  const [finding] = findHeldPorts({ services: [service], listeners: [listener({})], states: [] })
  expect(finding?.message).toBe('port 4077 of force-flow is held by node (pid 77)')
  expect(finding?.fix?.text).toContain('services: {force-flow: {port: <free port>}}')
})
