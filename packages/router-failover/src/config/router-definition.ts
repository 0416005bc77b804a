import type { Endpoint } from '../route/endpoints.ts'

/** Everything that the router needs to know, with nothing left open. Made from a catalog, or from one file. */
export interface RouterDefinition {
  /** In the order in which they were written; the first that matches is taken. */
  readonly routes: readonly RouteDefinition[]
  /** Name of the route for what no other takes. */
  readonly defaultRoute: string
}

/** `live`: tokens as they come. `assured`: the answer is held, so that a cut or a stall is repaired by a whole restart elsewhere. */
export type Delivery = 'live' | 'assured'

/** One name that clients ask for, and the servers that may answer it, in order. */
export interface RouteDefinition {
  readonly name: string
  readonly description: string | null
  /** Exact names and globs. */
  readonly models: readonly string[]
  readonly intentKeywords: readonly string[]
  /** Never leaves this machine, whatever fails. */
  readonly secure: boolean
  readonly delivery: Delivery
  /** First the primary, then what stands in for it. */
  readonly targets: readonly TargetDefinition[]
  /** An answer slower than this counts as slow; so many slow ones in a row trip the breaker. */
  readonly slow: { readonly thresholdMs: number; readonly tripCount: number } | null
  readonly dailyCapCompletionTokens: number | null
  /** What stands between think tags is taken out of the answer. */
  readonly stripThinking: boolean
  /** Route that takes a request whose context is too long for this one. Null: the refusal is passed on. */
  readonly largerContext: string | null
  /** A cut answer may be continued by prefill on a target that takes it. */
  readonly continuation: boolean
}

/** One server, asked in one way. */
export interface TargetDefinition {
  /** `route/0` is the primary of a route, `route/1` what stands in first. */
  readonly id: string
  /** Targets with the same key are the same server, model and identity: what is learned of one is true of all. */
  readonly key: string
  /** Base address with its version path, without a slash at its end. */
  readonly url: string
  /** What the server calls the model; null: as the client called it. */
  readonly model: string | null
  readonly locality: 'local' | 'cloud'
  /** Null: all. */
  readonly endpoints: readonly Endpoint[] | null
  /** Model architectures that it can load; null: unknown, so it is not judged. */
  readonly architectures: readonly string[] | null
  readonly loadTimeMs: number | null
  /** Given limits stand; what is null is learned. */
  readonly timeouts: {
    readonly connectMs: number | null
    readonly firstTokenMs: number | null
    readonly idleMs: number | null
    readonly totalMs: number | null
  }
  readonly credential: Credential
  readonly tls: { readonly caFile: string | null; readonly certFile: string | null; readonly keyFile: string | null } | null
  /** Takes an assistant message as the beginning of its own answer. */
  readonly prefill: boolean
  /** May be asked for a token that no user wants. False of a cloud target, unless it was allowed. */
  readonly isProbed: boolean
}

export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'environment'; readonly variable: string }
  /** Name of a file under secrets/. */
  | { readonly kind: 'secret'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
