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
        ...{ home: join(folder, 'nobody'), version: '0.0.0', port: 0, cycleS: 600 },
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
      },
    )
    expect([exit, told.at(-1)]).toEqual(['ok', 'router-stopped'])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('what became of a server just before the end is written, with the time at which it was seen', async () => {
  const written: NewEvent[] = []
  const { tell, flush } = await wireEvents(
    () => {},
    async () => (event) => void written.push(event),
    () => 17,
  )
  tell('target-changed', { target: 'house/0', from: 'warm', to: 'down', why: 'refused' })
  tell('target-changed', { target: 'drill-1/0', from: 'warm', to: 'down', why: 'planted' })
  expect(written).toEqual([])
  flush()
  flush()
  expect(written).toMatchObject([{ subject: 'house/0', data: { to: 'down', seen_at_ms: 17 } }])
})

const CLIENT = 'a-token-of-a-client'
const policyOf = createPolicies(
  { config: null, tokenFile: '/t', bind: '10.0.0.1', tls: { certFile: '/c', keyFile: '/k' }, attached: false },
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
  const kindOf = (from: Parameters<typeof policyOf>[1]) => judgeRequest(asked, policyOf(path, from, 8900)).kind
  expect([kindOf('elsewhere'), kindOf('loopback')]).toEqual([remote, local])
})

test.each([
  ['/v1/backends', ['authorization', 'Bearer the-token-of-the-haus'], 'allowed'],
  ['/admin/explain', ['authorization', 'Bearer the-token-of-the-haus'], 'allowed'],
  ['/v1/backends', [], 'refused'],
  ['/health', ['authorization', `Bearer ${CLIENT}`], 'refused'],
  ['/v1/models', ['authorization', `Bearer ${CLIENT}`], 'allowed'],
])('who asks this machine at its own address shows the token of the haus for what is not a model: %s', (path, headers, kind) => {
  const own = createPolicies(
    { config: null, tokenFile: '/t', bind: '10.0.0.1', tls: { certFile: '/c', keyFile: '/k' }, attached: false },
    { isClientToken: (token) => token === CLIENT, isAdminToken: (token) => token === 'the-token-of-the-haus' },
  )
  const asked = (host: string) => toLocalRequest('GET', path, ['host', host, ...headers])
  expect(judgeRequest(asked('10.0.0.1:8900'), own(path, 'own-address', 8900)).kind).toBe(kind)
  if (path !== '/v1/models') expect(judgeRequest(asked('rebound.example:8900'), own(path, 'own-address', 8900)).kind).toBe('refused')
})
