import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Backend } from '@sanctum/contracts'
import { defaultPolicy, type RouterPolicy, toRouterDefinition } from '@sanctum/router-failover'
import { createRouter, type Router } from '@sanctum/router-failover/node'
import { afterEach, expect, test } from 'vitest'
import { isSilentlyCut, isWhole, losePrimary } from '../../../tools/model-server/lose-primary.ts'
import { type ModelServer, noModelServer } from '../../../tools/model-server/start-model-server.ts'

const servers: Server[] = []
const routers: Router[] = []
afterEach(async () => {
  await Promise.all(routers.splice(0).map((router) => router.close(0)))
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

/** The haste of a test: looks and holds are short, so that a failback does not take half a minute; what a model may take is as ever. */
const policy: RouterPolicy = {
  ...defaultPolicy,
  lifeSignMs: 700,
  refusedMs: 300,
  breaker: { ...defaultPolicy.breaker, holdMs: 1000, retrialMs: 500, longestRetrialMs: 1000 },
  probe: { ...defaultPolicy.probe, healthMs: 500, suspectMs: 200 },
}

test('a primary is killed under load, its fallback must load, and it comes back cold: nobody is cut silently, nobody waits for a cold primary', async ({
  skip,
}) => {
  if (noModelServer !== null) skip(noModelServer)
  const seen = await losePrimary({ startGateway: startRouter, fallbackColdMs: 3000, primaryColdMs: 2000, patienceMs: 12_000 })
  expect(seen.cut.filter(isSilentlyCut)).toEqual([])
  for (const asked of [...seen.held, ...seen.meanwhile]) expect(asked).toSatisfy(isWhole)
  expect(seen.fallbackLoads).toBe(1)
  expect(seen.onColdPrimary).toBe(0)
  expect(seen.primaryAgainMs).not.toBeNull()
  // Three seconds of silence would be as long as the load; a sign of life is due each 0.7 s.
  expect(seen.longestSilenceMs).toBeLessThan(2500)
})

async function startRouter({ primary, fallback }: Record<'primary' | 'fallback', ModelServer>): Promise<string> {
  const url = ({ port }: ModelServer) => `http://127.0.0.1:${port}/v1`
  const house: Backend = { url: url(primary), fallback_urls: [url(fallback)], locality: 'local', models: ['*'], load_time_s: 5 }
  const made = toRouterDefinition({ backends: { house }, defaultRoute: 'house' })
  if (made.kind === 'invalid') throw new Error(JSON.stringify(made.findings))
  const router = createRouter({ definition: made.definition, policy })
  routers.push(router)
  return await listen((request, response) => router.handle(request, response))
}

test('planted: a gateway that goes by connections alone cuts silently, and lets users wait for a primary that is cold', async ({
  skip,
}) => {
  if (noModelServer !== null) skip(noModelServer)
  const seen = await losePrimary({
    startGateway: ({ primary, fallback }) => listen(passOn([primary.port, fallback.port])),
    fallbackColdMs: 500,
    primaryColdMs: 500,
    patienceMs: 10_000,
  })
  expect(seen.cut.filter(isSilentlyCut)).not.toEqual([])
  expect(seen.onColdPrimary).toBeGreaterThan(0)
})

/** The first of the ports that takes the connection; what comes is passed on until it ends, however it ends. */
function passOn([port, ...rest]: readonly number[]) {
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    forward([port as number, ...rest], incoming.url ?? '/', Buffer.concat(chunks), response)
  }
}

function forward([port, ...rest]: readonly number[], path: string, body: Buffer, response: ServerResponse): void {
  const asked = request({ port, host: '127.0.0.1', path, method: 'POST', agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] })
    answer.on('data', (chunk) => response.write(chunk))
    answer.on('error', () => {})
    answer.on('close', () => response.end())
  })
  asked.on('error', () => {
    if (rest.length > 0) forward(rest, path, body, response)
  })
  asked.end(body)
}
