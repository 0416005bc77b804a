import type { CapLedger } from '../caps/cap-ledger.ts'
import type { Delivery, RouteDefinition, RouterDefinition, TargetDefinition } from '../config/router-definition.ts'
import type { RouterPolicy } from '../policy/router-policy.ts'
import type { RouteChoice } from '../route/choose-route.ts'
import type { Endpoint } from '../route/endpoints.ts'
import type { AnswerQuality, TargetEvent, TargetState } from '../target/target-state.ts'
import type { AttemptFailure } from './attempt-failure.ts'
import type { RetryBudget } from './retry-budget.ts'

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

/** What a decision looks at besides the request itself. */
export interface RequestWorld {
  readonly nowMs: number
  /** By `TargetDefinition.key`. */
  readonly states: (key: string) => TargetState
  readonly policy: RouterPolicy
  /** Shared by all requests; the outcome of a step carries the next one. */
  readonly budget: RetryBudget
  readonly caps: CapLedger
  /** From 0 up to 1. */
  readonly random: () => number
}

/** A request under way. Plain data, replaced at each step. */
export interface RequestLoop {
  readonly definition: RouterDefinition
  readonly facts: RequestFacts
  readonly choice: RouteChoice
  /** The route whose targets are asked: that of the choice, or the one for longer contexts. */
  readonly route: RouteDefinition
  readonly delivery: Delivery
  readonly phase: 'open' | 'committed' | 'done'
  readonly attempts: readonly Attempt[]
  /** The attempt whose output the client gets. */
  readonly committed: number | null
  readonly isHedged: boolean
  readonly isContinued: boolean
  /** The target that is asked again after a pause; null: whoever is next. */
  readonly again: TargetDefinition | null
  /** Nobody is asked before this time. */
  readonly pauseUntilMs: number
  /** Keys of the targets that count this request as waiting. */
  readonly waitsFor: readonly string[]
  readonly waitsSinceMs: number | null
  readonly lifeAtMs: number
  readonly lastFailure: { readonly failure: AttemptFailure; readonly attempt: number } | null
}

export interface Attempt {
  readonly target: TargetDefinition
  readonly startedAtMs: number
  readonly state: 'running' | 'speaking' | 'over'
  readonly outputAtMs: number | null
  readonly clocks: AttemptClocks
}

/** The limits of one attempt, in milliseconds from its start; idle counts from the last real output. Who performs the attempt keeps them. */
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
  /** `continuable`: what was sent is plain text only, so that another target could go on with it. */
  | { readonly kind: 'failed'; readonly attempt: number; readonly failure: AttemptFailure; readonly continuable?: boolean }
  | { readonly kind: 'ended'; readonly attempt: number; readonly quality: AnswerQuality; readonly completionTokens: number }
  /** It is time: the wake-up that was asked for is due. */
  | { readonly kind: 'tick' }
  | { readonly kind: 'client-gone' }
  /** A target is in another condition than before. Told to every request that `isWaiting`. */
  | { readonly kind: 'targets-changed' }

/** What the proxy does, in the order given. */
export type RequestAct =
  /** `route` is that of the target: another than the first where the request was too long for it. `continues`: the attempt whose text stands before this one's, as the beginning of the assistant's message; null: from the start. */
  | {
      readonly kind: 'attempt'
      readonly attempt: number
      readonly target: TargetDefinition
      readonly route: RouteDefinition
      readonly clocks: AttemptClocks
      readonly continues: number | null
    }
  | { readonly kind: 'abort'; readonly attempt: number; readonly why: string }
  /** Sends what this attempt holds, then passes it through. From here on no other attempt may speak. */
  | { readonly kind: 'commit'; readonly attempt: number }
  /** Headers leave if they have not, then one comment. Streams only. */
  | { readonly kind: 'show-life'; readonly why: string }
  /** One token, asked by nobody, so that the model is in memory. Its end is told to the target as `warm-up-ended`. */
  | { readonly kind: 'warm'; readonly target: TargetDefinition; readonly clocks: AttemptClocks }
  /** The refusal of the target, unchanged; one that came inside of an answer leaves as a 400 with its error object. */
  | { readonly kind: 'pass-on'; readonly attempt: number }
  /** The committed answer is whole. */
  | { readonly kind: 'finish'; readonly attempt: number }
  /** A failure: as status and JSON while nothing was sent; else in-band, and then the connection is aborted. */
  | { readonly kind: 'fail'; readonly failure: FinalFailure }

/** What follows from an event. */
export interface RequestStep {
  readonly loop: RequestLoop
  readonly acts: readonly RequestAct[]
  /** When the loop wants a `tick`; null: it waits for events only. */
  readonly wakeAtMs: number | null
  /** For `reduceTarget` of each, in this order, before any other step is taken. */
  readonly targetEvents: readonly { readonly key: string; readonly event: TargetEvent }[]
  readonly budget: RetryBudget
}

export interface FinalFailure {
  readonly status: 400 | 404 | 413 | 429 | 500 | 502 | 503 | 504
  /** Of the OpenAI error object, such as `upstream_cut`. */
  readonly code: string
  readonly message: string
  /** Honest: from the time that a model needs to load, or null. */
  readonly retryAfterS: number | null
}
