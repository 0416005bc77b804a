import type { Delivery, TargetDefinition } from '../config/router-definition.ts'
import type { Endpoint } from '../route/endpoints.ts'
import type { AnswerQuality } from '../target/target-state.ts'
import type { AttemptFailure } from './attempt-failure.ts'

/** What of a request is known before anybody is asked. */
export interface RequestFacts {
  readonly endpoint: Endpoint
  /** As the client wrote it. */
  readonly model: string | null
  readonly isStream: boolean
  readonly promptBytes: number
  /** Last message of the user, for intent keywords; empty where there is none. */
  readonly lastUserText: string
  readonly usesTools: boolean
  /** May be asked twice without harm. Answers of models may; it is false for what acts. */
  readonly isRepeatable: boolean
  /** Asked for by the request; null: what the route says. */
  readonly delivery: Delivery | null
  /** Which try of its client this is, from 0. */
  readonly clientRetry: number
  readonly arrivedAtMs: number
  /** By when the client wants an end. */
  readonly deadlineAtMs: number
}

/** The limits of one attempt, in milliseconds from its start; idle counts from the last real output. */
export interface AttemptClocks {
  readonly connectMs: number
  readonly firstTokenMs: number
  readonly idleMs: number
  readonly totalMs: number
}

/** What the proxy saw. `attempt` numbers the attempts of a request from 0. */
export type RequestEvent =
  | { readonly kind: 'began' }
  | { readonly kind: 'connected'; readonly attempt: number }
  /** The first content, reasoning or tool delta of a stream, or the whole of an answer that is none. Comments, roles and empty deltas are not output. */
  | { readonly kind: 'output'; readonly attempt: number }
  | { readonly kind: 'failed'; readonly attempt: number; readonly failure: AttemptFailure }
  | { readonly kind: 'ended'; readonly attempt: number; readonly quality: AnswerQuality }
  /** It is time: a wake-up that was asked for is due. `lastOutputAtMs` per attempt, null before its first output. */
  | { readonly kind: 'tick'; readonly lastOutputAtMs: ReadonlyMap<number, number> }
  | { readonly kind: 'client-gone' }
  /** A target that this request waits for is in another condition. */
  | { readonly kind: 'targets-changed' }

/** What the proxy does, in the order given. */
export type RequestAct =
  | { readonly kind: 'attempt'; readonly attempt: number; readonly target: TargetDefinition; readonly clocks: AttemptClocks }
  | { readonly kind: 'abort'; readonly attempt: number; readonly why: string }
  /** Sends what this attempt holds, then passes it through. From here on no other attempt may speak. */
  | { readonly kind: 'commit'; readonly attempt: number }
  /** Headers leave if they have not, then one comment. Streams only. */
  | { readonly kind: 'show-life'; readonly why: string }
  /** One token, asked by nobody, so that the model is in memory. All who wait for it join. */
  | { readonly kind: 'warm'; readonly target: TargetDefinition }
  /** The refusal of the target, unchanged. */
  | { readonly kind: 'pass-on'; readonly attempt: number }
  /** The committed answer is whole. */
  | { readonly kind: 'finish'; readonly attempt: number }
  /** A failure: as status and JSON while nothing was sent; else in-band, and then the connection is aborted. */
  | { readonly kind: 'fail'; readonly failure: FinalFailure }

export interface FinalFailure {
  readonly status: 400 | 404 | 413 | 429 | 500 | 502 | 503 | 504
  /** Of the OpenAI error object, such as `upstream_cut`. */
  readonly code: string
  readonly message: string
  /** Honest: from the time that a model needs to load, or null. */
  readonly retryAfterS: number | null
}
