import { advisory, buildFault, passedOn, required, rescuedIfHeld } from './build-fault.ts'
import type { Fault } from './fault.ts'
import { always, finish, once, refuse, rest, say, stream, wait } from './server-script.ts'

/** Those that were measured on other gateways: five seconds to the first token and between two of them. */
const limits: Fault['limits'] = { firstTokenMs: 5000, idleMs: 5000, loadMs: null }
const measured = (given: Parameters<typeof buildFault>[0]): Fault => buildFault({ limits, limitMs: 30_000, ...given })

const onceAtPrimary = required('not-asked-again', { kind: 'attempts', of: 'primary', atLeast: 1, atMost: 1 })
/** Who waited for the primary got an answer too, but no rescue. */
const rescuedInTime = required('first-token-limit', { kind: 'attempts', of: 'fallback', atLeast: 1 })
const returned = (code: string): Fault['checks'] => [
  required('not-sent-again', { kind: 'attempts', of: 'both', atLeast: 1, atMost: 1 }),
  required('unchanged', { kind: 'refusal-unchanged', status: 400, code }),
]

export const measuredFaults: readonly Fault[] = [
  measured({
    id: 'F01',
    title: 'none',
    checks: [onceAtPrimary, required('only-the-primary', { kind: 'attempts', of: 'both', atMost: 1 })],
  }),
  measured({ id: 'F02', title: '503 always', primary: always(refuse(503, 'overloaded')) }),
  measured({ id: 'F03', title: '500 once', primary: once(refuse(500, 'server_error')) }),
  measured({ id: 'F04', title: '429 with Retry-After 2 once', primary: once(refuse(429, 'rate_limit_exceeded', 2)) }),
  measured({ id: 'F05', title: '429 always', primary: always(refuse(429, 'rate_limit_exceeded')) }),
  measured({ id: 'F06', title: '401', primary: always(refuse(401, 'invalid_api_key')), checks: [onceAtPrimary] }),
  measured({ id: 'F07', title: '404', primary: always(refuse(404, 'model_not_found')), checks: [onceAtPrimary] }),
  measured({ id: 'F08', title: 'reset once', primary: once({ do: 'reset' }) }),
  measured({ id: 'F09', title: 'accepts, then silent for 30 s', primary: always(wait(30_000), { do: 'reset' }) }),
  measured({ id: 'F10', title: 'headers late by 3 s', primary: always(wait(3000), ...stream(say(60), finish)) }),
  measured({
    id: 'F11',
    title: 'headers at once, first token at 8 s',
    primary: always({ do: 'headers' }, wait(8000), { do: 'role' }, ...rest(0)),
    checks: [rescuedInTime],
  }),
  measured({
    id: 'F12',
    title: 'only comments for 8 s',
    primary: always({ do: 'headers' }, { do: 'comments', everyMs: 500, forMs: 8000 }, { do: 'role' }, ...rest(0)),
    checks: [rescuedInTime],
  }),
  measured({ id: 'F13', title: 'role frame, then silence', primary: always(...stream(wait(30_000), { do: 'reset' })) }),
  measured({ id: 'F14', title: 'cut before any word', primary: always(...stream({ do: 'reset' })) }),
  measured({ id: 'F15', title: 'cut after 20 of 60 words', primary: always(...stream(say(20), { do: 'reset' })), expected: rescuedIfHeld }),
  measured({
    id: 'F16',
    title: 'stall after 10 words',
    primary: always(...stream(say(10), wait(30_000), { do: 'reset' })),
    expected: rescuedIfHeld,
  }),
  measured({ id: 'F17', title: 'error frame first', primary: always({ do: 'headers' }, { do: 'error-frame' }, { do: 'end' }) }),
  measured({
    id: 'F18',
    title: 'error frame after 20 words',
    primary: always(...stream(say(20), { do: 'error-frame' }, { do: 'end' })),
    expected: rescuedIfHeld,
  }),
  measured({
    id: 'F19',
    title: 'one broken JSON frame',
    primary: always(...stream(say(30), { do: 'broken-frame' }, ...rest(30))),
    checks: [advisory('frame-dropped', { kind: 'no-broken-frame' })],
  }),
  measured({ id: 'F20', title: 'no [DONE]', primary: always(...stream(say(60), { do: 'finish', done: false })) }),
  measured({ id: 'F21', title: '200 with an empty stream', primary: always({ do: 'headers' }, { do: 'end' }) }),
  measured({
    id: 'F22',
    title: 'context length',
    primary: always(refuse(400, 'context_length_exceeded')),
    ideal: 'error',
    checks: returned('context_length_exceeded'),
    expected: passedOn,
  }),
  measured({
    id: 'F23',
    title: 'content filter',
    primary: always(refuse(400, 'content_policy_violation')),
    ideal: 'error',
    checks: returned('content_policy_violation'),
    expected: passedOn,
  }),
  measured({
    id: 'F24',
    title: 'the first call takes 4 s to load; three callers at once',
    primary: { attempts: [stream(say(60), finish)], loadMs: 4000 },
    plan: { kind: 'together', count: 3 },
    limits: { firstTokenMs: 5000, idleMs: 5000, loadMs: 4000 },
  }),
]
