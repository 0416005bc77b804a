import type { AttemptFailure } from '../request/attempt-failure.ts'

/** What is known of a server and its model. `unknown` is neither good nor bad: nothing was seen, or too long ago. */
export type TargetCondition = 'unknown' | 'warm' | 'busy' | 'cold' | 'loading' | 'rate-limited' | 'down' | 'misconfigured'

/** What happened at a target. Times are those of a clock that nobody sets, in milliseconds. */
export type TargetEvent =
  | { readonly kind: 'attempt-started'; readonly atMs: number }
  | { readonly kind: 'connected'; readonly atMs: number }
  | { readonly kind: 'first-token'; readonly atMs: number; readonly tookMs: number; readonly promptBytes: number }
  /** The attempt ended well, or at least to its end. */
  | {
      readonly kind: 'answered'
      readonly atMs: number
      readonly tookMs: number
      readonly completionTokens: number
      readonly quality: AnswerQuality
    }
  | { readonly kind: 'failed'; readonly atMs: number; readonly failure: AttemptFailure }
  /** The client left, or another answer was quicker: it says nothing about the target. */
  | { readonly kind: 'abandoned'; readonly atMs: number }
  /** A cheap look at its health: no token was asked for. */
  | { readonly kind: 'health-seen'; readonly atMs: number; readonly health: 'ready' | 'loading' | 'refused' | 'silent' | 'unauthorized' }
  | { readonly kind: 'warm-up-started'; readonly atMs: number }
  | { readonly kind: 'warm-up-ended'; readonly atMs: number; readonly tookMs: number; readonly failure: AttemptFailure | null }
  /** Its certificate, key or credential was read: what is wrong with it, or null. */
  | { readonly kind: 'identity-read'; readonly atMs: number; readonly problem: string | null }

/** `broken` trips the breaker, `suspicious` is told. */
export type AnswerQuality =
  | { readonly kind: 'fine' }
  | { readonly kind: 'suspicious'; readonly why: 'think-tag-leak' | 'truncated-tiny' }
  | { readonly kind: 'broken'; readonly why: 'empty-content' | 'pure-repetition' }
