import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NewEvent } from '@sanctum/contracts'
import { judgeRequest, toLocalRequest } from '@sanctum/local-api'
import { expect, test } from 'vitest'
import { createPolicies, wireEvents, wireRouter } from './wire-router.ts'

test('a router that is told to end before it runs ends', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sanctum-early-'))
  const config = join(folder, 'router.yaml')
  await writeFile(config, 'default: a\nbackends:\n  a:\n    description: One\n    url: http://127.0.0.1:9/v1\n')
  const told: string[] = []
  try {
    const exit = await wireRouter(
      {
        ...{ home: join(folder, 'nobody'), version: '0.0.0', revision: null, port: 0, cycleS: 600 },
        router: { config, tokenFile: null, bind: '127.0.0.1', tls: null, attached: false },
        signal: AbortSignal.abort('SIGTERM'),
        log: (_, event) => void told.push(event),
      },
      {
        pid: 1,
        environment: { XDG_RUNTIME_DIR: folder },
        nowMs: () => 1,
        monotonicMs: () => 1,
        sleep: () => new Promise(() => {}),
        onHangup: () => {},
        onInputEnd: () => {},
        findOwner: async () => null,
        readDefinition: async () => null,
        openJournal: async () => () => {},
        onCrowd: () => {},
      },
    )
    expect([exit, told.at(-1)]).toEqual(['ok', 'router-stopped'])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('what became of a server just before the end is written, with the time at which it was seen', async () => {
  const written: NewEvent[] = []
  const { tell, flush } = wireEvents(
    () => {},
    async () => (event) => void written.push(event),
    () => 17,
  )
  tell('target-changed', { target: 'house/0', from: 'warm', to: 'down', why: 'refused' })
  tell('target-changed', { target: 'drill-1/0', from: 'warm', to: 'down', why: 'planted' })
  expect(written).toEqual([])
  await flush()
  await flush()
  expect(written).toMatchObject([{ subject: 'house/0', data: { to: 'down', seen_at_ms: 17 } }])
})

const CLIENT = 'a-token-of-a-client'
const policyOf = createPolicies(
  { bind: '10.0.0.1', tls: { certFile: '/c', keyFile: '/k' } },
  { isClientToken: (token) => token === CLIENT, isAdminToken: () => true },
)

test.each([
  ['/v1/models', 'GET', 'allowed', 'allowed'],
  ['/v1/backends', 'GET', 'refused', 'allowed'],
  ['/health', 'GET', 'refused', 'allowed'],
  ['/metrics', 'GET', 'refused', 'allowed'],
  ['/admin/explain', 'GET', 'refused', 'allowed'],
  ['/elsewhere', 'GET', 'refused', 'allowed'],
])('who comes from elsewhere with a token: %s', (path, method, remote, local) => {
  const asked = toLocalRequest(method, path, ['host', '127.0.0.1:8900', 'authorization', `Bearer ${CLIENT}`])
  const kindOf = (from: 'elsewhere' | 'loopback') => judgeRequest(asked, policyOf(path, { from, address: '10.0.0.1' }, 8900)).kind
  expect([kindOf('elsewhere'), kindOf('loopback')]).toEqual([remote, local])
})

test.each([
  ['/v1/backends', ['authorization', 'Bearer the-token-of-the-haus'], 'allowed'],
  ['/admin/explain', ['authorization', 'Bearer the-token-of-the-haus'], 'allowed'],
  ['/v1/backends', [], 'refused'],
  ['/health', ['authorization', `Bearer ${CLIENT}`], 'allowed'],
  ['/health', [], 'allowed'],
  ['/metrics', [], 'allowed'],
  ['/v1/models', ['authorization', `Bearer ${CLIENT}`], 'allowed'],
])(
  'who asks this machine at its own address shows the token of the haus for what is neither a model nor how it is: %s',
  (path, headers, kind) => {
    const own = createPolicies(
      { bind: '10.0.0.1', tls: { certFile: '/c', keyFile: '/k' } },
      { isClientToken: (token) => token === CLIENT, isAdminToken: (token) => token === 'the-token-of-the-haus' },
    )
    const asked = (host: string) => toLocalRequest('GET', path, ['host', host, ...headers])
    expect(judgeRequest(asked('10.0.0.1:8900'), own(path, { from: 'own-address', address: '10.0.0.1' }, 8900)).kind).toBe(kind)
    if (path !== '/v1/models')
      expect(judgeRequest(asked('rebound.example:8900'), own(path, { from: 'own-address', address: '10.0.0.1' }, 8900)).kind).toBe(
        'refused',
      )
  },
)

const tls = { certFile: '/c', keyFile: '/k' }

test.each([
  ['another address of loopback', { bind: '127.0.0.5', tls: null }, 'loopback', '127.0.0.5', 8900, '127.0.0.5:8900', 'allowed'],
  ['all addresses, by one of them', { bind: '0.0.0.0', tls }, 'own-address', '10.0.0.1', 8900, '10.0.0.1:8900', 'allowed'],
  ['all addresses, by one of the newer kind', { bind: '::', tls }, 'own-address', 'fd00::1', 8900, '[fd00::1]:8900', 'allowed'],
  ['a name of the certificate', { bind: '0.0.0.0', tls }, 'own-address', '10.0.0.1', 8900, 'Haus.example:8900', 'allowed'],
  ['the port of the scheme', { bind: '0.0.0.0', tls }, 'own-address', '10.0.0.1', 443, 'haus.example', 'allowed'],
  ['the port of the scheme over loopback', { bind: '127.0.0.1', tls }, 'loopback', '127.0.0.1', 443, 'localhost', 'allowed'],
  ['an address of somebody else', { bind: '0.0.0.0', tls }, 'own-address', '10.0.0.1', 8900, '10.0.0.2:8900', 'refused'],
  ['a rebound name', { bind: '127.0.0.5', tls: null }, 'loopback', '127.0.0.5', 8900, 'rebound.example:8900', 'refused'],
  ['no port where it is not the usual one', { bind: '127.0.0.1', tls }, 'loopback', '127.0.0.1', 8900, 'localhost', 'refused'],
] as const)('Host of a router: %s', (_, options, from, address, port, host, kind) => {
  const own = createPolicies(options, { isClientToken: null, isAdminToken: () => true, names: () => names })
  for (const path of ['/admin/explain', '/health', '/v1/backends']) {
    const asked = toLocalRequest('GET', path, ['host', host, 'authorization', 'Bearer the-token-of-the-haus'])
    expect([path, judgeRequest(asked, own(path, { from, address }, port)).kind]).toEqual([path, kind])
  }
})

const names = ['haus.example']

test('a renewed certificate brings its names', () => {
  let current: readonly string[] = names
  const own = createPolicies({ bind: '0.0.0.0', tls }, { isClientToken: null, isAdminToken: () => true, names: () => current })
  const kindOf = (host: string) =>
    judgeRequest(toLocalRequest('GET', '/health', ['host', host]), own('/health', { from: 'own-address', address: '10.0.0.1' }, 8900)).kind
  expect([kindOf('haus.example:8900'), kindOf('other.example:8900')]).toEqual(['allowed', 'refused'])
  current = ['other.example']
  expect([kindOf('haus.example:8900'), kindOf('other.example:8900')]).toEqual(['refused', 'allowed'])
})

test('a journal that cannot be opened costs an entry of the log and no answer, and is tried again', async () => {
  const logged: string[] = []
  const written: NewEvent[] = []
  let isFull = true
  const { tell, flush } = wireEvents(
    (_, event) => void logged.push(event),
    async () => {
      if (isFull) throw new Error('the disk is full')
      return (event) => void written.push(event)
    },
    () => 17,
  )
  tell('target-changed', { target: 'house/0', from: 'warm', to: 'down', why: 'refused' })
  await flush()
  expect([logged, written]).toEqual([['target-changed', 'journal-failed'], []])
  isFull = false
  tell('target-changed', { target: 'house/0', from: 'down', to: 'warm', why: 'it spoke' })
  await flush()
  expect(written).toHaveLength(1)
})

test('an event that waits for the journal when the end comes is written before it', async () => {
  const written: NewEvent[] = []
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  const { tell, flush } = wireEvents(
    () => {},
    async () => {
      await opened
      return (event) => void written.push(event)
    },
    () => 17,
  )
  tell('target-changed', { target: 'house/0', from: 'warm', to: 'down', why: 'refused' })
  void flush()
  let isOver = false
  const end = flush().then(() => (isOver = true))
  await new Promise((resolve) => setImmediate(resolve))
  expect([isOver, written]).toEqual([false, []])
  open()
  await end
  expect(written).toHaveLength(1)
})
