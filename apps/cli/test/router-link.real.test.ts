import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { apiTokenFile } from '@sanctum/local-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRouterLink } from '../src/node/router-link.ts'
import type { RouterPort } from '../src/ports.ts'

let folder: string
let tokenFile: string
let link: RouterPort

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sanctum-link-'))
  const home = join(folder, 'home')
  await mkdir(home)
  const place = { home, isHomeThere: true, runtimeFolder: folder, uid: process.getuid?.() ?? 0 }
  tokenFile = apiTokenFile(place)
  await mkdir(dirname(tokenFile), { recursive: true, mode: 0o700 })
  await writeFile(tokenFile, 'a-made-up-token-of-a-haus', { mode: 0o600 })
  // Stays until it is ended, and says what it was told.
  const sanctumd = join(folder, 'stay.mjs')
  await writeFile(
    sanctumd,
    `const say = (event) => console.log(JSON.stringify({ level: 'info', event }))
     process.on('SIGHUP', () => say('read-again'))
     say('router-started')
     setInterval(() => {}, 1000)`,
  )
  link = createRouterLink({ home, node: process.execPath, sanctumd, environment: {}, trusting: async () => ({}) })
})
afterAll(async () => await rm(folder, { recursive: true, force: true }))

const routerHealth = {
  ...{ schema_version: 1, role: 'router', ok: true, pid: 1, version: '0.0.0', generation: null, started_at_ms: 1 },
  ...{ cycles: 1, last_cycle_at_ms: 1, last_cycle_age_s: 1, why: 'well' },
}

/** Who listens at a port; each request that came is kept, with what it showed. */
async function listening<T>(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  work: (port: number, seen: readonly string[]) => Promise<T>,
): Promise<T> {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization ?? 'no token'}`)
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await work((server.address() as AddressInfo).port, seen)
  } finally {
    server.close().closeAllConnections()
  }
}

const reload = { method: 'POST', path: '/admin/reload', body: {} } as const

describe('the token of the haus', () => {
  test('is shown to a router, and only where it is needed', async () => {
    await listening(
      ({ url }, response) => response.end(url === '/health' ? JSON.stringify(routerHealth) : '{}'),
      async (port, seen) => {
        await link.ask({ host: '127.0.0.1', port, tls: null }, { method: 'GET', path: '/v1/backends' }, 2000)
        expect(await link.ask({ host: '127.0.0.1', port, tls: null }, reload, 2000)).toMatchObject({ kind: 'answered', status: 200 })
        expect(seen).toEqual(['/v1/backends no token', '/health no token', '/admin/reload Bearer a-made-up-token-of-a-haus'])
      },
    )
  })

  test('is not shown to somebody else who took the port', async () => {
    await listening(
      (_, response) => response.end(JSON.stringify({ ...routerHealth, role: 'dashboard' })),
      async (port, seen) => {
        expect(await link.ask({ host: '127.0.0.1', port, tls: null }, reload, 2000)).toEqual({
          kind: 'silent',
          why: 'who answers there is no router of Sanctum',
        })
        expect(seen).toEqual(['/health no token'])
      },
    )
  })

  test('is not shown where others can read it', async () => {
    await chmod(tokenFile, 0o644)
    await listening(
      (_, response) => response.end(JSON.stringify(routerHealth)),
      async (port, seen) => {
        await link.ask({ host: '127.0.0.1', port, tls: null }, reload, 2000)
        expect(seen).toEqual(['/health no token', '/admin/reload no token'])
      },
    )
    await chmod(tokenFile, 0o600)
  })
})

test.each([
  ['that breaks off', (response: ServerResponse) => setImmediate(() => response.destroy()), { why: 'the answer broke off' }],
  ['that never ends', () => {}, { why: 'no whole answer came within 300 ms', hangs: true }],
])('an answer %s is settled', async (_, then, settled) => {
  await listening(
    (_request, response) => {
      response.writeHead(200)
      response.write('{"half":')
      then(response)
    },
    async (port) =>
      expect(await link.ask({ host: '127.0.0.1', port, tls: null }, { method: 'GET', path: '/v1/backends' }, 300)).toEqual({
        kind: 'silent',
        ...settled,
      }),
  )
})

test('a router that is started after the end was asked for ends', async () => {
  expect(await link.start([], AbortSignal.abort('SIGINT')).ended).not.toBe(0)
})

test('SIGHUP while a router is served has its definition read again, and ends nothing', async () => {
  const before = process.listenerCount('SIGHUP')
  const ending = new AbortController()
  const started = link.start([], ending.signal)
  const lines = started.lines[Symbol.asyncIterator]()
  expect((await lines.next()).value).toMatchObject({ event: 'router-started' })
  process.emit('SIGHUP')
  expect((await lines.next()).value).toMatchObject({ event: 'read-again' })
  ending.abort('SIGINT')
  await started.ended
  expect(process.listenerCount('SIGHUP')).toBe(before)
})
