import type { ProbeSpec, ProgramSight, ResolvedProbe, ServiceKind, UnitState } from '@sanctum/contracts'

export type ProbeType = ProbeSpec['type']
export type ProbeOf<Type extends ProbeType> = Extract<ResolvedProbe, { type: Type }>

/** What is known of a service at the moment of a probe. */
export interface ProbeContext {
  readonly provides: readonly Provision[]
  /** The process that its manager names; null where there is none or nobody says. */
  readonly process: { readonly pid: number; readonly startedAtMs: number | null } | null
  /** How its last run ended; null where none is known. */
  readonly lastRun: LastRun | null
  /** The unit as its manager sees it. */
  readonly unit?: UnitState | null
  /** SHA-256 of the file of its unit as it was committed; null where nobody says. */
  readonly unitDigest?: string | null
  /** What its process runs, and whether that is still what lies on the disk. */
  readonly program?: ProgramSight | null
}

export interface Provision {
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  readonly security: 'plain' | 'tls' | 'mtls'
}

export interface LastRun {
  readonly endedAtMs: number
  /** Given where nobody saw it end: it was after `endedAtMs` and by this time. */
  readonly endedByMs?: number
  readonly code: number | null
  readonly signal: string | null
}

/** What a probe asks, or why there is nothing to ask. */
export type Aim<Target> = { readonly kind: 'target'; readonly target: Target } | { readonly kind: 'none'; readonly why: string }

/** One way to look at a service. A kind describes itself, so that nobody else lists kinds. */
export interface ProbeKind<Type extends ProbeType, Target> {
  readonly type: Type
  readonly title: string
  /** It goes through a socket, so trouble of our own network explains its failures. */
  readonly needsNetwork: boolean
  /** So many at once: more would only wait for each other while their deadlines pass. */
  readonly concurrency: number
  /** A hung process fails it. Where this is false, a pass says less than it seems. */
  readonly seesHang: boolean
  /** The kinds of service of which it is a sensible question. */
  readonly suits: readonly ServiceKind[]
  aim(probe: ProbeOf<Type>, context: ProbeContext): Aim<Target>
  /** Whom it asks, where it goes through a socket. */
  host?(target: Target): string
  /** The question in a few words, such as `GET http://127.0.0.1:2187/health`. */
  describe(target: Target): string
}

export function toTarget<Target>(target: Target): Aim<Target> {
  return { kind: 'target', target }
}

export function noTarget(why: string): Aim<never> {
  return { kind: 'none', why }
}
