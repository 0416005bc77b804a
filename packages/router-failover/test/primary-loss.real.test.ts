import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RouteDefinition, renderPrimaryLoss, type TargetDefinition, toShadowRoute } from '@sanctum/router-failover'
import { askCanary, createFaultServer, createRelay, runPrimaryLoss } from '@sanctum/router-failover/node'
import { expect, test } from 'vitest'
import { openRouter } from './open-router.ts'

const timeScale = 1 / 20
/** Real milliseconds that the fallback loads for its first caller. */
const loadMs = 1000

/** A model that can add, and loads when it is first asked. */
async function createAdder(model: string, coldMs: number): Promise<AsyncDisposable & { readonly port: number; asked: number }> {
  let loaded: Promise<void> | null = null
  const adder = { asked: 0 }
  const server: Server = createServer((request, response) => {
    if (request.method === 'GET') return void response.end('{"status":"ok"}')
    adder.asked += 1
    request.resume()
    loaded ??= sleep(coldMs)
    void loaded.then(() => {
      const frame = (delta: object, finish_reason: string | null) =>
        `data: ${JSON.stringify({ model, choices: [{ index: 0, delta, finish_reason }] })}\n\n`
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`${frame({ role: 'assistant' }, null)}${frame({ content: '4' }, null)}${frame({}, 'stop')}data: [DONE]\n\n`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(adder, {
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

test('the primary of a running router is lost and given back, and nobody else notices', async () => {
  await using server = await createFaultServer({ timeScale })
  await using opened = await openRouter(server, timeScale)
  await using primary = await createAdder('primary', 0)
  await using fallback = await createAdder('fallback', loadMs)
  await using relay = await createRelay({ host: '127.0.0.1', port: primary.port })
  const home = toHome([primary.port, fallback.port])
  opened.router.redefine({ routes: [home], defaultRoute: 'home' })
  const shadow = toShadowRoute(home, 'drill-primary-loss', `http://127.0.0.1:${relay.port}/v1`)
  expect(opened.router.addShadowRoute(shadow, 60_000)).toEqual({ kind: 'added' })
  const url = `${opened.baseUrl}/chat/completions`
  const meanwhile: (string | null)[] = []
  let lostAtMs = 0
  let headStartMs = 0

  const report = await runPrimaryLoss(
    { route: 'home', primaryName: 'drill-primary-loss/0', burst: 5, returnLimitMs: 20_000, pollMs: 50 },
    {
      ask: () => {
        if (lostAtMs > 0 && headStartMs === 0) headStartMs = performance.now() - lostAtMs
        return askCanary({ url, model: shadow.name }, 20_000)
      },
      async losePrimary() {
        lostAtMs = performance.now()
        await relay.lose()
        meanwhile.push((await askCanary({ url, model: 'home' }, 20_000)).answeredBy)
      },
      restorePrimary: () => relay.restore(),
      residentBytes: async () => process.memoryUsage.rss(),
    },
  )
  expect(report.held, renderPrimaryLoss(report)).toBe(true)
  expect(report.legs.map(({ answered_by }) => answered_by)).toEqual([0, 1, 1, 0].map((index) => `drill-primary-loss/${index}`))
  const [, first, warm] = report.legs
  // Whoever looks at the health may see the loss before anybody asks, and the load begins with that.
  expect(first?.took_ms).toBeGreaterThanOrEqual(loadMs - headStartMs - 10)
  expect(warm?.took_ms).toBeLessThan(loadMs)
  expect(meanwhile).toEqual(['home/0'])
})

const toHome = (ports: readonly number[]): RouteDefinition => ({
  name: 'home',
  description: null,
  models: ['home'],
  intentKeywords: [],
  secure: false,
  delivery: 'live',
  targets: ports.map(toTarget),
  slow: null,
  dailyCapCompletionTokens: null,
  stripThinking: false,
  largerContext: null,
  continuation: false,
})

const toTarget = (port: number, index: number): TargetDefinition => ({
  id: `home/${index}`,
  key: `home/${index}`,
  url: `http://127.0.0.1:${port}/v1`,
  model: null,
  locality: 'local',
  endpoints: null,
  architectures: null,
  loadTimeMs: 2 * loadMs,
  timeouts: { connectMs: 1000, firstTokenMs: null, idleMs: null, totalMs: null },
  credential: { kind: 'none' },
  tls: null,
  prefill: false,
  isProbed: true,
})
