import type { Blame } from '../target/target-state.ts'
import { type AttemptFailure, unaskedCompression } from './attempt-failure.ts'

/**
 * What a request does after a failure. `pass-on`: the request itself is at fault, and nobody else need see it. `larger-context`: likewise,
 * unless a route for long contexts is named. `again`: once more at the same target. `wait`: as long as it said. `move`: to the next.
 */
export type RetryClass = 'pass-on' | 'larger-context' | 'again' | 'wait' | 'move'

export interface FailureJudgement {
  readonly retry: RetryClass
  readonly blame: Blame
  readonly why: string
}

/** One row for every way to fail. */
export function judgeFailure(failure: AttemptFailure, { isOwnModel }: { readonly isOwnModel: boolean }): FailureJudgement {
  if (failure.cause === 'status') return judgeStatus(failure, isOwnModel)
  const refusal = failure.cause === 'error-frame' && failure.code !== null ? refusedInBand.get(failure.code) : undefined
  if (refusal) return { retry: refusal, blame: 'none', why: `it answered ${failure.code}` }
  const [retry, blame, why] = causes[failure.cause]
  if (failure.code === unaskedCompression) return { retry, blame, why: 'its answer came compressed, though it was asked not to' }
  return { retry, blame, why }
}

type Row = readonly [RetryClass, Blame, string]

const causes: Readonly<Record<Exclude<AttemptFailure['cause'], 'status'>, Row>> = {
  refused: ['move', 'gone', 'it refuses connections'],
  unreachable: ['move', 'gone', 'it cannot be reached'],
  reset: ['again', 'broken', 'it cut the connection'],
  tls: ['move', 'identity', 'its certificate, or ours, does not hold'],
  'identity-missing': ['move', 'identity', 'a certificate, key or credential for it is missing'],
  'connect-timeout': ['move', 'gone', 'it takes no connection in time'],
  'first-token-timeout': ['move', 'silent', 'it showed no output in time'],
  'idle-timeout': ['move', 'broken', 'it fell silent in the middle of an answer'],
  // The time of the request is over, whoever is to blame.
  'total-timeout': ['move', 'none', 'the time of the request was over'],
  'error-frame': ['move', 'broken', 'it sent an error inside of its answer'],
  cut: ['move', 'broken', 'it cut an answer off'],
  empty: ['move', 'broken', 'its answer was empty'],
  malformed: ['move', 'broken', 'its answer could not be read'],
  quality: ['move', 'broken', 'its answer was broken'],
  'too-large': ['move', 'broken', 'its answer was larger than allowed'],
}

/** Some servers begin to answer before they read the prompt: what they refuse is refused, whatever the status promised. */
const refusedInBand: ReadonlyMap<string, RetryClass> = new Map([
  ['content_filter', 'pass-on'],
  ['content_policy_violation', 'pass-on'],
  ['context_length_exceeded', 'larger-context'],
  ['exceed_context_size_error', 'larger-context'],
])

function judgeStatus(failure: AttemptFailure, isOwnModel: boolean): FailureJudgement {
  const { status, code } = failure
  const why = `it answered ${status}${code === null ? '' : ` ${code}`}`
  if (isContentFilter(failure)) return { retry: 'pass-on', blame: 'none', why }
  if (isContextLength(failure)) return { retry: 'larger-context', blame: 'none', why }
  if (status === 503 && isLoading(failure)) return { retry: 'move', blame: 'loading', why: 'it says that it is loading' }
  // No redirect is followed: the address that is written is not that of a server of models.
  if (status !== null && status < 400) return { retry: 'move', blame: 'identity', why: `it redirects elsewhere with ${status}` }
  // A name that only the client used says nothing about the target.
  if (status === 404 && !isOwnModel) return { retry: 'move', blame: 'none', why }
  const [retry, blame] = statuses[status ?? 0] ?? (status !== null && status >= 500 ? serverError : requestError)
  return { retry, blame, why }
}

const serverError = ['move', 'broken'] as const
const requestError = ['pass-on', 'none'] as const

const statuses: Readonly<Record<number, readonly [RetryClass, Blame]>> = {
  401: ['move', 'identity'],
  402: ['move', 'identity'],
  403: ['move', 'identity'],
  404: ['move', 'identity'],
  407: ['move', 'identity'],
  408: ['move', 'broken'],
  429: ['wait', 'rate-limit'],
  500: ['again', 'broken'],
}

/** A refused prompt is not shown to the next machine. */
function isContentFilter({ status, code }: AttemptFailure): boolean {
  return status !== null && status < 500 && (code === 'content_filter' || code === 'content_policy_violation')
}

function isContextLength({ status, code, message }: AttemptFailure): boolean {
  if (status !== 400 && status !== 413 && status !== 422) return false
  return (
    code === 'context_length_exceeded' ||
    code === 'exceed_context_size_error' ||
    (code === null && /context (length|size|window)/i.test(message))
  )
}

function isLoading({ code, message }: AttemptFailure): boolean {
  return code === 'model_loading' || /\bloading\b/i.test(message)
}
