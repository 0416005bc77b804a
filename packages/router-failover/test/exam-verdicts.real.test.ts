import type { RouterScorecard } from '@sanctum/contracts'
import { faults } from '@sanctum/router-failover'
import { createFaultServer, type ExamSubject, type FaultServer, runExam } from '@sanctum/router-failover/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as gateways from './planted-gateways.ts'

/** The examiner is examined: gateways that are good or bad in one way, and what has to be said of each. */
const timeScale = 1 / 40
let server: FaultServer
beforeAll(async () => {
  server = await createFaultServer({ timeScale })
})
afterAll(async () => await server[Symbol.asyncDispose]())

async function examine(subject: ExamSubject, ids: readonly string[], isStream = true): Promise<RouterScorecard> {
  const chosen = faults.filter(({ id }) => ids.includes(id))
  const runName = `${subject.name}-${isStream}`
  return await runExam({ subject, faults: chosen, server, delivery: null, isStream, timeScale, concurrency: 6, runName })
}

const verdictsOf = (card: RouterScorecard) => Object.fromEntries(card.rows.map(({ id, verdict }) => [id, verdict]))
const heldOf = (card: RouterScorecard, id: string, check: string) =>
  card.rows.find((row) => row.id === id)?.checks.find((seen) => seen.id === check)?.held

const cases: readonly {
  readonly name: string
  readonly gateway: Parameters<typeof gateways.createPlantedGateway>[1]
  readonly verdicts: Readonly<Record<string, string>>
  readonly broken: readonly [string, string][]
}[] = [
  {
    name: 'passes-on',
    gateway: gateways.passesOn,
    verdicts: {
      S03: 'safe',
      S08: 'safe',
      S10: 'pass',
      S11: 'pass',
      S12: 'safe',
      S13: 'pass',
      F10: 'pass',
      F18: 'safe',
      F19: 'partial',
      F23: 'pass',
    },
    broken: [],
  },
  {
    name: 'truncates-silently',
    gateway: gateways.truncatesSilently,
    verdicts: { S08: 'fail', S14: 'fail', S11: 'pass', F15: 'fail', F21: 'fail', O13: 'fail' },
    broken: [
      ['S08', 'no-silent-truncation'],
      ['F21', 'no-silent-truncation'],
    ],
  },
  {
    name: 'replays',
    gateway: gateways.replays,
    verdicts: { S08: 'fail', F15: 'fail', F20: 'pass' },
    broken: [
      ['S08', 'no-replay'],
      ['F15', 'no-replay'],
    ],
  },
  {
    name: 'retries-for-ever',
    gateway: gateways.retriesForEver,
    verdicts: { S02: 'fail', S03: 'pass', S04: 'fail', S05: 'pass', S12: 'fail' },
    broken: [
      ['S02', 'bounded-attempts'],
      ['S04', 'bounded-attempts'],
      ['S04', 'no-hang'],
      ['S12', 'not-sent-again'],
    ],
  },
  {
    name: 'hangs',
    gateway: gateways.hangs,
    verdicts: { F03: 'fail', S13: 'fail', F14: 'fail' },
    broken: [
      ['F03', 'no-hang'],
      ['S13', 'no-hang'],
      ['F14', 'no-hang'],
    ],
  },
  {
    name: 'forgets-to-hang-up',
    gateway: gateways.forgetsToHangUp,
    verdicts: { O05: 'fail', O06: 'fail', O07: 'fail' },
    broken: [
      ['O05', 'hung-up'],
      ['O06', 'hung-up'],
      ['O07', 'hung-up'],
    ],
  },
  {
    name: 'falls-over-on-anything',
    gateway: gateways.fallsOverOnAnything,
    verdicts: {
      S01: 'partial',
      S03: 'partial',
      S04: 'pass',
      S12: 'pass',
      S13: 'partial',
      S16: 'pass',
      F22: 'fail',
      O04: 'pass',
      O11: 'pass',
    },
    broken: [
      ['S01', 'retried'],
      ['F22', 'not-sent-again'],
    ],
  },
]

describe.concurrent('a gateway that', () => {
  test.each(cases)('$name', async ({ name, gateway, verdicts, broken }) => {
    await using subject = await gateways.createPlantedGateway(name, gateway)
    const card = await examine(subject, Object.keys(verdicts))
    expect(card.healthy, card.healthy_why).toBe(true)
    expect(verdictsOf(card), JSON.stringify(card.rows, null, 1)).toEqual(verdicts)
    expect(broken.filter(([id, check]) => heldOf(card, id, check) !== false)).toEqual([])
    expect(card.silent_truncations).toBe(card.rows.filter(({ silent_truncation }) => silent_truncation).length)
  })

  test('answers nobody is not judged', async () => {
    await using subject = await gateways.createPlantedGateway('answers-nobody', gateways.answersNobody)
    const card = await examine(subject, ['S04', 'S08'])
    expect(card).toMatchObject({ healthy: false, rows: [] })
  })
})
