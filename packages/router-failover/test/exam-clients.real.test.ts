import { type Delivery, drillAnswer, drillQuestion, faults, type RouteDefinition } from '@sanctum/router-failover'
import { createFaultServer, createRouterSubject, type ExamSubject, type FaultServer } from '@sanctum/router-failover/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askWithClients, type ClientCall, type ClientResult, clientNames } from '../../../tools/exam-clients/ask-with-clients.ts'
import { type OpenRouter, openRouter } from './open-router.ts'
import { createPlantedGateway, truncatesSilently } from './planted-gateways.ts'

const timeScale = 1 / 20
let server: FaultServer
/** At its own pace: what is asked of it here is found by no clock, and at a twentieth it would look at a hundred servers all the time. */
let calm: OpenRouter
/** For what would take long otherwise. */
let quick: OpenRouter
beforeAll(async () => {
  server = await createFaultServer({ timeScale })
  calm = await openRouter(server, 1)
  quick = await openRouter(server, timeScale)
})
afterAll(async () => {
  await calm[Symbol.asyncDispose]()
  await quick[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

/** Every client, streamed and not, on each of the faults; a case of its own for each call, so that none sees what another left. */
async function ask(
  subject: ExamSubject,
  runName: string,
  ids: readonly string[],
  ways: readonly boolean[] = [true, false],
): Promise<readonly (ClientResult & { readonly fault: string })[]> {
  const calls = await Promise.all(
    ids.flatMap((fault) => clientNames.flatMap((client) => ways.map((stream) => toCall(subject, runName, { fault, client, stream })))),
  )
  const results = await askWithClients(calls)
  return results.map((result) => ({ ...result, fault: result.id.split(' ')[1] ?? '' }))
}

async function toCall(
  subject: ExamSubject,
  runName: string,
  { fault: id, client, stream }: { fault: string } & Pick<ClientCall, 'client' | 'stream'>,
): Promise<ClientCall> {
  const known = faults.find((each) => each.id === id)
  if (known === undefined) throw new Error(`no fault ${id}`)
  // None of these faults is found by a clock, and three clients that start at once keep a machine busy.
  const fault = { ...known, limits: { ...known.limits, firstTokenMs: 120_000, idleMs: 120_000 } }
  const callId = `${runName} ${id} ${client} ${stream ? 'stream' : 'whole'}`
  const place = server.open(caseOf(callId), fault)
  server.begin(place.caseId)
  const { url, model, headers = {} } = await subject.address(place)
  return {
    id: callId,
    client,
    stream,
    baseUrl: url.replace('/chat/completions', ''),
    model,
    question: drillQuestion,
    headers,
  }
}

const caseOf = (callId: string): string => callId.toLowerCase().replaceAll(' ', '-')

const tookHalf = (results: readonly ClientResult[]): readonly string[] =>
  results.filter(({ outcome, text }) => outcome === 'answer' && text.trim() !== drillAnswer).map(({ id }) => id)

test('planted: behind a gateway that ends a cut cleanly, clients take half an answer for a whole one, and it shows', async () => {
  await using gateway = await createPlantedGateway('truncates-silently', truncatesSilently)
  const results = await ask(gateway, 'planted', ['F01', 'F15'], [true])
  expect(results.filter(({ fault, outcome }) => fault === 'F01' && outcome !== 'answer')).toEqual([])
  expect(tookHalf(results)).toEqual(expect.arrayContaining(['planted F15 openai stream', 'planted F15 langchain stream']))
})

describe('through the router, delivered live', () => {
  let results: Awaited<ReturnType<typeof ask>>
  beforeAll(async () => {
    const [first, second] = await Promise.all([
      ask(everythingAtOnce(calm, 'live'), 'calm', ['F01', 'F02', 'F15', 'F18', 'F21', 'F23', 'O11', 'O13']),
      ask(everythingAtOnce(quick, 'live'), 'quick', ['O04']),
    ])
    results = [...first, ...second]
  })

  const of = (...ids: readonly string[]) => results.filter(({ fault }) => ids.includes(fault))
  const attemptsOf = ({ id }: ClientResult) => server.attempts(caseOf(id)).filter(({ isProbe }) => !isProbe).length

  test('no client takes half an answer for a whole one', () => {
    expect(tookHalf(results)).toEqual([])
    expect(results).toHaveLength(9 * 3 * 2)
  })

  test('what happens before the first word is never heard of', () => {
    expect(of('F01', 'F02', 'F21', 'O11').filter(({ outcome }) => outcome !== 'answer')).toEqual([])
  })

  test('every client reports a stream that was cut, that broke off cleanly, or that held an error', () => {
    const broken = of('F15', 'F18', 'O13').filter(({ id }) => id.endsWith('stream'))
    expect(broken.filter(({ outcome }) => outcome !== 'error')).toEqual([])
    expect(broken.filter(({ text }) => !drillAnswer.startsWith(text.trim()))).toEqual([])
  })

  test('the same faults in answers that are no streams are rescued', () => {
    const rescued = of('F15', 'F18', 'O13').filter(({ id }) => id.endsWith('whole'))
    expect(rescued.filter(({ outcome }) => outcome !== 'answer')).toEqual([])
  })

  test('a refusal of the request reaches its client with the reason, and is asked once', () => {
    expect(of('F23').filter(({ outcome, error }) => outcome !== 'error' || !error?.includes('content_policy_violation'))).toEqual([])
    expect(of('F23').map(attemptsOf)).toEqual([1, 1, 1, 1, 1, 1])
  })

  test('clients that retry do not multiply the attempts of the router', () => {
    expect(of('O04').filter(({ outcome }) => outcome !== 'error')).toEqual([])
    // Three tries of six would be eighteen. Not every client says that it repeats itself: then five failures open the breaker of each of
    // the two servers, and the last try asks each once more.
    expect(
      of('O04')
        .filter((result) => attemptsOf(result) > 12)
        .map((result) => [result.id, attemptsOf(result)]),
    ).toEqual([])
  })
})

test('through the router, delivered assured: a cut is repaired, and signs of life before the first word disturb nobody', async () => {
  const results = await ask(everythingAtOnce(quick, 'assured'), 'assured', ['F15', 'O09'], [true])
  expect(results.filter(({ outcome }) => outcome !== 'answer')).toEqual([])
  expect(tookHalf(results)).toEqual([])
})

/** All cases as routes of one definition: more than a router takes drills at a time. */
function everythingAtOnce(opened: OpenRouter, delivery: Delivery): ExamSubject {
  const routes: RouteDefinition[] = []
  return createRouterSubject({
    baseUrl: opened.baseUrl,
    version: null,
    delivery,
    timeScale,
    async addRoute(route) {
      routes.push(route)
      opened.router.redefine({ routes, defaultRoute: route.name })
    },
    async removeRoute() {},
  })
}
