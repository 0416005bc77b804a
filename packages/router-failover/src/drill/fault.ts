import type { Delivery } from '../config/router-definition.ts'
import type { ServerScript } from './server-script.ts'

/** How good a run was, by the public rules. */
export type Verdict = 'pass' | 'partial' | 'safe' | 'fail'

/** How a call ended for its client. */
export type CallOutcome =
  /** A clean end without an error; whether it is whole is another question. */
  | 'answer'
  | 'status'
  /** An error object inside of the answer, then a clean end. */
  | 'in-band'
  /** An error object inside of the answer, then a connection that breaks. */
  | 'in-band-abort'
  | 'abort'
  | 'hang'
  /** The client left on purpose. */
  | 'left'

export type ServerRole = 'primary' | 'fallback'

/** What the examiner sends. Times are milliseconds at full length. */
export type CallPlan =
  | { readonly kind: 'one' }
  | { readonly kind: 'series'; readonly count: number; readonly everyMs: number }
  | { readonly kind: 'together'; readonly count: number }
  /** A client that asks again after each failure and says so in the header that the SDKs use. */
  | { readonly kind: 'stacked'; readonly tries: number; readonly pauseMs: number }
  /** Leaves after a while, or with the first word of a stream. */
  | { readonly kind: 'leave'; readonly afterMs: number }
  | { readonly kind: 'leave-with-the-first-word'; readonly orAfterMs: number }

/** A failed advisory check makes a pass partial, a failed required one fails the run. Times are milliseconds at full length. */
export interface DrillCheck {
  readonly id: string
  readonly level: 'required' | 'advisory'
  readonly ask: CheckQuestion
}

export type CheckQuestion =
  | { readonly kind: 'ends-within'; readonly ms: number }
  | { readonly kind: 'attempts'; readonly of: ServerRole | 'both'; readonly atLeast?: number; readonly atMost?: number }
  /** Between the first and the second attempt at the primary. */
  | { readonly kind: 'gap'; readonly atLeastMs: number }
  | { readonly kind: 'attempts-within'; readonly ms: number; readonly atMost: number }
  | { readonly kind: 'whole' }
  | { readonly kind: 'healthy-afterwards' }
  | { readonly kind: 'names-the-fallback' }
  | { readonly kind: 'usage' }
  /** No frame that is no JSON reaches the client. */
  | { readonly kind: 'no-broken-frame' }
  /** The caller never sees that the fallback took no prefill. */
  | { readonly kind: 'prefill-refusal-hidden' }
  | { readonly kind: 'served-until'; readonly ms: number }
  | { readonly kind: 'primary-again'; readonly afterMs: number; readonly withinMs: number }
  /** Status and code of the refusal are those of the server. */
  | { readonly kind: 'refusal-unchanged'; readonly status: number; readonly code: string }
  /** No longer silence towards the client than this, from its request on. */
  | { readonly kind: 'life-signs'; readonly atMostMs: number }
  /** Real milliseconds: a client that left costs what a machine takes to hang up, at any length of time. */
  | { readonly kind: 'hung-up'; readonly withinRealMs: number }

/** The verdict, or a better one; and at that verdict one of these ends. */
export interface Expectation {
  readonly verdict: Verdict
  readonly outcomes: readonly CallOutcome[]
}

/** One planted trouble, and what is right about it. */
export interface Fault {
  /** S: the public catalogue; F: those that were measured on peers; O: ours. */
  readonly id: string
  readonly title: string
  readonly primary: ServerScript
  readonly fallback: ServerScript
  readonly plan: CallPlan
  /** What the caller should get: the whole answer, or the reason of a refusal. */
  readonly ideal: 'answer' | 'error' | 'left'
  /** Whoever has not answered by then hangs. */
  readonly limitMs: number
  /** The limits that the route is given. */
  readonly limits: { readonly firstTokenMs: number; readonly idleMs: number; readonly loadMs: number | null }
  /** The fallback takes what is too long for the primary. */
  readonly largerContext: boolean
  readonly checks: readonly DrillCheck[]
  /** Of our own router. */
  readonly expected: Readonly<Record<Delivery, Expectation>>
}
