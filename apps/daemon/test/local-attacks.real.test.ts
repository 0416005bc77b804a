import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, createHome, type TestHome, until } from './create-home.ts'

let home: TestHome
beforeAll(async () => {
  home = await createHome()
  await home.commit()
  home.start('watchdog')
  home.start('dashboard')
  for (const port of [home.ports.watchdog, home.ports.dashboard])
    await until('it is up', async () => (await ask(port, '/health'))?.status === 200)
})
afterAll(() => home[Symbol.asyncDispose]())

/** Sends these very bytes; the status that comes back, null for none. */
function send(port: number, bytes: string): Promise<number | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', () => resolve(null))
    socket.on('close', () => resolve(answer === '' ? null : Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])))
    socket.end(bytes)
  })
}

const routes = [
  ['watchdog', '/health'],
  ['watchdog', '/status'],
  ['watchdog', '/metrics'],
  ['watchdog', '/nothing'],
  ['dashboard', '/health'],
  ['dashboard', '/api/v1/status'],
  ['dashboard', '/'],
  ['dashboard', '/style.css'],
  ['dashboard', '/nothing'],
] as const

/** `HOST` stands for the right host and port. */
const attacks: readonly (readonly [string, string, string, number])[] = [
  ['a rebound name', 'GET', 'Host: rebound.example', 403],
  ['a rebound name with our port', 'GET', 'Host: rebound.example:PORT', 403],
  ['another port', 'GET', 'Host: 127.0.0.1:1', 403],
  ['no port', 'GET', 'Host: 127.0.0.1', 403],
  ['no Host', 'GET', 'X-Nothing: 1', 400],
  ['two Hosts', 'GET', 'Host: HOST\r\nHost: rebound.example', 400],
  ['a page of another origin', 'GET', 'Host: HOST\r\nOrigin: http://evil.example', 403],
  ['a page without origin', 'GET', 'Host: HOST\r\nOrigin: null', 403],
  ['a preflight', 'OPTIONS', 'Host: HOST\r\nOrigin: http://evil.example\r\nAccess-Control-Request-Method: POST', 405],
  ['an act', 'POST', 'Host: HOST\r\nContent-Type: application/json\r\nContent-Length: 2', 405],
  ['a token that nobody gave out', 'GET', 'Host: HOST\r\nAuthorization: Bearer guessed', 401],
  ['a body where none belongs', 'GET', 'Host: HOST\r\nContent-Length: 2', 400],
  ['headers without end', 'GET', `Host: HOST\r\nX-Long: ${'x'.repeat(20_000)}`, 431],
]

describe.each(routes)('%s %s', (role, path) => {
  test.each(attacks)('refuses %s', async (_, method, headers, status) => {
    const port = home.ports[role]
    const filled = headers.replaceAll('HOST', `127.0.0.1:${port}`).replaceAll('PORT', String(port))
    expect(
      await send(
        port,
        `${method} ${path} HTTP/1.1\r\n${filled}\r\nConnection: close\r\n\r\n${method === 'POST' || filled.includes('Length') ? '{}' : ''}`,
      ),
    ).toBe(status)
  })

  test('answers who asks properly', async () => {
    const answer = await ask(home.ports[role], path)
    expect(answer?.status).toBe(path === '/nothing' ? 404 : 200)
    expect(answer?.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
  })
})

test('a full URL as target, as a proxy would get it, is refused', async () => {
  const port = home.ports.watchdog
  expect(await send(port, `GET http://evil.example/health HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`)).toBe(400)
})

test('who sends its headers too slowly is cut off', async () => {
  const port = home.ports.watchdog
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.resume()
  socket.write('GET /health HTTP/1.1\r\n')
  const timer = setInterval(() => socket.write('X-Slow: 1\r\n'), 500)
  await closed
  clearInterval(timer)
  expect((await ask(port, '/health'))?.status).toBe(200)
})
