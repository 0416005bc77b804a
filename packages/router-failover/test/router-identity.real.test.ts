import { createHash } from 'node:crypto'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { createCertificate, createFileCapStore } from '@sanctum/router-failover/node'
import { createTemporaryFolder } from '@sanctum/testkit/node'
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
  serve,
  startUpstream,
  toDefinition,
  toTarget,
  until,
} from './router-bench.ts'

const dayMs = 86_400_000
const certify = (name: string, issuer: ReturnType<typeof createCertificate> | null, untilMs = Date.now() + dayMs) =>
  createCertificate({ name, fromMs: Date.now() - 2 * dayMs, untilMs, issuer })

test('a definition is replaced while a stream goes on: the stream ends as it began, the next request goes to the new servers', async () => {
  await using before = await startUpstream(answerWords(30, 15))
  await using after = await startUpstream(answerWhole)
  await using house = await serve({ definition: toDefinition([toTarget('house/0', before.url)]) })
  const streamed = call(house.url, { body: chatOf('hello', { stream: true }) })
  await streamed.until('word3')
  house.router.redefine(toDefinition([toTarget('house/0', after.url)]))
  expect((await call(house.url)).status).toBe(200)
  expect(after.seen).toHaveLength(1)
  const reply = await streamed
  expect(reply.text).toContain('word30 ')
  expect(reply.text.endsWith('data: [DONE]\n\n')).toBe(true)
  expect(reply.isWhole).toBe(true)
  // Nobody needs the old server any more.
  await until(() => before.sockets.size === 0)
})

test('mTLS: a rotated certificate is used by the next connection, and an open stream is not cut', async () => {
  await using folder = await createTemporaryFolder()
  const authority = certify('ca', null)
  const files = { caFile: join(folder.path, 'ca.pem'), certFile: join(folder.path, 'cert.pem'), keyFile: join(folder.path, 'key.pem') }
  const put = (name: string): void => {
    const own = certify(name, authority)
    writeFileSync(files.certFile, own.certificatePem)
    writeFileSync(files.keyFile, own.keyPem)
  }
  writeFileSync(files.caFile, authority.certificatePem)
  put('first')
  const own = certify('backend', authority)
  const names: string[] = []
  let answer: Answer = answerWords(60, 15)
  const server = createHttpsServer(
    { cert: own.certificatePem, key: own.keyPem, ca: authority.certificatePem, requestCert: true, rejectUnauthorized: true },
    (request, response) => {
      request.resume()
      if (request.method === 'GET') return void response.end('{}')
      names.push((request.socket as TLSSocket).getPeerCertificate().subject.CN as string)
      request.on('end', () => answer(request, response, Buffer.alloc(0)))
    },
  )
  const port = await listen(server)
  await using house = await serve({ definition: toDefinition([toTarget('house/0', `https://127.0.0.1:${port}/v1`, { tls: files })]) })
  const streamed = call(house.url, { body: chatOf('hello', { stream: true }) })
  await streamed.until('word2')
  put('second')
  house.router.look()
  answer = answerWhole
  expect((await call(house.url)).status).toBe(200)
  expect(names).toEqual(['first', 'second'])
  const reply = await streamed
  expect(reply.text).toContain('word60 ')
  expect(reply.isWhole).toBe(true)
  const [expiry] = house.router.metrics().find(({ name }) => name === 'certificate_expiry_seconds')?.samples ?? []
  expect(expiry !== undefined && 'value' in expiry && expiry.value * 1000 > Date.now()).toBe(true)
  await closeServer(server)
})

test.each([
  ['the key is missing', (files: Record<string, string>) => rmSync(files['keyFile'] as string)],
  [
    'the certificate has expired',
    (files: Record<string, string>) => {
      const old = certify('old', null, Date.now() - dayMs)
      writeFileSync(files['certFile'] as string, old.certificatePem)
      writeFileSync(files['keyFile'] as string, old.keyPem)
    },
  ],
  ['the certificate is none', (files: Record<string, string>) => writeFileSync(files['certFile'] as string, 'no certificate')],
] as const)('where %s the backend is misconfigured and nothing is sent there, least of all plainly', async (_, spoil) => {
  await using folder = await createTemporaryFolder()
  await using plain = await startUpstream(answerWhole)
  await using fallback = await startUpstream(answerWhole)
  const own = certify('own', null)
  const files = { caFile: join(folder.path, 'ca.pem'), certFile: join(folder.path, 'cert.pem'), keyFile: join(folder.path, 'key.pem') }
  writeFileSync(files.caFile, own.certificatePem)
  writeFileSync(files.certFile, own.certificatePem)
  writeFileSync(files.keyFile, own.keyPem)
  spoil(files)
  const primary = toTarget('house/0', plain.url.replace('http:', 'https:'), { tls: files })
  await using alone = await serve({ definition: toDefinition([primary]) })
  const refused = await call(alone.url)
  expect(refused.status).toBeGreaterThanOrEqual(500)
  expect(alone.router.routes()[0]?.targets[0]?.condition).toBe('misconfigured')
  await using house = await serve({ definition: toDefinition([primary, toTarget('house/1', fallback.url)]) })
  expect((await call(house.url)).headers['x-sanctum-backend']).toBe('house/1')
  expect(plain.sockets.size).toBe(0)
  expect(plain.seen).toEqual([])
})

test('the key of a client goes nowhere, each backend gets its own, and a redirect is not followed', async () => {
  await using trap = await startUpstream(answerWhole)
  await using primary = await startUpstream((_, response) => response.writeHead(307, { location: `${trap.url}/chat/completions` }).end())
  await using fallback = await startUpstream(answerWhole)
  const credential = (variable: string) => ({ kind: 'environment', variable }) as const
  const targets = [
    toTarget('house/0', primary.url, { credential: credential('ONE'), model: 'name-one' }),
    toTarget('house/1', fallback.url, { credential: credential('TWO'), model: 'name-two' }),
  ]
  await using house = await serve({ definition: toDefinition(targets), readers: { variable: (name) => `key-${name}` } })
  const headers = { authorization: 'Bearer key-of-the-client', cookie: 'a=b', 'api-key': 'key-of-the-client' }
  const body = Buffer.from('{ "model" : "house", "seed": 9007199254740993123, "messages": [] }')
  expect((await call(house.url, { headers, body })).headers['x-sanctum-backend']).toBe('house/1')
  expect(trap.seen).toEqual([])
  expect(primary.seen[0]?.headers.authorization).toBe('Bearer key-ONE')
  expect(fallback.seen[0]?.headers.authorization).toBe('Bearer key-TWO')
  for (const seen of [primary.seen[0], fallback.seen[0]]) {
    expect(JSON.stringify(seen?.headers)).not.toContain('key-of-the-client')
    expect(seen?.headers.cookie).toBeUndefined()
  }
  expect(fallback.seen[0]?.body.toString()).toBe('{ "model" : "name-two", "seed": 9007199254740993123, "messages": [] }')
})

test.each([
  ['in memory', 20_000, 1_048_576],
  ['spilled to the disk', 3_000_000, 65_536],
])('a recording %s is sent again to the next backend, byte for byte but for the model', async (_, size, spillBytes) => {
  await using folder = await createTemporaryFolder()
  await using primary = await startUpstream((_request, response) => response.writeHead(502).end('{}'))
  await using fallback = await startUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"text":"what was said"}')
  })
  const targets = [toTarget('house/0', primary.url), toTarget('house/1', fallback.url, { model: 'a-longer-name' })]
  await using house = await serve({ definition: toDefinition(targets), limits: { spillBytes, spillDirectory: folder.path } })
  const audio = Buffer.alloc(size)
  for (let at = 0; at < size; at++) audio[at] = (at * 31) % 251
  const head = '--b0\r\nContent-Disposition: form-data; name="model"\r\n\r\n'
  const rest = '\r\n--b0\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
  const form = (model: string) => Buffer.concat([Buffer.from(`${head}${model}${rest}`), audio, Buffer.from('\r\n--b0--\r\n')])
  const headers = { 'content-type': 'multipart/form-data; boundary=b0' }
  const reply = await call(house.url, { path: '/v1/audio/transcriptions', headers, body: form('house') })
  expect([reply.status, reply.text]).toEqual([200, '{"text":"what was said"}'])
  expect(digest(primary.seen.at(-1)?.body)).toBe(digest(form('house')))
  expect(digest(fallback.seen[0]?.body)).toBe(digest(form('a-longer-name')))
  expect(fallback.seen[0]?.headers['content-length']).toBe(String(form('a-longer-name').length))
  expect(readdirSync(folder.path)).toEqual([])
})

test('a long recording that a server refused while it was sent reaches the next one whole', async () => {
  await using folder = await createTemporaryFolder()
  // It refuses at the first bytes and reads no more.
  const primary = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.pause()
      socket.end('HTTP/1.1 503 Busy\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}')
      setTimeout(() => socket.destroy(), 300)
    })
  })
  const port = await listen(primary)
  let digested = ''
  let took = 0
  const fallback = createHttpServer((request, response) => {
    const hash = createHash('sha256')
    request.on('data', (chunk: Buffer) => {
      took += chunk.length
      hash.update(chunk)
    })
    request.on('end', () => {
      digested = hash.digest('hex')
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"text":"what was said"}')
    })
  })
  const fallbackPort = await listen(fallback)
  const targets = [
    toTarget('house/0', `http://127.0.0.1:${port}/v1`, { isProbed: false, locality: 'cloud' }),
    toTarget('house/1', `http://127.0.0.1:${fallbackPort}/v1`, { isProbed: false, locality: 'cloud' }),
  ]
  await using house = await serve({ definition: toDefinition(targets), limits: { spillBytes: 65_536, spillDirectory: folder.path } })
  const audio = Buffer.alloc(30_000_000)
  for (let at = 0; at < audio.length; at += 4) audio.writeUInt32LE(at, at)
  const head = '--b0\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
  const form = Buffer.concat([Buffer.from(head), audio, Buffer.from('\r\n--b0--\r\n')])
  const headers = { 'content-type': 'multipart/form-data; boundary=b0' }
  for (let round = 0; round < 2; round++) {
    const reply = await call(house.url, { path: '/v1/audio/transcriptions', headers, body: form })
    expect([reply.status, reply.text, reply.headers['x-sanctum-backend']]).toEqual([200, '{"text":"what was said"}', 'house/1'])
    expect([took, digested]).toEqual([form.length, digest(form)])
    took = 0
  }
  await closeServer(primary)
  await closeServer(fallback)
})

test('a daily cap is counted in streams too and holds over a restart', async () => {
  await using folder = await createTemporaryFolder()
  await using upstream = await startUpstream(answerWords(12))
  const definition = toDefinition([toTarget('house/0', upstream.url)], { dailyCapCompletionTokens: 10 })
  const capStore = createFileCapStore(join(folder.path, 'caps.json'))
  const streamed = { body: chatOf('hello', { stream: true }) }
  {
    await using house = await serve({ definition, capStore })
    expect((await call(house.url, streamed)).status).toBe(200)
    expect(house.router.routes()[0]?.tokens_today).toBe(12)
  }
  await using house = await serve({ definition, capStore })
  const refused = await call(house.url, streamed)
  expect(refused.status).toBe(429)
  expect(upstream.seen).toHaveLength(1)
})

test('secrets, prompts and answers stand in no log, metric, status or error', async () => {
  const canaries = {
    prompt: 'canary prompt/ü',
    key: 'canary-key+own',
    client: 'canary-key+client',
    answer: 'canary answer/ß',
    refusal: 'canary refusal',
  }
  const log: string[] = []
  const answers: readonly Answer[] = [
    (_, response) => response.writeHead(500).end(JSON.stringify({ error: { message: `${canaries.refusal} ${canaries.prompt}` } })),
    (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(frame({ content: canaries.answer }))
      setTimeout(() => response.destroy(), 20)
    },
    (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(`data: {"error":{"message":"${canaries.refusal}"}}\n\n`)
    },
    (_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${canaries.answer}\n\n`),
    (_, response) => response.writeHead(401).end(JSON.stringify({ error: { message: `bad key ${canaries.key}` } })),
    (request) => request.socket.destroy(),
  ]
  const errors: string[] = []
  const sinks: string[] = []
  for (const answer of answers) {
    await using upstream = await startUpstream(answer)
    const target = toTarget('house/0', upstream.url, { credential: { kind: 'environment', variable: 'OWN' } })
    await using house = await serve({
      definition: toDefinition([target]),
      readers: { variable: () => canaries.key },
      log: (event) => log.push(JSON.stringify(event)),
      limits: { requestMs: 1_500 },
    })
    const headers = { authorization: `Bearer ${canaries.client}` }
    const body = chatOf(canaries.prompt, { stream: true, metadata: { note: canaries.prompt } })
    const reply = await call(house.url, { headers, body })
    errors.push(JSON.stringify(reply.headers), ...(reply.status === 200 ? [] : [reply.text]))
    sinks.push(JSON.stringify(house.router.metrics()), JSON.stringify(house.router.routes()), JSON.stringify(house.router.explain('house')))
  }
  const everything = [...sinks, ...log, ...errors].join('\n')
  // The planted fault: the same search finds what stands there.
  expect(found('house/0', everything)).toEqual(['plain'])
  for (const canary of Object.values(canaries)) expect([canary, ...found(canary, everything)]).toEqual([canary])
})

function found(secret: string, text: string): string[] {
  const forms = { plain: secret, base64: Buffer.from(secret).toString('base64').replace(/=+$/, ''), url: encodeURIComponent(secret) }
  return Object.entries(forms).flatMap(([name, form]) => (form !== secret || name === 'plain' ? (text.includes(form) ? [name] : []) : []))
}

function digest(bytes: Buffer | undefined): string {
  return createHash('sha256')
    .update(bytes ?? '')
    .digest('hex')
}
