import { expect, test } from 'vitest'
import type { AttemptFailure } from '../request/attempt-failure.ts'
import { judgeProbe } from './judge-probe.ts'
import { reduceTarget } from './reduce-target.ts'
import { createTargetState, type TargetEvent, type TargetState } from './target-state.ts'

const failed = (given: Partial<AttemptFailure>, atMs = 0): TargetEvent => ({
  kind: 'failed',
  atMs,
  failure: { cause: 'status', phase: 'headers', status: null, retryAfterMs: null, code: null, message: '', ...given },
  hadOutput: false,
  isOwnModel: true,
})
const spoken: readonly TargetEvent[] = [
  { kind: 'attempt-started', atMs: 0 },
  { kind: 'first-token', atMs: 0, tookMs: 1, promptBytes: 1, isStream: true },
]
const answered: readonly TargetEvent[] = [
  ...spoken,
  { kind: 'answered', atMs: 0, tookMs: 1, firstTokenMs: 1, completionTokens: 1, quality: { kind: 'fine' }, slow: null },
]
const after = (events: readonly TargetEvent[], locality: 'local' | 'cloud' = 'local'): TargetState =>
  events.reduce((state, event) => reduceTarget(state, event), createTargetState({ locality, loadTimeMs: null }))

test.each<[string, TargetState, number, ReturnType<typeof judgeProbe>]>([
  ['never looked at', after([]), 0, 'health'],
  ['answered just now', after(answered), 1_000, null],
  ['answered a while ago', after(answered), 6_000, 'health'],
  ['idle for long', after(answered), 900_000, 'token'],
  ['speaking, for however long', after(spoken), 9_000_000, null],
  ['down, before its time', after([failed({ cause: 'refused' })]), 1_999, null],
  ['down, at its time', after([failed({ cause: 'refused' })]), 2_000, 'token'],
  [
    'there again, no token yet',
    after([failed({ cause: 'refused' }), { kind: 'health-seen', atMs: 2_500, health: 'ready' }]),
    2_500,
    'token',
  ],
  ['a warm-up under way', after([failed({ cause: 'refused' }), { kind: 'warm-up-started', atMs: 2_000 }]), 3_000, 'health'],
  ['a warm-up whose end was never told', after([failed({ cause: 'refused' }), { kind: 'warm-up-started', atMs: 2_000 }]), 400_000, 'token'],
  ['rate-limited', after([failed({ status: 429, retryAfterMs: 60_000 })]), 1_000, null],
  ['misconfigured, before its time', after([failed({ status: 401 })]), 59_999, null],
  ['misconfigured, at its time', after([failed({ status: 401 })]), 60_000, 'token'],
  ['a missing file: only a person mends it', after([{ kind: 'identity-read', atMs: 0, problem: 'the key is missing' }]), 1, 'health'],
  ['held by its breaker', after(Array.from({ length: 5 }, () => failed({ status: 503 }))), 29_999, 'health'],
  ['at the end of its hold', after(Array.from({ length: 5 }, () => failed({ status: 503 }))), 30_000, 'token'],
  ['a cloud is never asked unasked', after([], 'cloud'), 0, null],
  [
    'a cloud at the end of its hold',
    after(
      Array.from({ length: 5 }, () => failed({ status: 503 })),
      'cloud',
    ),
    30_000,
    null,
  ],
])('%s', (_, state, nowMs, expected) => expect(judgeProbe(state, nowMs)).toBe(expected))

test('a cloud that may be asked is', () => {
  const state = after(
    Array.from({ length: 5 }, () => failed({ status: 503 })),
    'cloud',
  )
  expect(judgeProbe(state, 30_000, { probesCloud: true })).toBe('token')
})
