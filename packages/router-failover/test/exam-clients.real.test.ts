import { drillAnswer, drillQuestion, faults } from '@sanctum/router-failover'
import { createFaultServer, type ExamSubject, type FaultServer } from '@sanctum/router-failover/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askWithClients, type ClientCall, type ClientResult, clientNames } from '../../../tools/exam-clients/ask-with-clients.ts'
import { createPlantedGateway, truncatesSilently } from './planted-gateways.ts'

const timeScale = 1 / 20
let server: FaultServer
beforeAll(async () => {
  server = await createFaultServer({ timeScale })
})
afterAll(async () => await server[Symbol.asyncDispose]())

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
  return results.map((result) => ({ ...result, fault: result.id.split(' ')[0] ?? '' }))
}

async function toCall(
  subject: ExamSubject,
  runName: string,
  { fault: id, client, stream }: { fault: string } & Pick<ClientCall, 'client' | 'stream'>,
): Promise<ClientCall> {
  const fault = faults.find((known) => known.id === id)
  if (fault === undefined) throw new Error(`no fault ${id}`)
  const place = server.open(`${runName}-${id}-${client}-${stream}`.toLowerCase(), fault)
  server.begin(place.caseId)
  const { url, model, headers = {} } = await subject.address(place)
  return {
    id: `${id} ${client} ${stream ? 'stream' : 'whole'}`,
    client,
    stream,
    baseUrl: url.replace('/chat/completions', ''),
    model,
    question: drillQuestion,
    headers,
  }
}

const tookHalf = (results: readonly ClientResult[]): readonly string[] =>
  results.filter(({ outcome, text }) => outcome === 'answer' && text.trim() !== drillAnswer).map(({ id }) => id)

test('planted: behind a gateway that ends a cut cleanly, clients take half an answer for a whole one, and it shows', async () => {
  await using gateway = await createPlantedGateway('truncates-silently', truncatesSilently)
  const results = await ask(gateway, 'planted', ['F01', 'F15'], [true])
  expect(results.filter(({ fault, outcome }) => fault === 'F01' && outcome !== 'answer')).toEqual([])
  expect(tookHalf(results)).toEqual(expect.arrayContaining(['F15 openai stream', 'F15 langchain stream']))
})
