import { type RouterScorecard, routerScorecard } from '@sanctum/contracts'
import { type Delivery, faults, healthyFault, renderScorecard } from '@sanctum/router-failover'
import { askGateway, createFaultServer, type FaultServer, runExam } from '@sanctum/router-failover/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenRouter, openRouter } from './open-router.ts'

/** At a twentieth of the time; at full length with SANCTUM_TEST_LONG, where everything waits side by side. */
const isLong = process.env.SANCTUM_TEST_LONG === '1'
const timeScale = isLong ? 1 : 1 / 20
const concurrency = isLong ? faults.length : 8

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

async function examine(delivery: Delivery, isStream: boolean): Promise<RouterScorecard> {
  const subject = opened.subject(delivery)
  const runName = `${delivery}-${isStream ? 'stream' : 'whole'}`
  const card = await runExam({ subject, faults, server, delivery, isStream, timeScale, concurrency, runName })
  expect(routerScorecard.parse(card)).toEqual(card)
  expect(card.healthy, card.healthy_why).toBe(true)
  expect(card.silent_truncations, renderScorecard(card)).toBe(0)
  const leaked = faults.filter(({ id }) => server.attempts(`${runName}-${id.toLowerCase()}`).some(({ hasClientKey }) => hasClientKey))
  expect(leaked, 'the key of the client reached a backend').toEqual([])
  return card
}

test('planted: a key that reaches a backend is seen', async () => {
  const { caseId, urls } = server.open('planted-key', healthyFault)
  const options = { isStream: true, limitMs: 5000, nowMs: () => server.elapsedMs(caseId), leave: null }
  const call = await askGateway({ url: `${urls.primary}/chat/completions`, model: 'any' }, options)
  expect(call.outcome).toBe('answer')
  expect(server.attempts(caseId)).toMatchObject([{ hasClientKey: true }])
})

const publicRows = ({ rows }: RouterScorecard) => rows.filter(({ id }) => id.startsWith('S'))
const count = (card: RouterScorecard, verdict: string) => publicRows(card).filter((row) => row.verdict === verdict).length

describe('every fault, by the table that was there before the code', () => {
  test('assured: all sixteen of the public exam, and all of ours', async () => {
    const card = await examine('assured', true)
    expect(count(card, 'pass'), renderScorecard(card)).toBe(16)
    expect(card.unexpected, renderScorecard(card)).toEqual([])
  })

  test('live: at least twelve pass, and the rest is safe', async () => {
    const card = await examine('live', true)
    expect(count(card, 'pass'), renderScorecard(card)).toBeGreaterThanOrEqual(12)
    expect(count(card, 'partial') + count(card, 'fail'), renderScorecard(card)).toBe(0)
    expect(card.unexpected, renderScorecard(card)).toEqual([])
  })

  test('answers that are no streams: a cut is rescued in both', async () => {
    const card = await examine('live', false)
    expect(card.unexpected, renderScorecard(card)).toEqual([])
    expect(card.totals.safe, renderScorecard(card)).toBe(0)
  })
})
