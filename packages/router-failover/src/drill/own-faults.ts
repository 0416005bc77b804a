import { buildFault, required, rescuedIfHeld } from './build-fault.ts'
import type { Fault } from './fault.ts'
import { always, finish, healthyMoves, once, refuse, resetMoves, rest, type ServerScript, say, stream, wait } from './server-script.ts'

const gone: ServerScript = { attempts: [healthyMoves], transport: 'gone' }
const loading = [refuse(503, 'model_loading', 5)]
const lifeSigns = required('life-signs', { kind: 'life-signs', atMostMs: 11_000 })
const hungUp = required('hung-up', { kind: 'hung-up', withinRealMs: 100 })
const left = { verdict: 'pass', outcomes: ['left'] } as const

/** Told as a status; or, where a stream has shown life by then, inside of it. */
const toldInTime: Fault['expected'] = {
  live: { verdict: 'pass', outcomes: ['status', 'in-band-abort'] },
  assured: { verdict: 'pass', outcomes: ['status', 'in-band-abort'] },
}

/** What happens to a household, and what no other exam asks. */
export const ownFaults: readonly Fault[] = [
  buildFault({
    id: 'O01',
    title: 'primary gone, the fallback loads for 75 s; three callers at once',
    primary: gone,
    fallback: { attempts: [healthyMoves], loadMs: 75_000 },
    plan: { kind: 'together', count: 3 },
    limitMs: 120_000,
    limits: { firstTokenMs: 10_000, idleMs: 15_000, loadMs: 75_000 },
    checks: [required('soon-after-the-load', { kind: 'ends-within', ms: 80_000 }), lifeSigns],
  }),
  buildFault({
    id: 'O02',
    title: 'flapping while it loads, the fallback loads too',
    primary: {
      attempts: [healthyMoves],
      phases: [
        { fromMs: 0, untilMs: 5000, moves: resetMoves },
        { fromMs: 5000, untilMs: 12_000, moves: loading },
        { fromMs: 12_000, untilMs: 15_000, moves: resetMoves },
        { fromMs: 15_000, untilMs: 30_000, moves: loading },
      ],
    },
    fallback: { attempts: [healthyMoves], phases: [{ fromMs: 0, untilMs: 60_000, moves: loading }] },
    limitMs: 90_000,
    limits: { firstTokenMs: 10_000, idleMs: 15_000, loadMs: 30_000 },
    checks: [lifeSigns],
  }),
  buildFault({
    id: 'O03',
    title: 'the certificate of the primary has expired',
    primary: { attempts: [healthyMoves], transport: 'expired-certificate' },
    checks: [required('not-trusted', { kind: 'attempts', of: 'primary', atMost: 0 })],
  }),
  buildFault({
    id: 'O04',
    title: 'both overloaded, and a client that tries three times',
    primary: always(refuse(503, 'overloaded')),
    fallback: always(refuse(503, 'overloaded')),
    plan: { kind: 'stacked', tries: 3, pauseMs: 500 },
    ideal: 'error',
    limitMs: 60_000,
    // Six for the first try, and one at each server for those that follow: without a memory it would be eighteen.
    checks: [required('attempts-do-not-multiply', { kind: 'attempts', of: 'both', atMost: 10 })],
    expected: toldInTime,
  }),
  buildFault({
    id: 'O05',
    title: 'the client leaves before the headers',
    primary: always(wait(60_000), { do: 'reset' }),
    plan: { kind: 'leave', afterMs: 3000 },
    ideal: 'left',
    checks: [hungUp],
    expected: { live: left, assured: left },
  }),
  buildFault({
    id: 'O06',
    title: 'the client leaves before the first word',
    primary: always(...stream(wait(60_000), { do: 'reset' })),
    plan: { kind: 'leave', afterMs: 3000 },
    ideal: 'left',
    checks: [hungUp],
    expected: { live: left, assured: left },
  }),
  buildFault({
    id: 'O07',
    title: 'the client leaves in the answer',
    primary: always(...stream(say(20), say(60, 20, 500), finish)),
    plan: { kind: 'leave-with-the-first-word', orAfterMs: 3000 },
    ideal: 'left',
    checks: [hungUp],
    expected: { live: left, assured: left },
  }),
  buildFault({
    id: 'O08',
    title: 'one word a second, and alive',
    primary: always(...stream(say(60, 0, 1000), finish)),
    limitMs: 90_000,
    checks: [required('not-given-up', { kind: 'ends-within', ms: 75_000 })],
  }),
  buildFault({
    id: 'O09',
    title: '503, and the fallback loads for 20 s',
    primary: always(refuse(503, 'overloaded')),
    fallback: { attempts: [healthyMoves], loadMs: 20_000 },
    limitMs: 60_000,
    limits: { firstTokenMs: 10_000, idleMs: 15_000, loadMs: 20_000 },
    checks: [required('soon-after-the-load', { kind: 'ends-within', ms: 25_000 }), lifeSigns],
  }),
  buildFault({
    id: 'O10',
    title: 'comments for ever, never a word',
    primary: always({ do: 'headers' }, { do: 'comments', everyMs: 1000, forMs: 120_000 }, { do: 'reset' }),
    checks: [required('first-token-limit', { kind: 'ends-within', ms: 15_000 })],
  }),
  buildFault({
    id: 'O11',
    title: 'primary gone, the fallback warm',
    primary: gone,
    checks: [required('at-once', { kind: 'ends-within', ms: 5000 })],
  }),
  buildFault({ id: 'O12', title: 'both gone', primary: gone, fallback: gone, ideal: 'error', expected: toldInTime }),
  buildFault({
    id: 'O13',
    title: 'ends cleanly after 30 words, without a finish reason',
    primary: always(...stream(say(30), { do: 'end' })),
    expected: rescuedIfHeld,
  }),
  buildFault({
    id: 'O14',
    title: 'a word, then comments for ever',
    primary: always(...stream(say(1), { do: 'comments', everyMs: 1000, forMs: 120_000 }, ...rest(1))),
    expected: rescuedIfHeld,
    limitMs: 60_000,
    checks: [required('bounded', { kind: 'ends-within', ms: 45_000 })],
  }),
  buildFault({
    id: 'O15',
    title: 'the client leaves while both load',
    primary: always(...loading),
    fallback: always(...loading),
    plan: { kind: 'leave', afterMs: 8000 },
    ideal: 'left',
    limits: { firstTokenMs: 10_000, idleMs: 15_000, loadMs: 60_000 },
    checks: [hungUp],
    expected: { live: left, assured: left },
  }),
  buildFault({
    id: 'O16',
    title: 'the client leaves in the pause before a second attempt',
    primary: once(refuse(429, 'rate_limit_exceeded', 2)),
    plan: { kind: 'leave', afterMs: 1000 },
    ideal: 'left',
    checks: [hungUp, required('not-asked-again', { kind: 'attempts', of: 'both', atMost: 1 })],
    expected: { live: left, assured: left },
  }),
]
