import { countWords } from '@sanctum/contracts'
import type { AttemptFailure } from './attempt-failure.ts'
import type { Candidate } from './judge-candidate.ts'
import { judgeFailure } from './judge-failure.ts'
import type { FinalFailure, RequestLoop } from './request-loop.ts'

/** What the client is told when nobody answered. */
export function toFinalFailure(loop: RequestLoop, candidates: readonly Candidate[], nowMs: number): FinalFailure {
  const { route } = loop
  const usable = candidates.filter(({ fitness }) => fitness !== 'unfit')
  if (usable.length === 0)
    return {
      status: 404,
      code: 'no_backend_fits',
      message: `No backend of ${route.name} can take this: ${listWhy(candidates)}.`,
      retryAfterS: null,
    }
  if (usable.every(({ condition }) => condition === 'misconfigured'))
    return {
      status: 502,
      code: 'backend_misconfigured',
      message: `Every backend of ${route.name} is misconfigured, and waiting does not mend it: ${listWhy(usable)}.`,
      retryAfterS: null,
    }
  const retryAfterS = toRetryAfter(usable, nowMs)
  if (usable.every(({ condition }) => condition === 'rate-limited' || condition === 'misconfigured'))
    return { status: 429, code: 'rate_limited', message: `Every backend of ${route.name} limits its rate for now.`, retryAfterS }
  const last = loop.lastFailure
  if (last === null)
    return { status: 503, code: 'no_backend_ready', message: `No backend of ${route.name} is ready: ${listWhy(usable)}.`, retryAfterS }
  return {
    status: last.failure.cause.endsWith('-timeout') ? 504 : last.failure.status === 503 || isGone(last.failure) ? 503 : 502,
    code: 'upstream_failed',
    message: `No backend of ${route.name} answered in ${countWords(loop.attempts.length, 'attempt')}; of the last one: ${judgeFailure(last.failure, { isOwnModel: true }).why}.`,
    retryAfterS,
  }
}

/** What the client is told when an answer that it has begun to read does not go on. */
export function toBrokenOff(failure: AttemptFailure, targetId: string): FinalFailure {
  const [code, said] = brokenOff[failure.cause] ?? ['upstream_cut', 'cut the answer off']
  return { status: 502, code, message: `The backend ${targetId} ${said}; what was sent is not the whole answer.`, retryAfterS: null }
}

export function toExpired({ route }: RequestLoop, candidates: readonly Candidate[], nowMs: number): FinalFailure {
  return {
    status: 504,
    code: 'deadline_exceeded',
    message: `The time of this request was over before a backend of ${route.name} answered.`,
    retryAfterS: toRetryAfter(candidates, nowMs),
  }
}

const brokenOff: Partial<Record<AttemptFailure['cause'], readonly [string, string]>> = {
  'idle-timeout': ['upstream_stalled', 'fell silent'],
  'total-timeout': ['deadline_exceeded', 'needed longer than this request had'],
  'error-frame': ['upstream_error', 'sent an error inside of the answer'],
  'too-large': ['upstream_too_large', 'sent more than is allowed'],
}

/** From the first that is expected back; whole seconds, at least one. */
function toRetryAfter(candidates: readonly Candidate[], nowMs: number): number | null {
  const times = candidates.flatMap(({ readyAtMs }) => (readyAtMs === null ? [] : [readyAtMs]))
  return times.length === 0 ? null : Math.max(1, Math.ceil((Math.min(...times) - nowMs) / 1000))
}

function isGone({ cause }: AttemptFailure): boolean {
  return cause === 'refused' || cause === 'unreachable'
}

function listWhy(candidates: readonly Candidate[]): string {
  return candidates.map(({ why }, index) => `${index + 1}. ${why}`).join('; ')
}
