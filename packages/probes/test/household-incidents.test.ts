import type { Judgement, Observation } from '@sanctum/contracts'
import { judge, judgeAge, judgeAnswer, judgeService, probeTargets, type ServiceEvidence } from '@sanctum/probes'
import { describe, expect, test } from 'vitest'
import { toSocketFailure } from '../src/node/socket-failure.ts'

// What happened in the household that this is built for, once more against the judges. tools/prove/incident-wall has the list.

const HOUR = 60 * 60_000
const DAY = 24 * HOUR
const pace = { timeout_ms: 1000, interval_s: 30, open_after: 3, close_after: 2 } as const
const passes: Judgement = { verdict: 'healthy', sinceMs: 0, why: 'status 200', confirmed: true }

function evidence(overrides: Partial<ServiceEvidence>): ServiceEvidence {
  return {
    kind: 'daemon',
    activity: 'running',
    activityWhy: 'it runs',
    lastExit: null,
    wanted: true,
    fallbackOnly: false,
    starting: false,
    startOverdue: true,
    judgements: {},
    requirements: [],
    ...overrides,
  }
}

/** What a job that was asked about at this moment says: by the age of its last good end. */
function judgeJobAge(ageMs: number, maxAgeMs: number): Judgement {
  const atMs = 100 * DAY
  const sight = judgeAge(ageMs, maxAgeMs, 'ended well')
  const observations = [0, 1, 2].map((index): Observation => ({ ...sight, atMs: atMs + index * 1000, tookMs: 1 }))
  return judge(observations, { open_after: 3, close_after: 2, stale_after_ms: HOUR }, atMs + 2000)
}

describe('green for a wrong reason', () => {
  test('the list of models answers for sixteen hours while no chat gets a word', () => {
    const dead: Judgement = { verdict: 'failed', sinceMs: 0, why: 'no token came', cause: 'wrong-answer', confirmed: true }
    expect(judgeService(evidence({ judgements: { liveness: passes, readiness: passes, contract: dead } }))).toMatchObject({
      verdict: 'failed',
      why: expect.stringContaining('does not do its work'),
    })
  })

  test.each([
    ['a write that was refused under status 200', '{"success":false,"blocked":true}', undefined],
    ['an object where yes was asked for', '{"blocked":{"ok":0}}', { path: '/blocked', equals: true }],
    ['one rule removed of two', '{"removed":1,"of":2}', { path: '/removed', equals: 2 }],
  ])('%s is no success', (_, body, json) => {
    const answer = { status: 200, contentType: 'application/json', body }
    expect(judgeAnswer({ type: 'http', ...pace, ...(json === undefined ? {} : { json }) }, answer)).toMatchObject({
      kind: 'failed',
      cause: 'wrong-answer',
    })
  })

  test('a cache that answers after its owner stood still is stale, however green what it says', () => {
    const answer = { status: 200, contentType: 'application/json', body: '{"ok":true,"last_check_age_s":5400}' }
    const asked = { type: 'http', ...pace, fresh: { path: '/last_check_age_s', max_age_s: 60 } } as const
    expect(judgeAnswer(asked, answer)).toMatchObject({ kind: 'failed', cause: 'stale' })
  })
})

describe('jobs', () => {
  const ended = { code: 0, signal: null }

  test.each([
    ['oneshot', 'completed'],
    ['oneshot', 'stopped'],
    ['periodic', 'waiting'],
  ] as const)('a %s that is %s as it should be is nothing to heal', (kind, activity) => {
    expect(judgeService(evidence({ kind, activity, lastExit: ended })).verdict).toBe('healthy')
  })

  test('seventeen starts and no end: the job is red, though it runs', () => {
    const liveness = judgeJobAge(17 * HOUR, HOUR)
    expect(judgeService(evidence({ kind: 'periodic', activity: 'running', judgements: { liveness } })).verdict).toBe('failed')
  })

  test('ten nights without a good end: the job is red, though it waits for the next one in order', () => {
    const liveness = judgeJobAge(10 * DAY, 26 * HOUR)
    const seen = evidence({ kind: 'periodic', activity: 'waiting', lastExit: ended, judgements: { liveness } })
    expect(judgeService(seen)).toMatchObject({ verdict: 'failed', why: expect.stringContaining('10 d ago') })
  })
})

test('a key of the other side that changed is a matter of trust, and says nothing of what it holds', () => {
  const error = Object.assign(new Error('certificate changed'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  expect(toSocketFailure(error)).toMatchObject({ kind: 'failed', cause: 'authentication' })
})

test('what is bound to the bridge is asked on the bridge, and what is bound to loopback there', () => {
  const ask = (address: string) =>
    probeTargets(
      { contract: { type: 'tcp' } },
      { provides: [{ port: 10101, protocol: 'tcp', address, security: 'plain' }], process: null, lastRun: null },
    )[0]?.question
  expect([ask('10.10.10.10'), ask('127.0.0.1')]).toEqual(['connect to 10.10.10.10:10101', 'connect to 127.0.0.1:10101'])
})
