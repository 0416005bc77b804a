import { type CallSeen, drillAnswer, type Fault, faults, toDrillRoutes } from '@sanctum/router-failover'
import { askGateway, createFaultServer, type FaultServer } from '@sanctum/router-failover/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenRouter, openRouter } from './open-router.ts'

// Nothing here is about time, so no clock may come in between.
const timeScale = 1 / 2
let server: FaultServer
let opened: OpenRouter
beforeAll(async () => {
  server = await createFaultServer({ timeScale })
  opened = await openRouter(server, timeScale)
})
afterAll(async () => {
  await opened[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

/** Cut after 20 of 60 words, on a route that allows to go on by prefill. */
async function cutAndContinued(name: string, fallback: Fault['fallback']): Promise<CallSeen> {
  const fault: Fault = { ...(faults.find(({ id }) => id === 'F15') as Fault), fallback }
  const place = server.open(name, fault)
  const [route] = toDrillRoutes(place, 'live', timeScale)
  const targets = route.targets.map((target) => ({ ...target, prefill: true }))
  opened.router.redefine({ routes: [{ ...route, continuation: true, targets }], defaultRoute: name })
  server.begin(name)
  const options = { isStream: true, limitMs: 10_000, nowMs: () => server.elapsedMs(name), leave: null }
  return await askGateway({ url: `${opened.baseUrl}/chat/completions`, model: name }, options)
}

const goesOn = [{ do: 'headers' }, { do: 'role' }, { do: 'words', from: 20, to: 60, gapMs: 15 }, { do: 'finish', done: true }] as const

test('a fallback that takes prefill goes on where the primary was cut', async () => {
  const call = await cutAndContinued('goes-on', { attempts: [goesOn] })
  expect(call).toMatchObject({ outcome: 'answer', text: drillAnswer, finishReason: 'stop', hasDone: true })
  expect(server.attempts('goes-on').map(({ endsWithAssistant }) => endsWithAssistant)).toEqual([false, true])
})

test.each<readonly [string, Fault['fallback']]>([
  [
    'begins again',
    { attempts: [[{ do: 'headers' }, { do: 'role' }, { do: 'words', from: 0, to: 60, gapMs: 15 }, { do: 'finish', done: true }]] },
  ],
  ['refuses prefill', { attempts: [goesOn], refusesPrefill: true }],
  ['is cut too', { attempts: [[{ do: 'headers' }, { do: 'words', from: 20, to: 40, gapMs: 15 }, { do: 'reset' }]] }],
  ['says nothing', { attempts: [[{ do: 'headers' }, { do: 'end' }]] }],
])('where the fallback %s, the cut is told, and no word comes twice', async (name, fallback) => {
  const call = await cutAndContinued(name.replaceAll(' ', '-'), fallback)
  expect(call.outcome).toBe('in-band-abort')
  expect(call.errorCode).toMatch(/^upstream_/)
  expect(drillAnswer.startsWith(call.text)).toBe(true)
})
