import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProbeContext, ProbeOf } from '@sanctum/probes'
import { observe } from '@sanctum/probes/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStub, findClosedPort, toAnswer } from './stubs.ts'

const nothing: ProbeContext = { provides: [], process: null, lastRun: null }

function probe(port: number, overrides: Partial<ProbeOf<'http'>> = {}): ProbeOf<'http'> {
  return { type: 'http', port, path: '/health', timeout_ms: 2000, interval_s: 1, open_after: 3, close_after: 2, ...overrides }
}

type Behaviour = (socket: Socket) => void

const answering =
  (text: string): Behaviour =>
  (socket) =>
    socket.once('data', () => socket.end(text))

describe('what a server does with a probe', () => {
  test.each<readonly [string, Behaviour, Partial<ProbeOf<'http'>>, string]>([
    ['answers', answering(toAnswer(200, 'ok')), {}, 'passed'],
    ['answers with JSON', answering(toAnswer(200, '{"status":"ok"}')), { json: { path: '/status', equals: 'ok' } }, 'passed'],
    [
      'answers in chunks',
      answering('HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
      { contains: 'ok' },
      'passed',
    ],
    [
      'answers with a page where JSON is asked for',
      answering(toAnswer(200, '<html/>', { 'content-type': 'text/html' })),
      { json: { path: '/ok', equals: true } },
      'wrong-answer',
    ],
    ['answers with nothing', answering(toAnswer(200, '')), {}, 'wrong-answer'],
    [
      'answers that it does not work',
      answering(toAnswer(200, '{"success":false}', { 'content-type': 'application/json' })),
      {},
      'wrong-answer',
    ],
    ['sends the probe elsewhere', answering(toAnswer(302, 'x', { location: 'http://127.0.0.1:1/' })), {}, 'wrong-answer'],
    ['does not let the probe in', answering(toAnswer(401, 'x')), {}, 'authentication'],
    ['breaks', answering(toAnswer(503, 'x')), {}, 'wrong-answer'],
    ['does not speak HTTP', answering('220 mail.example ESMTP\r\n'), {}, 'wrong-answer'],
    ['hangs up at once', (socket) => socket.destroy(), {}, 'transport'],
    ['hangs up after the question', (socket) => socket.once('data', () => socket.destroy()), {}, 'transport'],
    ['hangs up in its answer', answering('HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\nhalf'), {}, 'transport'],
    ['answers with 2 MiB', answering(toAnswer(200, 'x'.repeat(2 * 1024 * 1024))), {}, 'wrong-answer'],
    ['answers with headers of 64 KiB', answering(toAnswer(200, 'ok', { 'x-long': 'x'.repeat(64 * 1024) })), {}, 'wrong-answer'],
  ])('one that %s', async (_, behaviour, overrides, expected) => {
    await using stub = await createStub(behaviour)
    const seen = await observe(probe(stub.port, overrides), nothing)
    expect(seen.kind === 'failed' ? seen.cause : seen.kind, seen.detail).toBe(expected)
  })

  test('nobody listens', async () => {
    expect(await observe(probe(await findClosedPort()), nothing)).toMatchObject({
      kind: 'failed',
      cause: 'transport',
      detail: 'nobody listens (ECONNREFUSED)',
    })
  })

  test('every probe has a connection of its own', async () => {
    let connections = 0
    await using stub = await createStub((socket) => {
      connections++
      socket.on('data', () => socket.write(toAnswer(200, 'ok', { connection: 'keep-alive' })))
    })
    for (let round = 1; round <= 3; round++) {
      expect(await observe(probe(stub.port), nothing)).toMatchObject({ kind: 'passed' })
      expect(connections).toBe(round)
    }
  })

  test('sends method, headers and body, once', async () => {
    let question = ''
    await using stub = await createStub((socket) =>
      socket.on('data', (chunk) => {
        question += chunk
        if (question.includes('{"a":1}')) socket.end(toAnswer(200, 'ok'))
      }),
    )
    const seen = await observe(
      probe(stub.port, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }),
      nothing,
    )
    expect(seen.kind).toBe('passed')
    expect(question).toMatch(/^POST \/health HTTP\/1\.1\r\n/)
    expect(question).toContain('content-type: application/json')
    expect(question.toLowerCase()).toContain('connection: close')
  })
})

describe('what a probe writes', () => {
  async function written(overrides: Partial<ProbeOf<'http'>>): Promise<{ question: string; seen: Awaited<ReturnType<typeof observe>> }> {
    let question = ''
    await using stub = await createStub((socket) =>
      socket.on('data', (chunk) => {
        question += chunk
        socket.end(toAnswer(200, 'ok'))
      }),
    )
    const url = overrides.url?.replace('PORT', String(stub.port))
    const seen = await observe({ ...probe(stub.port, overrides), ...(url === undefined ? {} : { url }) }, nothing)
    return { question: question.toLowerCase().replaceAll(String(stub.port), 'port'), seen }
  }

  test('a name and a password in its URL become a header, and a header of its own wins over ours', async () => {
    const { question } = await written({ url: 'http://neo:a%20b@127.0.0.1:PORT', path: '/x?y=1', headers: { Accept: 'text/plain' } })
    expect(question).toContain('get /x?y=1 http/1.1\r\nhost: 127.0.0.1:port\r\n')
    expect(question).toContain(`authorization: basic ${Buffer.from('neo:a b').toString('base64').toLowerCase()}`)
    expect(question.match(/accept: .*/g)).toEqual(['accept: text/plain'])
  })

  test('a header that would be two is not sent, and nobody is blamed', async () => {
    const { question, seen } = await written({ headers: { 'x-a': 'b\r\nx-c: d' } })
    expect([seen.kind, question]).toEqual(['could-not-check', ''])
  })
})

describe('a server that hangs meets the absolute deadline', () => {
  const hangs: readonly (readonly [string, Behaviour, string])[] = [
    ['accepts and never answers', () => {}, 'did not answer'],
    [
      'sends its headers and no body',
      (socket) => socket.once('data', () => socket.write('HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\n')),
      'no body',
    ],
    ['sends half a header', (socket) => socket.once('data', () => socket.write('HTTP/1.1 200 X\r\ncontent-le')), 'did not answer'],
    ['trickles its body', trickle('HTTP/1.1 200 X\r\ncontent-length: 1000\r\n\r\n', 'x'), 'bytes without an end'],
    ['trickles its headers', trickle('HTTP/1.1 200 X\r\nx-slow: ', 'x'), 'did not answer'],
    [
      'keeps the line alive with comments',
      trickle('HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n', '2\r\n:\n\r\n'),
      'bytes without an end',
    ],
  ]

  test.each(hangs)('one that %s', async (_, behaviour, detail) => {
    await using stub = await createStub(behaviour)
    const seen = await observe(probe(stub.port, { timeout_ms: 400 }), nothing)
    expect(seen).toMatchObject({ kind: 'failed', cause: 'timeout', detail: expect.stringContaining(detail) })
    expect(seen.tookMs).toBeGreaterThanOrEqual(395)
    expect(seen.tookMs).toBeLessThan(1400)
  })

  test('planted fault: a clock that starts anew with each byte never ends', async () => {
    await using stub = await createStub(trickle('HTTP/1.1 200 X\r\ncontent-length: 1000\r\n\r\n', 'x'))
    const idleClock = new Promise<string>((resolve) => {
      void import('node:http').then(({ get }) => {
        const request = get({ port: stub.port, host: '127.0.0.1', timeout: 400, agent: false }, (response) => response.resume())
        request.on('timeout', () => resolve('timeout'))
        request.on('error', () => {})
        setTimeout(() => {
          resolve('still waiting')
          request.destroy()
        }, 1200)
      })
    })
    expect(await idleClock).toBe('still waiting')
  })

  test('calling a probe off says nothing about the service', async () => {
    await using stub = await createStub(() => {})
    const controller = new AbortController()
    const seeing = observe(probe(stub.port), nothing, { signal: controller.signal })
    controller.abort()
    expect(await seeing).toMatchObject({ kind: 'could-not-check' })
    expect(await observe(probe(stub.port), nothing, { signal: controller.signal })).toMatchObject({
      kind: 'could-not-check',
      detail: 'the probe was called off',
    })
  })
})

function trickle(head: string, piece: string): Behaviour {
  return (socket) => {
    socket.once('data', () => socket.write(head))
    const timer = setInterval(() => socket.write(piece), 50)
    socket.on('close', () => clearInterval(timer))
  }
}

describe('mTLS', () => {
  let folder = ''
  const at = (name: string) => join(folder, name)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sanctum-probe-tls-'))
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test ca', '-days', '2')
    for (const name of ['server', 'client']) {
      openssl(
        'req',
        '-x509',
        ...key,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.pem`,
        '-subj',
        `/CN=${name}`,
        '-days',
        '2',
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-addext',
        'basicConstraints=critical,CA:FALSE',
      )
    }
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function startServer(): Promise<AsyncDisposable & { readonly port: number }> {
    const [key, cert, ca] = await Promise.all(['server.key', 'server.pem', 'ca.pem'].map((name) => readFile(at(name))))
    const server = createServer({ key, cert, ca, requestCert: true, rejectUnauthorized: true }, (_, response) => response.end('ok'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as { port: number }
    return { port, [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())) }
  }

  test.each<readonly [string, () => ProbeOf<'http'>['tls'], string]>([
    [
      'both certificates',
      () => ({ ca_cert_path: at('ca.pem'), client_cert_path: at('client.pem'), client_key_path: at('client.key') }),
      'passed',
    ],
    ['no certificate of ours', () => ({ ca_cert_path: at('ca.pem') }), 'authentication'],
    ['no trust in theirs', () => ({ client_cert_path: at('client.pem'), client_key_path: at('client.key') }), 'authentication'],
    ['a certificate file that does not exist', () => ({ ca_cert_path: at('nowhere.pem') }), 'could-not-check'],
  ])('%s', async (_, tls, expected) => {
    await using server = await startServer()
    const seen = await observe(probe(server.port, { tls: tls() }), nothing)
    expect(seen.kind === 'failed' ? seen.cause : seen.kind, seen.detail).toBe(expected)
  })

  test.each<readonly [string, () => ProbeOf<'http'>['tls'], string]>([
    ['a key without its certificate', () => ({ client_key_path: at('client.key') }), 'proves nothing'],
    ['a certificate without its key', () => ({ client_cert_path: at('client.pem') }), 'proves nothing'],
    ['the key of another', () => ({ client_cert_path: at('client.pem'), client_key_path: at('server.key') }), 'is not the key of'],
    ['no key at all', () => ({ client_cert_path: at('client.pem'), client_key_path: at('ca.pem') }), 'cannot be read'],
    ['a file that is not there', () => ({ ca_cert_path: at('nowhere.pem') }), 'ENOENT'],
  ])('%s is our own mistake, and nobody is blamed', async (_, tls, why) => {
    await using server = await startServer()
    const seen = await observe(probe(server.port, { tls: tls() }), nothing)
    expect(seen).toMatchObject({ kind: 'could-not-check', detail: expect.stringMatching(/^misconfigured: /) })
    expect(seen.detail).toContain(why)
  })

  test('a certificate that ends in two days is good for one and not for fourteen', async () => {
    await using server = await startServer()
    const tls = { ca_cert_path: at('ca.pem'), client_cert_path: at('client.pem'), client_key_path: at('client.key') }
    expect(await observe(probe(server.port, { tls, min_certificate_days: 1 }), nothing)).toMatchObject({ kind: 'passed' })
    expect(await observe(probe(server.port, { tls, min_certificate_days: 14 }), nothing)).toMatchObject({
      kind: 'failed',
      cause: 'exhausted',
    })
  })

  test('plain where TLS is spoken, and TLS where it is not', async () => {
    await using server = await startServer()
    expect(await observe(probe(server.port), nothing)).toMatchObject({ kind: 'failed', cause: 'transport' })
    await using stub = await createStub(answering(toAnswer(200, 'ok')))
    expect(await observe(probe(stub.port, { tls: {} }), nothing)).toMatchObject({ kind: 'failed', cause: 'transport' })
  })
})
