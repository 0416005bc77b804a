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
  { name: 'a stranger on every address, as lsof writes it', seen: listener({ address: '*' }), pid: null, held: true },
  { name: 'a stranger without a process group, while the service is down', seen: listener({ process_group: null }), pid: null, held: true },
  { name: 'a stranger whom the system does not name, while the service is down', seen: listener({ pid: null }), pid: null, held: true },
  { name: 'the service itself', seen: listener({ pid: 12 }), pid: 12, held: false },
  { name: 'a child of the service', seen: listener({ pid: 13, process_group: 12 }), pid: 12, held: false },
  { name: 'another port', seen: listener({ port: 4078 }), pid: null, held: false },
  { name: 'the same number in UDP', seen: listener({ protocol: 'udp' }), pid: null, held: false },
  { name: 'another address', seen: listener({ address: '10.10.10.1' }), pid: null, held: false },
]

test.each(cases)('$name: held is $held', ({ seen, pid, held }) => {
  const findings = findHeldPorts({ services: [service], listeners: [seen], states: [buildUnitState('force-flow', { pid })] })
  expect(findings.map(({ code, severity }) => [code, severity])).toEqual(held ? [['PORT_HELD', 'error']] : [])
})

test('a service that is to answer on every address is kept from it by a stranger on one', () => {
  const open = { ...service, provides: [{ ...provides[0], address: '0.0.0.0' }] }
  expect(findHeldPorts({ services: [open], listeners: [listener({ address: '10.10.10.1' })], states: [] })).toHaveLength(1)
})

test('a service on localhost is kept from it by a stranger on 127.0.0.1', () => {
  const named = { ...service, provides: [{ ...provides[0], address: 'localhost' }] }
  expect(findHeldPorts({ services: [named], listeners: [listener({})], states: [] })).toHaveLength(1)
})

test('a service that Sanctum does not start may be found on its port', () => {
  const others = [
    { ...service, run: null },
    { ...service, fallback_only: true },
  ]
  expect(findHeldPorts({ services: others, listeners: [listener({})], states: [] })).toEqual([])
})

test('the finding says as much of the holder as the system tells', () => {
  const who = (seen: Partial<Listener>) =>
    findHeldPorts({ services: [service], listeners: [listener(seen)], states: [] }).map(({ evidence }) => evidence?.observed)
  expect(who({ pid: null, program: null })).toEqual(['a program of another user'])
  expect(who({ program: null })).toEqual(['a program (pid 77)'])
})

test('for a second port the finding offers no key that moves only the first', () => {
  const two = { ...service, provides: [{ ...provides[0], port: 4076 }, provides[0]] }
  const [finding] = findHeldPorts({ services: [two], listeners: [listener({})], states: [] })
  expect(finding?.fix?.text).toBe("End node (pid 77), or write another port of force-flow into this machine's instance.yaml.")
})

test('the finding names the holder and the way out', () => {
  const [finding] = findHeldPorts({ services: [service], listeners: [listener({})], states: [] })
  expect(finding?.message).toBe('port 4077 of force-flow is held by node (pid 77)')
  expect(finding?.fix?.text).toContain('services: {force-flow: {port: <free port>}}')
})
