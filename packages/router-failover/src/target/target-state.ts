import type { AttemptFailure } from '../request/attempt-failure.ts'

/** Whom a failure speaks against. */
export type Blame = 'none' | 'identity' | 'rate-limit' | 'loading' | 'gone' | 'silent' | 'broken'

/** What is known of a server and its model. `unknown` is neither good nor bad: nothing was seen, or too long ago. */
export type TargetCondition = 'unknown' | 'warm' | 'busy' | 'cold' | 'loading' | 'rate-limited' | 'down' | 'misconfigured'

/** What was seen of a target, and what follows from it. Plain data; times are those of `TargetEvent`. */
export interface TargetState {
  readonly isLocal: boolean
  /** As declared, or the longest that was seen; null: unknown. */
  readonly loadMs: number | null
  readonly inFlight: number
  /** Attempts that have shown output and have not ended: proof of health while they last. */
  readonly speaking: number
  /** Requests that wait for it. */
  readonly waiting: number
  readonly lastTokenAtMs: number | null
  /** The last look at its health, of any kind. */
  readonly lookedAtMs: number | null
  /** Set while it says that it loads, or a warm-up runs. */
  readonly loadingSinceMs: number | null
  readonly warmUpSinceMs: number | null
  /** No user request goes there before a token was seen. */
  readonly needsToken: boolean
  /** Nobody answers there. */
  readonly isDown: boolean
  /** When nobody answered there last, and how often that came close after another time. */
  readonly fellAtMs: number | null
  readonly falls: number
  readonly problem: string | null
  /** When a target that is misconfigured, down or cold may be looked at again with a token. */
  readonly retrialAtMs: number
  readonly coolUntilMs: number
  readonly coolings: number
  readonly breaker: BreakerState
  readonly failures: number
  readonly slowEmaMs: number | null
  readonly slowRow: number
  /** Why it is in its condition, in a few words. */
  readonly why: string
  /** Times to the first output, the last ones of each band of prompt sizes; first of streams, then of whole answers. */
  readonly firstTokens: readonly (FirstTokenTimes | null)[]
}

export interface BreakerState {
  readonly isOpen: boolean
  readonly openedAtMs: number
  readonly untilMs: number
  /** Openings that came close after one another. */
  readonly flaps: number
  /** Trials that failed since it opened. */
  readonly trials: number
}

export interface FirstTokenTimes {
  /** The last ones, in no order. */
  readonly samples: readonly number[]
  readonly next: number
  readonly p95Ms: number
}

/** What happened at a target. Times are those of a clock that nobody sets, in milliseconds. */
export type TargetEvent =
  | { readonly kind: 'attempt-started'; readonly atMs: number }
  | { readonly kind: 'connected'; readonly atMs: number }
  /** `tookMs` from the start of the attempt. Of an answer that is no stream it comes with the end. */
  | {
      readonly kind: 'first-token'
      readonly atMs: number
      readonly tookMs: number
      readonly promptBytes: number
      readonly isStream: boolean
    }
  /** The attempt ended well, or at least to its end. */
  | {
      readonly kind: 'answered'
      readonly atMs: number
      readonly tookMs: number
      /** From the start to the first output. */
      readonly firstTokenMs: number
      readonly completionTokens: number
      readonly quality: AnswerQuality
      readonly slow: { readonly thresholdMs: number; readonly tripCount: number } | null
    }
  /** `hadOutput`: it had been speaking. `isOwnModel`: it was asked for the model that its definition names. */
  | {
      readonly kind: 'failed'
      readonly atMs: number
      readonly failure: AttemptFailure
      readonly hadOutput: boolean
      readonly isOwnModel: boolean
    }
  /** The client left, or another answer was quicker. It says nothing about the target, unless it was silent longer than it usually is. */
  | { readonly kind: 'abandoned'; readonly atMs: number; readonly hadOutput: boolean; readonly wasOverdue?: boolean }
  /** A request waits for it, or no longer. */
  | { readonly kind: 'waiting'; readonly atMs: number; readonly change: 1 | -1 }
  /** A cheap look at its health: no token was asked for. */
  | { readonly kind: 'health-seen'; readonly atMs: number; readonly health: 'ready' | 'loading' | 'refused' | 'silent' | 'unauthorized' }
  | { readonly kind: 'warm-up-started'; readonly atMs: number }
  | {
      readonly kind: 'warm-up-ended'
      readonly atMs: number
      readonly tookMs: number
      readonly failure: AttemptFailure | null
      /** False: it may well have no such address, or no model that was asked for. */
      readonly isOwnModel?: boolean
    }
  /** Its certificate, key or credential was read: what is wrong with it, or null. */
  | { readonly kind: 'identity-read'; readonly atMs: number; readonly problem: string | null }

/** `broken` trips the breaker, `suspicious` is told. */
export type AnswerQuality =
  | { readonly kind: 'fine' }
  | { readonly kind: 'suspicious'; readonly why: 'think-tag-leak' | 'truncated-tiny' }
  | { readonly kind: 'broken'; readonly why: 'empty-content' | 'pure-repetition' }

/** A target of which nothing was seen yet. */
export function createTargetState({
  locality,
  loadTimeMs,
}: {
  readonly locality: 'local' | 'cloud'
  readonly loadTimeMs: number | null
} = unknownTarget): TargetState {
  return {
    isLocal: locality === 'local',
    loadMs: loadTimeMs,
    inFlight: 0,
    speaking: 0,
    waiting: 0,
    lastTokenAtMs: null,
    lookedAtMs: null,
    loadingSinceMs: null,
    warmUpSinceMs: null,
    needsToken: false,
    isDown: false,
    fellAtMs: null,
    falls: 0,
    problem: null,
    retrialAtMs: 0,
    coolUntilMs: 0,
    coolings: 0,
    breaker: closedBreaker,
    failures: 0,
    slowEmaMs: null,
    slowRow: 0,
    why: 'nothing was seen of it yet',
    firstTokens: noTimes,
  }
}

const unknownTarget = { locality: 'local', loadTimeMs: null } as const
const closedBreaker: BreakerState = { isOpen: false, openedAtMs: 0, untilMs: 0, flaps: 0, trials: 0 }
const noTimes: readonly null[] = [null, null, null, null, null, null, null, null]
