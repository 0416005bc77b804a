import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { hausStatus, roleHealth } from '@sanctum/contracts'
import { freePort } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'
import { ask, buildWebService, createHome, kill, until } from './create-home.ts'

const isUp = async (port: number) => (await ask(port, '/health'))?.status === 200

test('page and document, from the watchdog and without it', async () => {
  await using home = await createHome()
  await home.commit([buildWebService(home.path, 'web', await freePort())])
  await home.want('watchdog', 'dashboard', 'web')
  const watchdog = home.start('watchdog')
  const read = async () => {
    const answer = await ask(home.ports.dashboard, '/api/v1/status')
    return answer?.status === 200 ? hausStatus.parse(JSON.parse(answer.body)) : null
  }
  const verdictOf = async (id: string) => (await read())?.services.find((service) => service.id === id)?.verdict
  await until('web is healthy on the dashboard', async () => (await verdictOf('web')) === 'healthy')
  const page = await ask(home.ports.dashboard, '/')
  expect(page?.headers).toMatchObject({
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  })
  expect(page?.headers).not.toHaveProperty('access-control-allow-origin')
  expect(page?.body).toContain('Test haus')

  kill(watchdog.pid as number, 'SIGKILL')
  await until('the dashboard sees by itself that the watchdog is gone', async () => (await verdictOf('watchdog')) === 'failed')
  await until('and that web still answers', async () => (await verdictOf('web')) === 'healthy')
})

test('with everything dead or mute it answers within a second', async () => {
  await using home = await createHome()
  await home.commit([buildWebService(home.path, 'web', await freePort())])
  home.start('dashboard')
  await until('it is up', () => isUp(home.ports.dashboard))
  await ask(home.ports.dashboard, '/')
  const startedMs = performance.now()
  const answer = await ask(home.ports.dashboard, '/')
  // Twice the second that is promised: this machine is shared.
  expect(performance.now() - startedMs).toBeLessThan(2000)
  expect(answer?.status).toBe(200)
  expect(answer?.body).not.toContain('class="verdict healthy"')
})

test('ends on TERM with 0, within two seconds, even while somebody dawdles', async () => {
  await using home = await createHome()
  await home.commit()
  const child = home.start('dashboard')
  await until('it is up', () => isUp(home.ports.dashboard))
  const dawdler = connect(home.ports.dashboard, '127.0.0.1')
  dawdler.on('error', () => {})
  dawdler.write('GET / HTTP/1.1\r\nHost: 127.0')
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
  const startedMs = performance.now()
  kill(child.pid as number, 'SIGTERM')
  expect(await ended).toEqual({ code: 0, signal: null })
  expect(performance.now() - startedMs).toBeLessThan(4000)
  dawdler.destroy()
})

test('is health of its own, and bound to loopback only', async () => {
  await using home = await createHome()
  await home.commit()
  home.start('dashboard')
  await until('it is up', () => isUp(home.ports.dashboard))
  expect(roleHealth.parse(JSON.parse((await ask(home.ports.dashboard, '/health'))?.body ?? ''))).toMatchObject({
    role: 'dashboard',
    ok: true,
    generation: 1,
  })
  const outside = Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).filter(({ internal, family }) => !internal && family === 'IPv4'),
  )
  for (const { address } of outside) {
    const reached = await new Promise((resolve) => {
      const socket = connect(home.ports.dashboard, address)
      socket.on('connect', () => resolve(true))
      socket.on('error', () => resolve(false))
    })
    expect(reached, address).toBe(false)
  }
})
