import { createServer as createHttpServer } from 'node:http'
import { connect, createServer as createTcpServer } from 'node:net'
import { expect, test } from 'vitest'
import {
  type Answer,
  answerWords,
  call,
  chatOf,
  closeServer,
  frame,
  listen,
  type Served,
  serve,
  startUpstream,
  toDefinition,
  toTarget,
  until,
  wholeAnswer,
} from './router-bench.ts'

/** The bound is 100 ms; a machine that runs six things at once is given more. */
const boundMs = 1_000
const stream = { body: chatOf('hello', { stream: true }) }

const silent: Answer = () => {}
const role: Answer = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(frame({ role: 'assistant', content: '' }))
}
const endless = answerWords(1_000_000, 20)

test.each([
  ['it waits for headers', silent, 'live', null],
  ['it holds frames without output', role, 'live', null],
  ['it streams', endless, 'live', 'word3'],
  ['an assured answer is held', endless, 'assured', null],
] as const)('a client that leaves while %s ends the question to the backend', async (phase, answer, delivery, text) => {
  await using upstream = await startUpstream(answer)
  await using house = await serve({ definition: toDefinition([toTarget('house/0', upstream.url)], { delivery }) })
  const asked = call(house.url, stream)
  if (text === null) await until(() => upstream.seen.length > 0)
  else await asked.until(text)
  const aborted = upstream.nextAbort()
  const leftAtMs = performance.now()
  asked.leave()
  const tookMs = (await aborted) - leftAtMs
  console.log(`${phase}: the backend was left after ${tookMs.toFixed(1)} ms`)
  expect(tookMs).toBeLessThan(boundMs)
  await until(() => inFlight(house) === 0)
  expect(terminals(house)).toEqual([['0', 1]])
})

test.each([
  ['breaks its connection', 'destroy'],
  ['resets its connection', 'resetAndDestroy'],
  ['says that it sends no more, and goes', 'end'],
] as const)('a client that %s with questions that wait behind another on it ends all of them', async (_, leave) => {
  await using upstream = await startUpstream(silent)
  await using house = await serve({ definition: toDefinition([toTarget('house/0', upstream.url)]) })
  const { hostname, port } = new URL(house.url)
  const socket = connect(Number(port), hostname)
  const body = JSON.stringify(chatOf('hello', { stream: true }))
  const asked = `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  socket.write(asked.repeat(3))
  await until(() => upstream.seen.length === 3)
  socket[leave]()
  await until(() => inFlight(house) === 0)
  expect(terminals(house)).toEqual([['0', 3]])
})

test('a client that leaves while a connection is opened ends that connection', async () => {
  let closedAtMs = 0
  let connections = 0
  // It takes the connection and never answers the handshake.
  const mute = createTcpServer((socket) => {
    connections++
    socket.resume()
    socket.on('error', () => {})
    socket.on('close', () => {
      closedAtMs = performance.now()
    })
  })
  const port = await listen(mute)
  const target = toTarget('house/0', `https://127.0.0.1:${port}/v1`, { locality: 'cloud', isProbed: false })
  await using house = await serve({ definition: toDefinition([target]) })
  const asked = call(house.url, stream)
  await until(() => connections > 0)
  const leftAtMs = performance.now()
  asked.leave()
  await until(() => closedAtMs > 0)
  console.log(`it opens a connection: the backend was left after ${(closedAtMs - leftAtMs).toFixed(1)} ms`)
  expect(closedAtMs - leftAtMs).toBeLessThan(boundMs)
  await closeServer(mute)
})

test('a client that leaves while it waits for a model to load leaves the queue', async () => {
  await using upstream = await startUpstream((_, response) => response.writeHead(503).end('{"error":{"message":"Loading model"}}'), 503)
  await using house = await serve({ definition: toDefinition([toTarget('house/0', upstream.url, { loadTimeMs: 60_000 })]) })
  await until(() => house.router.routes()[0]?.targets[0]?.condition === 'loading')
  const asked = call(house.url, stream)
  await until(() => inFlight(house) === 1)
  asked.leave()
  await until(() => inFlight(house) === 0)
  expect(terminals(house)).toEqual([['0', 1]])
})

test('a client that reads nothing stops the backend instead of filling memory, and is hung up on in the end', async () => {
  let written = 0
  let isStopped = false
  const flood: Answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const words = frame({ content: `${'so many different words '.repeat(400)}` })
    const more = (): void => {
      while (!response.destroyed) {
        written += words.length
        if (!response.write(words)) {
          isStopped = true
          response.once('drain', () => {
            isStopped = false
            more()
          })
          return
        }
      }
    }
    more()
  }
  await using upstream = await startUpstream(flood)
  await using house = await serve({ definition: toDefinition([toTarget('house/0', upstream.url)]), limits: { unreadMs: 700 } })
  const reader = connect(house.port, '127.0.0.1')
  reader.pause()
  reader.write(questionOf(stream))
  await until(() => isStopped)
  const before = written
  const gone = upstream.nextAbort()
  await gone
  expect(written - before).toBeLessThan(32 * 1_048_576)
  expect(terminals(house)).toEqual([['0', 1]])
  reader.destroy()
})

test('a client that never reads an answer that is finished is hung up on, and the answer is kept no longer', async () => {
  const long = wholeAnswer.replace('An answer', `An answer ${'x'.repeat(24 * 1_048_576)}`)
  await using upstream = await startUpstream((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(long))
  await using house = await serve({ definition: toDefinition([toTarget('house/0', upstream.url)]), limits: { unreadMs: 1_000 } })
  const ends: boolean[] = []
  const front = createHttpServer((request, response) => {
    // A router of somebody else on this machine may still look for a server of its own at this port.
    if (request.method === 'POST') response.on('close', () => ends.push(response.writableFinished))
    house.router.handle(request, response)
  })
  const port = await listen(front)
  const reader = connect(port, '127.0.0.1')
  reader.on('error', () => {})
  reader.pause()
  reader.write(questionOf({ body: chatOf('hello') }))
  await until(() => ends.length > 0)
  expect(ends).toEqual([false])
  expect(terminals(house)).toEqual([['200', 1]])
  reader.destroy()
  // Who reads slowly gets all of it, however long that takes.
  const slow = connect(port, '127.0.0.1')
  let took = 0
  let firstAtMs = 0
  slow.on('error', () => {})
  slow.on('data', (chunk) => {
    took += chunk.length
    firstAtMs ||= performance.now()
    // Slowly for longer than one may stay who reads nothing, and no longer: on a busy machine every pause is several.
    if (performance.now() - firstAtMs > 1_500) return
    slow.pause()
    setTimeout(() => slow.resume(), 10)
  })
  slow.write(questionOf({ body: chatOf('hello') }))
  await until(() => ends.length > 1, 20_000)
  expect(ends).toEqual([false, true])
  await until(() => took > long.length, 20_000)
  expect(performance.now() - firstAtMs).toBeGreaterThan(1_000)
  slow.destroy()
  await closeServer(front)
})

test('an answer that breaks off while the one before it still runs is ended in its turn', async () => {
  let answers = 0
  await using upstream = await startUpstream((request, response, body) => {
    answers++
    if (answers === 1) {
      answerWords(20, 30)(request, response, body)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(frame({ content: 'half of it' }))
    setTimeout(() => response.destroy(), 20)
  })
  await using house = await serve({ definition: toDefinition([toTarget('house/0', upstream.url)]) })
  const client = connect(house.port, '127.0.0.1')
  let text = ''
  let isClosed = false
  client.on('data', (chunk) => {
    text += chunk.toString()
  })
  client.on('close', () => {
    isClosed = true
  })
  client.write(questionOf(stream))
  await until(() => text.includes('word2'))
  client.write(questionOf(stream))
  await until(() => answers === 2)
  await until(() => isClosed)
  expect(text).toContain('word20 ')
  expect(text.slice(text.indexOf('[DONE]'))).toMatch(/half of it[\s\S]*"code":"upstream_cut"/)
})

function questionOf({ body }: { readonly body: object }): string {
  const text = JSON.stringify(body)
  return `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n${text}`
}

function inFlight({ router }: Served): number {
  const [sample] = router.metrics().find(({ name }) => name === 'requests_in_flight')?.samples ?? []
  return sample !== undefined && 'value' in sample ? sample.value : 0
}

function terminals({ router }: Served): [string | undefined, number][] {
  const samples = router.metrics().find(({ name }) => name === 'http_requests')?.samples ?? []
  return samples.map((sample) => [sample.labels['status'], 'value' in sample ? sample.value : 0])
}
