import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Backend } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import type { RouterDefinition } from '../config/router-definition.ts'
import { toRouterDefinition } from '../config/to-router-definition.ts'
import { defaultPolicy } from '../policy/router-policy.ts'
import { toWarmUpClocks } from '../request/attempt-clocks.ts'
import { conditionOf } from '../target/view-target.ts'
import { keepTargets } from './keep-targets.ts'
import { createRouterMetrics } from './router-metrics.ts'

const limits = { heldFrames: 64, heldBytes: 65_536, answerBytes: 65_536, refusalBytes: 65_536, frameBytes: 65_536 }

test('a warm-up may begin while the one before it still talks, and its end is told', async () => {
  let asked = 0
  await using house = await open((_, response) => {
    asked++
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: {"choices":[{"index":0,"delta":{"content":"yes"}}]}\n\n')
  })
  house.warm()
  await until(() => house.state().lastTokenAtMs !== null)
  house.keeper.tell(house.target.key, { kind: 'warm-up-started', atMs: performance.now() })
  house.warm()
  await until(() => asked === 2 && house.state().warmUpSinceMs === null)
})

test('what another definition of the same server says of it is taken over, and what was learned stands', async () => {
  await using house = await open((_, response) => response.end(), { load_time_s: 20 })
  house.keeper.tell(house.target.key, { kind: 'health-seen', atMs: performance.now(), health: 'loading' })
  house.keeper.hold(define({ url: house.target.url, load_time_s: 75, locality: 'cloud' }))
  expect(house.state()).toMatchObject({ isLocal: false, needsToken: false })
  house.keeper.hold(define({ url: house.target.url, load_time_s: 75 }))
  expect(house.state()).toMatchObject({ isLocal: true, loadMs: 75_000, why: 'its health was looked at: loading' })
})

test.each<[string, Partial<Backend>, readonly string[], string]>([
  ['sound only', { endpoints: ['audio/transcriptions', 'audio/speech'] }, ['/health', '/v1/models'], 'warm'],
  ['addresses that nobody declared', { default_model: 'whisper' }, ['/v1/chat/completions'], 'unknown'],
  ['another model than it declares', { default_model: 'a', endpoints: ['chat/completions'] }, ['/v1/chat/completions'], 'misconfigured'],
])('a 404 to a warm-up of a server with %s', async (_, more, paths, condition) => {
  const asked: (string | undefined)[] = []
  await using house = await open((request, response) => {
    asked.push(request.url)
    response.writeHead(404).end()
  }, more)
  house.keeper.tell(house.target.key, { kind: 'health-seen', atMs: performance.now(), health: 'refused' })
  house.keeper.tell(house.target.key, { kind: 'warm-up-started', atMs: performance.now() })
  house.warm()
  await until(() => house.state().warmUpSinceMs === null)
  expect(asked).toEqual(paths)
  expect(conditionOf(house.state(), performance.now(), defaultPolicy)).toBe(condition)
})

interface House extends AsyncDisposable {
  readonly keeper: ReturnType<typeof keepTargets>
  readonly target: RouterDefinition['routes'][number]['targets'][number]
  state(): ReturnType<ReturnType<typeof keepTargets>['stateOf']>
  warm(): void
}

async function open(answer: RequestListener, more: Partial<Backend> = {}): Promise<House> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const keeper = keepTargets({
    policy: defaultPolicy,
    readers: { variable: () => null, secret: () => null },
    limits,
    metrics: createRouterMetrics(),
    nowMs: () => performance.now(),
    onChange: () => {},
  })
  const definition = define({ url, ...more })
  keeper.hold(definition)
  const target = definition.routes[0]?.targets[0]
  if (target === undefined) throw new Error('the test has a mistake')
  return {
    keeper,
    target,
    state: () => keeper.stateOf(target.key),
    warm: () => keeper.warm(target, toWarmUpClocks(target, keeper.stateOf(target.key), defaultPolicy)),
    async [Symbol.asyncDispose]() {
      await keeper.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function define(house: Backend): RouterDefinition {
  const parsed = toRouterDefinition({ backends: { house }, defaultRoute: null })
  if (parsed.kind === 'invalid') throw new Error('the test has a mistake')
  return parsed.definition
}

async function until(isSo: () => boolean): Promise<void> {
  await expect.poll(isSo, { interval: 5, timeout: 10_000 }).toBe(true)
}
