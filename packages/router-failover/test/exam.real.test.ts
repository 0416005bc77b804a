import { type RouterScorecard, routerScorecard } from '@sanctum/contracts'
import { type Delivery, type DrillEndpoint, type Fault, faults, healthyFault, renderScorecard, scoreRun } from '@sanctum/router-failover'
import { askGateway, createFaultServer, runExam } from '@sanctum/router-failover/node'
import { recordProof } from '@sanctum/testkit/node'
import { describe, expect, test } from 'vitest'
import { openRouter } from './open-router.ts'

/**
 * At a twentieth of the time; at full length with SANCTUM_TEST_LONG, where every fault of every exam waits side by side, each exam at servers
 * and a router of its own: all of it takes as long as its longest fault and those whose client leaves, some two and a half minutes.
 */
const isLong = process.env.SANCTUM_TEST_LONG === '1'
const pace: Pace = isLong ? { timeScale: 1, concurrency: faults.length, apartMs: 300 } : { timeScale: 1 / 20, concurrency: 8 }
/** A busy machine weighs a fifth here of what it weighs there. */
const calmPace = { timeScale: 1 / 4, concurrency: 4 }
/** So many rows that look wrong are no trick of the machine. */
const MOST_DOUBTS = 8

interface Pace {
  readonly timeScale: number
  readonly concurrency: number
  readonly apartMs?: number
}

/** What was in doubt at the quick pace is judged at the calm one; a word lost or said twice is in no doubt. */
async function examine(delivery: Delivery, isStream: boolean): Promise<RouterScorecard> {
  const card = await examineWithDoubt({ delivery, isStream, chosen: faults })
  recordProof({
    programme: `router-exam-${delivery}${isStream ? '' : '-not-streamed'}`,
    seed: null,
    counts: {
      faults: card.rows.length,
      whole: card.rows.filter(({ verdict }) => verdict === 'pass').length,
      silent_truncations: card.silent_truncations,
      seconds_of_the_longest: Math.round(Math.max(...card.rows.map(({ took_ms }) => took_ms)) / 1000),
    },
    failures: card.unexpected.length,
    guards: ['packages/router-failover/src', 'packages/router-failover/test/exam.real.test.ts'],
  })
  expect(card.unexpected, renderScorecard(card)).toEqual([])
  return card
}

async function examineWithDoubt(exam: Omit<Exam, 'pace'>): Promise<RouterScorecard> {
  const first = await takeExam({ ...exam, pace })
  if (first.unexpected.length === 0 || first.unexpected.length > MOST_DOUBTS || isLong) return first
  const doubtful = faults.filter(({ id }) => first.unexpected.includes(id))
  process.stdout.write(`judged again at a quarter of the time: ${first.unexpected.join(', ')}\n`)
  const again = await takeExam({ ...exam, chosen: doubtful, pace: calmPace })
  const rows = first.rows.map((row) => again.rows.find(({ id }) => id === row.id) ?? row)
  return { ...again, rows }
}

interface Exam {
  readonly delivery: Delivery
  readonly endpoint?: DrillEndpoint
  readonly isStream: boolean
  readonly chosen: readonly Fault[]
  readonly pace: Pace
}

async function takeExam({
  delivery,
  isStream,
  endpoint = 'chat/completions',
  chosen,
  pace: { timeScale, ...pace },
}: Exam): Promise<RouterScorecard> {
  await using server = await createFaultServer({ timeScale })
  await using opened = await openRouter(server, timeScale)
  const common = { server, delivery, isStream, endpoint, timeScale, runName: 'exam' }
  const card = await runExam({ ...common, subject: opened.subject(delivery), faults: chosen, ...pace })
  expect(routerScorecard.parse(card)).toEqual(card)
  expect(card.healthy, card.healthy_why).toBe(true)
  expect(card.silent_truncations, renderScorecard(card)).toBe(0)
  expect(card.rows.filter(isReplay), renderScorecard(card)).toEqual([])
  const leaked = chosen.filter(({ id }) => server.attempts(`exam-${id.toLowerCase()}`).some(({ hasClientKey }) => hasClientKey))
  expect(leaked, 'the key of the client reached a backend').toEqual([])
  return card
}

const isReplay = ({ checks }: RouterScorecard['rows'][number]): boolean => checks.some(({ id, held }) => id === 'no-replay' && !held)

test('planted: a key that reaches a backend is seen', async () => {
  await using server = await createFaultServer({ timeScale: 1 / 20 })
  const { caseId, urls } = server.open('planted-key', healthyFault)
  const options = { isStream: true, limitMs: 5000, nowMs: () => server.elapsedMs(caseId), leave: null }
  const call = await askGateway({ url: `${urls.primary}/chat/completions`, model: 'any' }, options)
  expect(call.outcome).toBe('answer')
  expect(server.attempts(caseId)).toMatchObject([{ hasClientKey: true }])
})

test('planted: a completion that lacks words and looks whole is seen', async () => {
  await using server = await createFaultServer({ timeScale: 1 / 20 })
  const moves = [{ do: 'headers' }, { do: 'words', from: 0, to: 40, gapMs: 1 }, { do: 'finish', done: true }] as const
  const { caseId, urls } = server.open('planted-half', { ...healthyFault, primary: { attempts: [moves] } })
  const options = { endpoint: 'completions', isStream: true, limitMs: 5000, nowMs: () => server.elapsedMs(caseId), leave: null } as const
  const call = await askGateway({ url: `${urls.primary}/chat/completions`, model: 'any' }, options)
  const run = { calls: [call], attempts: server.attempts(caseId), healthyAfterwards: null, isStream: true, timeScale: 1 / 20 }
  expect(scoreRun(healthyFault, run, null)).toMatchObject({ verdict: 'fail', isSilentTruncation: true })
})

const publicRows = ({ rows }: RouterScorecard) => rows.filter(({ id }) => id.startsWith('S'))
const count = (card: RouterScorecard, verdict: string) => publicRows(card).filter((row) => row.verdict === verdict).length

describe('every fault, by the table that was there before the code', { timeout: isLong ? 900_000 : 300_000, concurrent: isLong }, () => {
  test('assured: all sixteen of the public exam, and all of ours', async () => {
    const card = await examine('assured', true)
    expect(count(card, 'pass'), renderScorecard(card)).toBe(16)
    const coldMs = card.rows.find(({ id }) => id === 'O01')?.took_ms
    // At full length only: at a twentieth this second is fifty milliseconds of a machine that has other work.
    if (isLong) expect(coldMs, 'within a second of the end of a load of 75 s').toBeLessThanOrEqual(76_500)
  })

  test('live: at least twelve pass, and the rest is safe', async () => {
    const card = await examine('live', true)
    expect(count(card, 'pass'), renderScorecard(card)).toBeGreaterThanOrEqual(12)
    expect(count(card, 'partial') + count(card, 'fail'), renderScorecard(card)).toBe(0)
  })

  test.each(isLong ? (['live', 'assured'] as const) : (['live'] as const))(
    'answers that are no streams, %s: a cut is rescued',
    async (delivery) => {
      const card = await examine(delivery, false)
      const notRescued = card.rows.filter(({ verdict }) => verdict !== 'pass')
      expect(notRescued, renderScorecard(card)).toEqual([])
    },
  )

  /** Of each sort of trouble one: a refusal, an outage, a connection that breaks, a cut answer, silence, a fault of the request. */
  const few = ['S03', 'S04', 'S05', 'S06', 'S08', 'S12', 'F02', 'F17']
  const chosen = faults.filter(({ id }) => few.includes(id))

  test.each([
    ['completions', true, 'live'],
    ['completions', true, 'assured'],
    ['completions', false, 'live'],
    ['embeddings', false, 'live'],
  ] as const)('%s, streamed %s, %s: a few faults end there as they do for a chat', async (endpoint, isStream, delivery) => {
    const card = await examineWithDoubt({ delivery, isStream, endpoint, chosen })
    expect(card.unexpected, renderScorecard(card)).toEqual([])
    expect(card.rows.map(({ id }) => id).sort()).toEqual([...few].sort())
  })
})
