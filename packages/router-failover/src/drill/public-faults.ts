import { advisory, buildFault, passedOn, required, rescuedIfHeld } from './build-fault.ts'
import type { Fault } from './fault.ts'
import { always, healthy, once, refuse, rest, say, stream, wait } from './server-script.ts'

const overloaded = always(refuse(503, 'overloaded'))
const cutAfter40 = always(...stream(say(40), { do: 'reset' }))

const atMostSix = required('bounded-attempts', { kind: 'attempts', of: 'primary', atMost: 6 })
const oneAttempt = required('not-sent-again', { kind: 'attempts', of: 'primary', atLeast: 1, atMost: 1 })
const aliveAfter = required('alive-after', { kind: 'healthy-afterwards' })

/** The sixteen of the public exam Failover Bench, with its checks and its times. */
export const publicFaults: readonly Fault[] = [
  buildFault({
    id: 'S01',
    title: '429 with Retry-After 2 once',
    primary: once(refuse(429, 'rate_limit_exceeded', 2)),
    limitMs: 20_000,
    checks: [
      advisory('retried', { kind: 'attempts', of: 'primary', atLeast: 2 }),
      advisory('retry-after-honoured', { kind: 'gap', atLeastMs: 1800 }),
      required('no-hammering', { kind: 'attempts-within', ms: 1500, atMost: 2 }),
    ],
  }),
  buildFault({
    id: 'S02',
    title: '429 without Retry-After, always',
    primary: always(refuse(429, 'rate_limit_exceeded')),
    limitMs: 40_000,
    checks: [required('no-hammering', { kind: 'attempts-within', ms: 3000, atMost: 4 }), atMostSix],
  }),
  buildFault({
    id: 'S03',
    title: '500 once',
    primary: once(refuse(500, 'server_error')),
    limitMs: 20_000,
    checks: [advisory('retried-in-place', { kind: 'attempts', of: 'primary', atLeast: 2 })],
  }),
  buildFault({ id: 'S04', title: '503 always', primary: overloaded, limitMs: 40_000, checks: [atMostSix] }),
  buildFault({ id: 'S05', title: 'reset before any byte, once', primary: once({ do: 'reset' }), limitMs: 20_000 }),
  buildFault({
    id: 'S06',
    title: 'accepts, then silent for 120 s',
    primary: always(wait(120_000), { do: 'reset' }),
    limitMs: 130_000,
    checks: [
      required('within-budget', { kind: 'ends-within', ms: 100_000 }),
      advisory('silent-route-not-retried', { kind: 'attempts', of: 'primary', atMost: 1 }),
    ],
  }),
  buildFault({
    id: 'S07',
    title: 'headers at once, first token after 20 s',
    primary: always({ do: 'headers' }, wait(20_000), { do: 'role' }, ...rest(0)),
    limitMs: 60_000,
    checks: [advisory('first-token-limit', { kind: 'ends-within', ms: 15_000 })],
  }),
  buildFault({ id: 'S08', title: 'cut after 40 of 60 words', primary: cutAfter40, limitMs: 40_000, expected: rescuedIfHeld }),
  buildFault({
    id: 'S09',
    title: '20 words, 30 s of silence, then closed',
    primary: always(...stream(say(20), wait(30_000), { do: 'reset' })),
    limitMs: 70_000,
    checks: [required('bounded', { kind: 'ends-within', ms: 45_000 }), aliveAfter],
    expected: rescuedIfHeld,
  }),
  buildFault({
    id: 'S10',
    title: 'the tenth event is broken JSON',
    primary: always(...stream(say(9), { do: 'broken-frame' }, ...rest(9))),
    limitMs: 30_000,
    checks: [aliveAfter, advisory('recovered-in-place', { kind: 'whole' })],
  }),
  buildFault({
    id: 'S11',
    title: 'whole, without [DONE]',
    primary: always(...stream(say(60), { do: 'finish', done: false })),
    limitMs: 30_000,
    checks: [required('prompt-end', { kind: 'ends-within', ms: 8000 }), advisory('usage', { kind: 'usage' })],
  }),
  buildFault({
    id: 'S12',
    title: '400 context_length_exceeded',
    primary: always(refuse(400, 'context_length_exceeded')),
    limitMs: 20_000,
    largerContext: true,
    checks: [oneAttempt],
  }),
  buildFault({
    id: 'S13',
    title: '400 content_policy_violation',
    primary: always(refuse(400, 'content_policy_violation')),
    ideal: 'error',
    limitMs: 20_000,
    checks: [oneAttempt],
    expected: passedOn,
  }),
  buildFault({
    id: 'S14',
    title: 'cut after 40 words; the fallback refuses prefill',
    primary: cutAfter40,
    fallback: { ...healthy, refusesPrefill: true },
    limitMs: 40_000,
    checks: [required('prefill-refusal-hidden', { kind: 'prefill-refusal-hidden' })],
    expected: rescuedIfHeld,
  }),
  buildFault({
    id: 'S15',
    title: '503 for 60 s, then healthy; 20 requests, one every 4 s',
    primary: { ...healthy, phases: [{ fromMs: 0, untilMs: 60_000, moves: [refuse(503, 'overloaded')] }] },
    plan: { kind: 'series', count: 20, everyMs: 4000 },
    limitMs: 30_000,
    checks: [
      required('served-in-the-outage', { kind: 'served-until', ms: 60_000 }),
      required('primary-used-again', { kind: 'primary-again', afterMs: 60_000, withinMs: 30_000 }),
    ],
  }),
  buildFault({
    id: 'S16',
    title: '503 always: whose model, whose usage',
    primary: overloaded,
    limitMs: 40_000,
    checks: [required('names-the-fallback', { kind: 'names-the-fallback' }), advisory('usage', { kind: 'usage' }), atMostSix],
  }),
]
