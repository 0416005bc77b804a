import { describe, expect, test } from 'vitest'
import { defaultPolicy } from '../policy/router-policy.ts'
import type { AttemptFailure } from '../request/attempt-failure.ts'
import { judgeProbe } from './judge-probe.ts'
import { toLoadBudget } from './load-budget.ts'
import { reduceTarget } from './reduce-target.ts'
import { createTargetState, type TargetEvent, type TargetState } from './target-state.ts'
import { viewTarget } from './view-target.ts'

const failed = (given: Partial<AttemptFailure>, atMs = 0, more: { hadOutput?: boolean; isOwnModel?: boolean } = {}): TargetEvent => ({
  kind: 'failed',
  atMs,
  failure: { cause: 'status', phase: 'headers', status: null, retryAfterMs: null, code: null, message: '', ...given },
  hadOutput: false,
  isOwnModel: true,
  ...more,
})
const started = (atMs = 0): TargetEvent => ({ kind: 'attempt-started', atMs })
const token = (atMs = 0, tookMs = 1): TargetEvent => ({ kind: 'first-token', atMs, tookMs, promptBytes: 1, isStream: true })
const answered = (atMs = 0, tookMs = 1): TargetEvent => ({
  kind: 'answered',
  atMs,
  tookMs,
  firstTokenMs: tookMs,
  completionTokens: 1,
  quality: { kind: 'fine' },
  slow: null,
})
const health = (of: 'ready' | 'loading' | 'refused' | 'silent' | 'unauthorized', atMs = 0): TargetEvent => ({
  kind: 'health-seen',
  atMs,
  health: of,
})
const warmedUp = (atMs: number): TargetEvent => ({ kind: 'warm-up-ended', atMs, tookMs: 1, failure: null })
const broken = (atMs: number) => Array.from({ length: 5 }, () => failed({ status: 503 }, atMs))

const after = (events: readonly TargetEvent[], loadTimeMs: number | null = null): TargetState =>
  events.reduce((state, event) => reduceTarget(state, event), createTargetState({ locality: 'local', loadTimeMs }))

describe('what is seen, and what it means at once', () => {
  test.each<[string, readonly TargetEvent[], string]>([
    ['nothing', [], 'unknown'],
    ['a whole answer', [started(), token(), answered()], 'warm'],
    ['an answer under way', [started(), token()], 'busy'],
    ['one refused connection', [failed({ cause: 'refused' })], 'down'],
    ['no connection in time', [failed({ cause: 'connect-timeout' })], 'down'],
    ['there again', [failed({ cause: 'refused' }), health('ready', 9)], 'cold'],
    ['no token in time', [started(), failed({ cause: 'first-token-timeout' })], 'cold'],
    ['503 that says it loads', [started(), failed({ status: 503, message: 'Loading model' })], 'loading'],
    ['a health that says it loads', [health('loading')], 'loading'],
    ['401', [failed({ status: 401 })], 'misconfigured'],
    ['404 for its own model', [failed({ status: 404 })], 'misconfigured'],
    ['404 for a name of the client', [failed({ status: 404 }, 0, { isOwnModel: false })], 'unknown'],
    ['429', [failed({ status: 429 })], 'rate-limited'],
    ['a refusal of the request', [failed({ status: 400 })], 'unknown'],
    ['a missing certificate', [{ kind: 'identity-read', atMs: 0, problem: 'the certificate is missing' }], 'misconfigured'],
    ['four failures', broken(0).slice(1), 'unknown'],
    ['five failures', broken(0), 'down'],
    ['a token of a warm-up', [...broken(0), warmedUp(5)], 'warm'],
  ])('%s: %s', (_, events, condition) => {
    expect(viewTarget(after(events), 10).condition).toBe(condition)
  })

  test('who is too late behind somebody who speaks is only late', () => {
    const state = after([started(), token(), started(), failed({ cause: 'first-token-timeout' })])
    expect(state).toMatchObject({ failures: 0, needsToken: false, inFlight: 1, speaking: 1 })
  })

  test('so is a handshake with a server of one thread', () => {
    const state = after([started(), token(), started(), failed({ cause: 'connect-timeout', phase: 'connect' })])
    expect(viewTarget(state, 1).condition).toBe('busy')
  })

  test('who works may be too busy to be looked at; who does not is gone', () => {
    expect(viewTarget(after([started(), token(), health('silent')]), 1).condition).toBe('busy')
    expect(viewTarget(after([started(), health('silent')]), 1).condition).toBe('unknown')
    expect(viewTarget(after([health('silent')]), 1).condition).toBe('down')
  })

  test('nobody knows whether a model is in memory after half an hour', () => {
    expect(viewTarget(after([started(), token(), answered()]), 1_800_000).condition).toBe('unknown')
  })
})

describe('holds', () => {
  test('an answer that began before the hold does not end it; one that began within it does', () => {
    const held = after(broken(10_000))
    expect(viewTarget(reduceTarget(held, answered(11_000, 5_000)), 11_000).breaker).toBe('open')
    expect(viewTarget(reduceTarget(held, answered(12_000, 1_000)), 12_000).breaker).toBe('closed')
  })

  test('an error within a hold changes nothing of it', () => {
    const held = after(broken(0))
    const later = [1_000, 20_000, 29_999].reduce((state, atMs) => reduceTarget(state, failed({ status: 500 }, atMs)), held)
    expect(later.breaker).toEqual(held.breaker)
  })

  test('openings that come soon after one another hold longer, up to a limit', () => {
    let state = after([])
    const holds: number[] = []
    for (let round = 0, atMs = 1_000; round < 30; round++) {
      for (const event of broken(atMs)) state = reduceTarget(state, event)
      holds.push(state.breaker.untilMs - atMs)
      atMs = state.breaker.untilMs + 1_000
      state = reduceTarget(state, warmedUp(atMs))
      atMs += 1_000
    }
    expect(holds.slice(0, 3)).toEqual([30_000, 60_000, 90_000])
    expect(Math.max(...holds)).toBeLessThanOrEqual(defaultPolicy.breaker.longestHoldMs)
  })

  test('a server that falls again and again is left alone longer each time, up to a limit', () => {
    let state = after([])
    const pauses: number[] = []
    for (let round = 0, atMs = 1_000; round < 10; round++) {
      state = reduceTarget(state, failed({ cause: 'refused' }, atMs))
      pauses.push(state.retrialAtMs - atMs)
      state = reduceTarget(state, warmedUp(state.retrialAtMs))
      atMs = atMs + (pauses.at(-1) ?? 0) + 1_000
    }
    expect(pauses.slice(0, 4)).toEqual([2_000, 4_000, 8_000, 16_000])
    expect(pauses.at(-1)).toBe(60_000)
  })

  test('a Retry-After of ten years is not believed', () => {
    expect(after([failed({ status: 429, retryAfterMs: 3e11 })]).coolUntilMs).toBe(86_400_000)
  })

  test('trials that fail come further apart, but never so far that what is well again is left alone for long', () => {
    let state = after(broken(0))
    const pauses: number[] = []
    for (let trial = 0, atMs = 30_000; trial < 8; trial++) {
      state = reduceTarget(state, { kind: 'warm-up-ended', atMs, tookMs: 1, failure: failed503 })
      pauses.push(state.breaker.untilMs - atMs)
      atMs = state.breaker.untilMs
    }
    expect(pauses.slice(0, 3)).toEqual([10_000, 12_000, 12_000])
    expect(pauses.at(-1)).toBe(defaultPolicy.breaker.longestTrialMs)
  })
})

const failed503: AttemptFailure = { cause: 'status', phase: 'headers', status: 503, retryAfterMs: null, code: null, message: '' }

describe('what is learned', () => {
  const said = (atMs: number) => failed({ status: 503, message: 'Loading model' }, atMs)

  test('a load lasts from the first word of it, whichever warm-up saw its end, and a longer one counts', () => {
    const once = after([said(1_000), said(30_000), warmedUp(76_000)])
    expect(once.loadMs).toBe(75_000)
    expect(reduceTarget(reduceTarget(once, health('loading', 100_000)), health('ready', 190_000)).loadMs).toBe(90_000)
    expect(reduceTarget(reduceTarget(once, said(100_000)), warmedUp(110_000)).loadMs).toBe(75_000)
    expect(after([said(0), warmedUp(9_000_000)]).loadMs).toBe(defaultPolicy.longestLoadMs)
  })

  test('however quick a load was, the next one is given some time', () => {
    expect(toLoadBudget(after([said(0), warmedUp(300)]), defaultPolicy)).toBe(15_000)
  })

  const p95 = (tokens: readonly TargetEvent[]) => viewTarget(after(tokens), 200_000).firstTokenP95Ms
  test.each<[string, readonly TargetEvent[], number | null]>([
    ['a model that was loaded first', [token(75_000, 75_000)], null],
    ['a slow one that was warm', [token(1, 300), token(20_000, 10_000)], 1_500],
    ['one slow answer among quick ones', [token(1, 300), token(2, 320), token(3, 310), token(80_000, 75_000)], 1_550],
    ['what is always slow', [token(1, 3_000), token(20_000, 9_000), token(40_000, 8_000)], 9_000],
  ])('the time to the first token of %s', (_, tokens, expected) => expect(p95(tokens)).toBe(expected))
})

test('whoever was overtaken while silent too long is asked for one token; a cloud, or one that speaks to another, is not', () => {
  const overtaken: TargetEvent = { kind: 'abandoned', atMs: 5_000, hadOutput: false, wasOverdue: true }
  const state = after([started(), token(), answered(), started(1_000), overtaken])
  expect(viewTarget(state, 5_000).condition).toBe('cold')
  expect(judgeProbe(state, 5_000)).toBe('token')
  expect(viewTarget(reduceTarget(state, warmedUp(5_100)), 5_100).condition).toBe('warm')
  expect(after([started(), token(), started(), overtaken]).needsToken).toBe(false)
  expect(reduceTarget(createTargetState({ locality: 'cloud', loadTimeMs: null }), overtaken).needsToken).toBe(false)
})

test('a cloud that says that it loads is asked again after a while, by one request of a user', () => {
  const cloud = createTargetState({ locality: 'cloud', loadTimeMs: null })
  const state = reduceTarget(cloud, failed({ status: 503, message: 'Model m is currently loading' }, 1_000))
  expect(viewTarget(state, 2_999)).toMatchObject({ condition: 'loading', readyAtMs: 3_000 })
  expect(state.needsToken).toBe(false)
  const said = reduceTarget(cloud, failed({ status: 503, message: 'Model m is currently loading', retryAfterMs: 20_000 }, 1_000))
  expect(said.retrialAtMs).toBe(21_000)
  expect(viewTarget(reduceTarget(reduceTarget(state, started(3_000)), token(3_500, 500)), 3_500).condition).toBe('busy')
})

describe('when it is expected', () => {
  test.each<[string, TargetState, number | null]>([
    ['loading for 5 of 75 s', after([health('loading', 0)], 75_000), 75_000],
    ['loading, and nobody knows how long', after([health('loading', 0)]), null],
    ['down, with a load to follow', after([failed({ cause: 'refused' })], 75_000), 80_000],
    ['limited', after([failed({ status: 429, retryAfterMs: 9_000 })]), 9_000],
    ['held', after(broken(0)), 30_000],
    ['misconfigured', after([failed({ status: 401 })]), null],
  ])('%s', (_, state, expected) => expect(viewTarget(state, 5_000).readyAtMs).toBe(expected))
})
