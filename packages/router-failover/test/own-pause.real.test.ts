import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { drillAnswer, healthyFault, toDrillRoutes } from '@sanctum/router-failover'
import { askGateway, createFaultServer } from '@sanctum/router-failover/node'
import { expect, test } from 'vitest'
import { openRouter } from './open-router.ts'

/** Answers soon, and on a thread of its own, so that a pause of the router is not its pause. */
const soon = `
const { createServer } = require('node:http')
const { parentPort } = require('node:worker_threads')
const server = createServer((request, response) => {
  request.resume()
  if (request.method === 'GET') return response.end('{"status":"ok"}')
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const frame = (delta, reason) => 'data: ' + JSON.stringify({ model: 'soon', choices: [{ index: 0, delta, finish_reason: reason }] }) + '\\n\\n'
  setTimeout(() => response.end(frame({ content: ${JSON.stringify(drillAnswer)} }, null) + frame({}, 'stop') + 'data: [DONE]\\n\\n'), 20)
  parentPort.postMessage('asked')
})
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
`

test('a pause of the router itself is not taken for the silence of a server', async () => {
  await using server = await createFaultServer({ timeScale: 1 })
  await using opened = await openRouter(server, 1)
  const worker = new Worker(soon, { eval: true })
  const [port] = (await once(worker, 'message')) as [number]
  const [route] = toDrillRoutes(server.open('pause', healthyFault), 'live', 1)
  const targets = route.targets.map((target, index) => ({
    ...target,
    ...(index === 0 ? { url: `http://127.0.0.1:${port}/v1` } : {}),
    timeouts: { ...target.timeouts, firstTokenMs: 1000 },
  }))
  opened.router.redefine({ routes: [{ ...route, targets }], defaultRoute: 'pause' })
  const options = { isStream: true, limitMs: 10_000, nowMs: () => performance.now(), leave: null }
  const call = askGateway({ url: `${opened.baseUrl}/chat/completions`, model: 'pause' }, options)
  const [asked] = await once(worker, 'message')
  // The answer comes within this pause, which is longer than the limit for a first token.
  for (const until = performance.now() + 1300; performance.now() < until; );
  const { outcome, model, headers } = await call
  await worker.terminate()
  expect({ asked, outcome, model, attempts: headers['x-sanctum-attempts'] }).toEqual({
    asked: 'asked',
    outcome: 'answer',
    model: 'soon',
    attempts: '1',
  })
})
