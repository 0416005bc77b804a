import { expect, test } from 'vitest'
import type { CommandContext } from '../command.ts'
import { reachRouter, readRouterStatus } from './find-router.ts'
import { toRouterWords } from './router-words.ts'

test('a foreign answer is told as one, wherever the status is read', async () => {
  const asked = readRouterStatus({
    place: { host: '127.0.0.1', port: 8900, tls: null },
    clientToken: null,
    ask: async () => ({ status: 200, document: { data: [] } }),
  })
  await expect(asked).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'port 8900 answers, but not as a router of this version' })
})

test.each([
  [['node', 'sanctumd', 'router'], { host: '127.0.0.1', certFile: null, tokenFile: null }],
  [['sanctumd', 'router', '--bind', '0.0.0.0', '--tls-cert=/c.pem'], { host: '127.0.0.1', certFile: '/c.pem', tokenFile: null }],
  [['sanctumd', 'router', '--bind=10.0.0.7', '--token-file', '/t'], { host: '10.0.0.7', certFile: null, tokenFile: '/t' }],
])('where a haus has its router is read from how it starts it: %j', (command, place) => {
  expect(toRouterWords(command, 8900)).toEqual({ port: 8900, ...place })
})

test.each([
  [true, /listens .* does not answer/, /restart sanctum-server/],
  [false, /no router answers/, /sanctumctl up/],
])('a router that hangs (%s) is not told as one that is missing', async (hangs, message, hint) => {
  const ports = { router: async () => ({ ask: async () => ({ kind: 'silent', why: 'no whole answer came', hangs }) }) }
  const { ask } = await reachRouter({ options: { port: '8900' }, ports } as unknown as CommandContext)
  await expect(ask({ method: 'GET', path: '/v1/backends' })).rejects.toMatchObject({
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  })
})
