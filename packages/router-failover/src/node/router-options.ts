import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RouterExplanation, RouterRouteStatus } from '@sanctum/contracts'
import type { RouteDefinition, RouterDefinition } from '../config/router-definition.ts'
import type { RouterPolicy } from '../policy/router-policy.ts'
import type { Endpoint } from '../route/endpoints.ts'
import type { AttemptLimits } from './attempt-request.ts'
import type { CapStore } from './cap-store.ts'
import type { MetricFamily } from './metric-registry.ts'
import type { SecretReaders } from './read-identity.ts'
import type { ShadowOutcome } from './shadow-routes.ts'
import type { BodyLimits } from './take-body.ts'

/** Answers requests; a server gives it those that it has judged. */
export interface Router {
  /** `/v1/...`; and for who runs it alone also `/v1/backends`, `/health` and `/metrics`. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Takes another definition; what is being answered ends as it began. */
  redefine(definition: RouterDefinition): void
  routes(): readonly RouterRouteStatus[]
  /** Which attempts would be made now for a model, and why no others; for a chat unless another endpoint is named. */
  explain(model: string, endpoint?: Endpoint): Omit<RouterExplanation, 'schema_version' | 'model'>
  metrics(): readonly MetricFamily[]
  /** Looks at every server at once instead of when its time has come. */
  look(): void
  /** Adds a route for a drill, until it is removed or its time is over. Its servers must be on this machine. */
  addShadowRoute(route: RouteDefinition, ttlMs: number): ShadowOutcome
  removeShadowRoute(name: string): boolean
  /** Ends what is under way within the grace, then hangs up. */
  close(graceMs?: number): Promise<void>
}

export interface RouterLimits extends AttemptLimits, BodyLimits {
  /** No request lasts longer, whatever its client or its route says. */
  readonly requestMs: number
  /** A client that reads nothing for so long is hung up on. */
  readonly unreadMs: number
  /** A stream that has given its reason to end is over after so long, with or without its connection. */
  readonly lateEndMs: number
  /** Requests under way at once, with those that are still being received. */
  readonly requests: number
  /** Bodies of all requests under way together, in memory and on the disk; what would go beyond is refused with 503. */
  readonly bodiesBytes: number
}

export interface RouterOptions {
  /** One without routes answers drills alone. */
  readonly definition: RouterDefinition
  readonly policy?: RouterPolicy
  readonly readers?: Partial<SecretReaders>
  readonly limits?: Partial<RouterLimits>
  readonly capStore?: CapStore
  /** Told what a person may want to know; never a prompt, a key or an answer. */
  readonly log?: (event: RouterLogEvent) => void
  /** Told when the last shadow route is gone. */
  readonly onUndrilled?: () => void
  /** From 0 up to 1. */
  readonly random?: () => number
}

export type RouterLogEvent =
  | { readonly kind: 'target-changed'; readonly target: string; readonly from: string; readonly to: string; readonly why: string }
  | { readonly kind: 'request-failed'; readonly requestId: string; readonly route: string; readonly status: number; readonly code: string }
  | { readonly kind: 'caps-not-saved'; readonly why: string }

export const defaultRouterLimits: RouterLimits = {
  heldFrames: 64,
  heldBytes: 262_144,
  answerBytes: 33_554_432,
  refusalBytes: 262_144,
  frameBytes: 4_194_304,
  jsonBytes: 20_971_520,
  multipartBytes: 104_857_600,
  spillBytes: 1_048_576,
  spillDirectory: null,
  requestMs: 900_000,
  unreadMs: 60_000,
  lateEndMs: 2_000,
  requests: 1_024,
  bodiesBytes: 536_870_912,
}
