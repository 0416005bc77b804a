import { connect, createServer as createTcpServer } from 'node:net'
import { expect, test } from 'vitest'
import {
  type Answer,
  answerWhole,
  answerWords,
  call,
  chatOf,
  closeServer,
  frame,
  listen,
  quickPolicy,
  type Served,
  serve,
  startUpstream,
  toDefinition,
  toTarget,
  until,
  wholeAnswer,
} from './router-bench.ts'

const streamed = { body: chatOf('hello', { stream: true }) }
const finish = `${frame({}, 'stop')}data: [DONE]\n\n`

const say =
  (...pieces: readonly string[]): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of pieces) response.write(piece)
    response.end()
  }

const cutAfter =
  (...pieces: readonly string[]): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const piece of pieces) response.write(piece)
    setTimeout(() => response.destroy(), 20)
  }

const wordsOf = (text: string): string => [...text.matchAll(/"content":"([^"]*)"/g)].map(([, word]) => word).join('')

test('a stream passes byte for byte, and says who answered', async () => {
  const bytes = `: hello\n\n${frame({ role: 'assistant', content: '' })}${frame({ content: 'é😀' })}${frame({ content: ' fine' })}: pause\n\n${finish}`
  await using upstream = await startUpstream((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    // Cut in the middle of a character.
    const all = Buffer.from(bytes)
    const middle = all.indexOf(Buffer.from('😀')) + 2
    const pause = all.indexOf(': pause')
    response.write(all.subarray(0, middle))
    setTimeout(() => response.write(all.subarray(middle, pause)), 20)
    setTimeout(() => response.end(all.subarray(pause)), 120)
  })
  await using house = await serve({ definition: toDefinition([toTarget('house/0', upstream.url)]) })
  const reply = await call(house.url, { ...streamed, headers: { 'x-request-id': 'my-own-id' } })
  expect(reply.text).toBe(bytes.replace(': hello\n\n', ''))
  expect(reply.headers).toMatchObject({
    'x-request-id': 'my-own-id',
    'x-sanctum-backend': 'house/0',
    'x-sanctum-route': 'house',
    'x-sanctum-attempts': '1',
    'content-type': 'text/event-stream',
  })
})

test.each([
  ['a stream', true],
  ['a whole answer', false],
])('a prompt that is refused inside of %s with status 200 is a 400, and nobody else sees it', async (_, stream) => {
  const error = { message: 'not that', type: 'invalid_request_error', code: 'content_filter', param: 'messages' }
  const body = JSON.stringify({ error })
  await using primary = await startUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' })
    response.end(stream ? `${frame({ role: 'assistant', content: '' })}data: ${body}\n\n` : body)
  })
  await using fallback = await startUpstream(answerWords(5))
  const targets = [toTarget('house/0', primary.url), toTarget('house/1', fallback.url)]
  await using house = await serve({ definition: toDefinition(targets) })
  const reply = await call(house.url, { body: chatOf('hello', { stream }) })
  expect(reply).toMatchObject({ status: 400, headers: { 'content-type': 'application/json', 'x-sanctum-backend': 'house/0' } })
  expect(JSON.parse(reply.text)).toEqual({ error })
  expect(fallback.seen).toHaveLength(0)
})

test('a cut stream: live tells it in-band and hangs up, assured answers whole from elsewhere', async () => {
  await using primary = await startUpstream(cutAfter(frame({ content: 'half ' }), frame({ content: 'of it' })))
  await using fallback = await startUpstream(answerWords(5))
  const targets = [toTarget('house/0', primary.url), toTarget('house/1', fallback.url)]
  await using house = await serve({ definition: toDefinition(targets) })
  const live = await call(house.url, streamed)
  expect(live.isWhole).toBe(false)
  expect(live.text).toContain('"code":"upstream_cut"')
  expect(live.text).toContain('"tokens_delivered":2')
  expect(live.text).not.toContain('[DONE]')
  const assured = await call(house.url, { ...streamed, headers: { 'x-sanctum-delivery': 'assured' } })
  expect([assured.isWhole, wordsOf(assured.text)]).toEqual([true, 'word1 word2 word3 word4 word5 '])
  expect(assured.text.startsWith(': backend=house/1\n\n')).toBe(true)
})

test('a cut of plain text is continued where route and target allow it, once', async () => {
  await using primary = await startUpstream(cutAfter(frame({ content: 'one ' }), frame({ content: 'two ' })))
  await using fallback = await startUpstream(say(frame({ content: 'three' }), finish))
  const targets = [toTarget('house/0', primary.url), toTarget('house/1', fallback.url, { prefill: true })]
  await using house = await serve({ definition: toDefinition(targets, { continuation: true }) })
  const reply = await call(house.url, streamed)
  expect([reply.isWhole, wordsOf(reply.text)]).toEqual([true, 'one two three'])
  const asked = JSON.parse(fallback.seen.at(-1)?.body.toString() ?? '') as { messages: unknown[] }
  expect(asked.messages.at(-1)).toEqual({ role: 'assistant', content: 'one two ' })
})

test.each<readonly [string, string, string, object]>([
  [
    'another choice spoke',
    '/v1/chat/completions',
    `${frame({ content: 'one ' })}${frame({ content: 'uno ' }).replace('"index":0', '"index":1')}`,
    {},
  ],
  ['there are no messages to add to', '/v1/completions', 'data: {"choices":[{"index":0,"text":"one "}]}\n\n', {}],
  ['several answers are asked for', '/v1/chat/completions', frame({ content: 'one ' }), { n: 2 }],
])('a cut is not continued where %s', async (_, path, pieces, more) => {
  await using primary = await startUpstream(cutAfter(pieces))
  await using fallback = await startUpstream(say(frame({ content: 'three' }), finish))
  const targets = [toTarget('house/0', primary.url), toTarget('house/1', fallback.url, { prefill: true })]
  await using house = await serve({ definition: toDefinition(targets, { continuation: true }) })
  const reply = await call(house.url, { path, body: { ...chatOf('hello', { stream: true }), prompt: 'hello', ...more } })
  expect([reply.isWhole, fallback.seen.length]).toEqual([false, 0])
  expect(reply.text).toContain('"code":"upstream_cut"')
})

/** Writes the pieces with a pause before each, and then neither ends nor closes unless that is a piece. */
const slowly =
  (everyMs: number, ...pieces: readonly string[]): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const [index, piece] of pieces.entries()) setTimeout(() => response.write(piece), index * everyMs)
  }

const words = ['a ', 'b ', 'c ', 'd ', 'e ', 'f ']
const ofChoice = (index: number, text: string): string => text.replaceAll('"index":0', `"index":${index}`)

test.each<readonly [string, { n: number; everyMs: number; text: string; pieces: readonly string[] }]>([
  [
    'every frame gives a reason to end',
    { n: 1, everyMs: 80, text: 'a b c d e f ', pieces: [...words.map((content) => frame({ content }, 'stop')), 'data: [DONE]\n\n'] },
  ],
  [
    'one choice follows the other',
    {
      n: 2,
      everyMs: 400,
      text: 'a b c ',
      pieces: [
        frame({ content: 'a ' }) + frame({ content: 'b ' }, 'stop'),
        `${ofChoice(1, frame({ content: 'c ' }, 'stop'))}data: [DONE]\n\n`,
      ],
    },
  ],
])('an answer is not over while its words come, where %s', async (_, { n, everyMs, text, pieces }) => {
  await using upstream = await startUpstream(slowly(everyMs, ...pieces))
  await using house = await serve({ definition: toDefinition([toTarget('house/0', upstream.url)]), limits: { lateEndMs: 300 } })
  const reply = await call(house.url, { body: chatOf('hello', { stream: true, n }) })
  expect([reply.isWhole, wordsOf(reply.text)]).toEqual([true, text])
})

test('a server that says that it is done without a reason to end is left, and its mark is not passed on', async () => {
  await using upstream = await startUpstream(slowly(0, frame({ content: 'half ' }), 'data: [DONE]\n\n'))
  await using house = await serve({ definition: toDefinition([toTarget('house/0', upstream.url)]) })
  const gone = upstream.nextAbort()
  const reply = await call(house.url, streamed)
  expect(reply.text).toContain('"code":"upstream_cut"')
  expect(reply.text).not.toContain('[DONE]')
  await gone
})

test('a stream that held nothing ends without the mark of a whole one', async () => {
  const role = frame({ role: 'assistant', content: '' })
  await using upstream = await startUpstream(slowly(30, role.repeat(6), 'data: [DONE]\n\n'))
  await using house = await serve({ definition: toDefinition([toTarget('house/0', upstream.url)]), limits: { heldFrames: 0 } })
  const reply = await call(house.url, streamed)
  expect(reply.isWhole).toBe(false)
  expect(reply.text).not.toContain('[DONE]')
})

test('a broken frame is dropped and counted, thoughts are taken out where the route says so', async () => {
  const thinking = [frame({ reasoning_content: 'hm' }), frame({ content: '<think>let me' }), frame({ content: ' see</think>\n\nwell' })]
  await using upstream = await startUpstream(say(...thinking, 'data: {"choices":[{"del\n\n', frame({ content: ' then' }), finish))
  await using house = await serve({ definition: toDefinition([toTarget('house/0', upstream.url)], { stripThinking: true }) })
  const reply = await call(house.url, streamed)
  expect([reply.isWhole, wordsOf(reply.text)]).toEqual([true, 'well then'])
  expect(reply.text).not.toMatch(/think|hm|let me|"del\n/)
  const malformed = house.router.metrics().find(({ name }) => name === 'malformed_frames')?.samples
  expect(malformed).toEqual([{ labels: { backend: 'house/0' }, value: 1 }])
})

test('an answer that is empty, repeats itself or is an error under 200 is seen before its first byte', async () => {
  const noContent = wholeAnswer.replace('An answer that says something.', '')
  const again = wholeAnswer.replace('An answer that says something.', 'foo bar '.repeat(100))
  for (const text of [noContent, again, '{"error":{"code":"overloaded","message":"m"}}', '{"choices":[']) {
    await using primary = await startUpstream((_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(text))
    await using fallback = await startUpstream(answerWhole)
    await using house = await serve({ definition: toDefinition([toTarget('house/0', primary.url), toTarget('house/1', fallback.url)]) })
    const reply = await call(house.url)
    expect([reply.status, reply.text, reply.headers['x-sanctum-backend']]).toEqual([200, wholeAnswer, 'house/1'])
  }
})

test('a compressed answer that cannot be judged goes to the next backend, one that is only passed on stays as it is', async () => {
  const packed: Answer = (request, response) => {
    const isSpeech = request.url?.endsWith('/audio/speech')
    response.writeHead(200, { 'content-type': isSpeech ? 'audio/mpeg' : 'application/json', 'content-encoding': 'gzip' })
    response.end('packed')
  }
  await using primary = await startUpstream(packed)
  await using fallback = await startUpstream(answerWhole)
  const targets = [toTarget('house/0', primary.url), toTarget('house/1', fallback.url)]
  await using house = await serve({ definition: toDefinition(targets) })
  await using alone = await serve({ definition: toDefinition(targets.slice(0, 1)) })
  const headers = { 'accept-encoding': 'gzip, br' }
  const speech = await call(house.url, { path: '/v1/audio/speech', headers })
  expect([speech.text, speech.headers['content-encoding']]).toEqual(['packed', 'gzip'])
  expect((await call(house.url, { headers })).text).toBe(wholeAnswer)
  expect(primary.seen.map((asked) => asked.headers['accept-encoding'])).toEqual(['identity', 'identity'])
  const refused = await call(alone.url, { headers })
  expect([refused.status, refused.text]).toEqual([502, expect.stringContaining('compressed, though it was asked not to')])
})

test('words of a backend in the place of its code, and paths of keys, are shown to nobody', async () => {
  const type = 'Incorrect API key provided: sk-SECRET'
  await using upstream = await startUpstream((_, response) =>
    response.writeHead(502).end(JSON.stringify({ error: { type, message: type } })),
  )
  await using house = await serve({ definition: toDefinition([toTarget('house/0', upstream.url)]) })
  const seen = `${(await call(house.url)).text}${JSON.stringify(house.router.routes())}`
  expect(seen).toContain('it answered 502')
  expect(seen).not.toContain('SECRET')
  const credential = { kind: 'file', path: '/some/private/place/key.txt' } as const
  await using closed = await serve({ definition: toDefinition([toTarget('house/0', upstream.url, { credential })]) })
  const { text } = await call(closed.url)
  expect(text).toContain('the key file key.txt is missing')
  expect(text).not.toContain('private')
})

test('who waits sees signs of life, and then the answer', async () => {
  await using upstream = await startUpstream((request, response, body) => setTimeout(() => answerWords(3)(request, response, body), 300))
  const policy = { ...quickPolicy, lifeSignMs: 60 }
  await using house = await serve({ definition: toDefinition([toTarget('house/0', upstream.url)]), policy })
  const reply = await call(house.url, streamed)
  expect(reply.text.match(/^: waiting/gm)?.length).toBeGreaterThanOrEqual(2)
  expect(wordsOf(reply.text)).toBe('word1 word2 word3 ')
  expect(reply.isWhole).toBe(true)
})

test('bodies and paths that are none are refused with what to do', async () => {
  await using house = await serve({
    definition: toDefinition([toTarget('house/0', 'http://127.0.0.1:9/v1')]),
    limits: { jsonBytes: 1_000 },
  })
  const status = async (options: Parameters<typeof call>[1]): Promise<number> => (await call(house.url, options)).status
  expect(await status({ body: Buffer.from('{"model":') })).toBe(400)
  expect(await status({ body: Buffer.from('[1]') })).toBe(400)
  expect(await status({ body: Buffer.alloc(2_000, 32) })).toBe(413)
  expect(await status({ path: '/v1/nothing' })).toBe(404)
  expect(await status({ path: '/v1/models', method: 'GET' })).toBe(200)
})

test('any name of a model is a name: half a character ends nothing, and only names that are known are counted by themselves', async () => {
  await using upstream = await startUpstream(answerWhole)
  await using house = await serve({ definition: toDefinition([toTarget('house/0', upstream.url)], { models: ['small-*'] }) })
  const status = async (body: string): Promise<number> => (await call(house.url, { body: Buffer.from(body) })).status
  expect(await status('{"model":"\\ud800","messages":[]}')).toBe(200)
  expect(await status(`{"model":"${'m'.repeat(127)}\\ud83d\\ude00","messages":[]}`)).toBe(200)
  for (const model of ['house', 'small-1', 'small-2', 'x'.repeat(1_000), undefined]) {
    expect(await status(JSON.stringify({ model, messages: [] }))).toBe(200)
  }
  const samples = house.router.metrics().find(({ name }) => name === 'routing_decisions')?.samples ?? []
  expect(samples.map((sample) => [sample.labels['from_model'], 'value' in sample && sample.value])).toEqual([
    ['other', 3],
    ['house', 1],
    ['small-*', 2],
    ['none', 1],
  ])
})

test.each(['intentKeywords', 'stripThinking'] as const)(
  'a fault of its own at %s costs one request, and is counted once',
  async (where) => {
    await using upstream = await startUpstream(answerWhole)
    const definition = toDefinition([toTarget('house/0', upstream.url)])
    const [route] = definition.routes
    const value = route?.[where]
    let isPlanted = true
    Object.defineProperty(route, where, {
      enumerable: true,
      get: () => {
        if (isPlanted) throw new Error('planted')
        return value
      },
    })
    await using house = await serve({ definition })
    const reply = await call(house.url)
    expect([reply.status, JSON.parse(reply.text)]).toMatchObject([500, { error: { code: 'router_fault', type: 'upstream_error' } }])
    const valuesOf = (name: string) => house.router.metrics().find((family) => family.name === name)?.samples
    expect(valuesOf('requests_in_flight')).toEqual([{ labels: {}, value: 0 }])
    expect(valuesOf('http_requests')).toEqual([{ labels: { endpoint: 'chat/completions', status: '500' }, value: 1 }])
    expect(house.router.routes()[0]?.targets[0]?.in_flight).toBe(0)
    isPlanted = false
    expect((await call(house.url)).status).toBe(200)
    // Nothing holds the old servers either.
    house.router.redefine(toDefinition([toTarget('house/1', 'http://127.0.0.1:9/v1')]))
    await until(() => upstream.sockets.size === 0)
  },
)

test('bodies that are still being received count too, in number and in bytes, and their room is given back', async () => {
  let release = (): void => {}
  await using upstream = await startUpstream((request, response, body) => {
    release = () => answerWhole(request, response, body)
  })
  await using house = await serve({
    definition: toDefinition([toTarget('house/0', upstream.url)]),
    limits: { requests: 2, bodiesBytes: 100_000 },
  })
  const refusal = async (size: number) => {
    const { status, headers, text } = await call(house.url, { body: chatOf('x'.repeat(size)) })
    return [status, headers['retry-after'], (JSON.parse(text) as { error?: { code: string } }).error?.code]
  }
  const beginBody = () => {
    const client = connect(house.port, '127.0.0.1').on('error', () => {})
    client.write('POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 90000\r\n\r\n{')
    return client
  }
  const waits = call(house.url, { body: chatOf('x'.repeat(60_000)) })
  await until(() => upstream.seen.length === 1)
  expect(await refusal(60_000)).toEqual([503, '1', 'router_full'])
  const half = beginBody()
  await until(() => requestsOf(house, 'requests_in_flight') === 2)
  expect(await refusal(10)).toEqual([503, '1', 'router_busy'])
  half.destroy()
  await until(() => requestsOf(house, 'requests_in_flight') === 1)
  release()
  expect((await waits).status).toBe(200)
  upstream.answer = answerWhole
  for (let round = 0; round < 3; round++) expect(await refusal(60_000)).toEqual([200, undefined, undefined])
})

function requestsOf({ router }: Served, name: string): number {
  const [sample] = router.metrics().find((family) => family.name === name)?.samples ?? []
  return sample !== undefined && 'value' in sample ? sample.value : 0
}

test('a drill route is reached by its own name only, stays on this machine, borrows no secret and ends by itself', async () => {
  await using upstream = await startUpstream(answerWhole)
  await using drill = await startUpstream(answerWhole)
  await using house = await serve({ definition: toDefinition([toTarget('house/0', upstream.url)]) })
  const toRoute = (name: string, url: string, more: Parameters<typeof toTarget>[2] = {}) => {
    const [route] = toDefinition([toTarget(`${name}/0`, url, more)], { name, models: ['*', 'house'], intentKeywords: ['hello'] }).routes
    if (route === undefined) throw new Error('a definition has a route')
    return route
  }
  const { router } = house
  expect(router.addShadowRoute(toRoute('drill-1', drill.url), 60_000)).toEqual({ kind: 'added' })
  expect((await call(house.url, { body: chatOf('hello', { model: 'drill-1' }) })).headers['x-sanctum-backend']).toBe('drill-1/0')
  expect((await call(house.url)).headers['x-sanctum-backend']).toBe('house/0')
  expect((await call(house.url, { body: chatOf('hello', { model: 'other' }) })).headers['x-sanctum-backend']).toBe('house/0')
  expect(router.routes().map(({ name }) => name)).toEqual(['house'])
  for (const url of ['http://192.0.2.1/v1', 'http://127.0.0.1.example/v1', 'nonsense']) {
    expect(router.addShadowRoute(toRoute('drill-2', url), 60_000).kind).toBe('refused')
  }
  const credential = { kind: 'file', path: '/etc/hostname' } as const
  expect(router.addShadowRoute(toRoute('drill-2', drill.url, { credential }), 60_000).kind).toBe('refused')
  expect(router.addShadowRoute(toRoute('house', drill.url), 60_000).kind).toBe('refused')
  expect(router.addShadowRoute(toRoute('drill-2', drill.url), 0)).toEqual({ kind: 'added' })
  router.look()
  expect(router.removeShadowRoute('drill-2')).toBe(false)
  expect(router.removeShadowRoute('drill-1')).toBe(true)
  expect((await call(house.url, { body: chatOf('hello', { model: 'drill-1' }) })).headers['x-sanctum-backend']).toBe('house/0')
})

test('a look over a connection that the server had just ended is no sign of trouble', async () => {
  let ended = 0
  // Answers once on each connection, promises more, and ends it when the next question comes.
  const server = createTcpServer((socket) => {
    let asked = 0
    socket.on('error', () => {})
    socket.on('data', () => {
      asked++
      if (asked > 1) {
        ended++
        socket.resetAndDestroy()
      } else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
    })
  })
  const port = await listen(server)
  const changes: string[] = []
  const policy = { ...quickPolicy, probe: { ...quickPolicy.probe, healthMs: 40, suspectMs: 40 } }
  const definition = toDefinition([toTarget('house/0', `http://127.0.0.1:${port}/v1`)])
  {
    await using _house = await serve({ definition, policy, log: (event) => changes.push(JSON.stringify(event)) })
    await until(() => ended >= 4)
  }
  expect(changes).toEqual([])
  await closeServer(server)
})

test('looks at a server that begins its answers and never ends them leave no connections behind', async () => {
  const open = new Set<object>()
  let looks = 0
  const server = createTcpServer((socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => open.delete(socket))
    socket.on('data', () => {
      looks++
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{')
    })
  })
  const port = await listen(server)
  const policy = {
    ...quickPolicy,
    connectMs: { local: 40, cloud: 40 },
    probe: { ...quickPolicy.probe, healthMs: 40, suspectMs: 40 },
  }
  {
    await using house = await serve({ definition: toDefinition([toTarget('house/0', `http://127.0.0.1:${port}/v1`)]), policy })
    await until(() => looks >= 6)
    expect(open.size).toBeLessThanOrEqual(2)
    // It said that it is well, and that counts.
    const seen = house.router.metrics().find(({ name }) => name === 'health_looks')?.samples ?? []
    expect(seen.map(({ labels }) => labels['health'])).toEqual(['ready'])
  }
  await closeServer(server)
})
