import type { StrangerUnit, UnitManagerKind, UnitState } from '@sanctum/contracts'

/** Which unit belongs to which service. */
export interface UnitName {
  readonly service: string
  readonly unit: string
}

/**
 * What came of a request. `accepted`: the manager took it and has begun; whether the service becomes ready is asked of its probe.
 * `unchanged`: it was so already, and nothing was written.
 */
export type UnitReply =
  | { readonly kind: 'accepted'; readonly service: string }
  | { readonly kind: 'unchanged'; readonly service: string }
  | { readonly kind: 'unknown-unit'; readonly service: string; readonly why: string }
  | { readonly kind: 'refused'; readonly service: string; readonly why: string }
  | { readonly kind: 'failed'; readonly service: string; readonly why: string }
  | { readonly kind: 'timed-out'; readonly service: string; readonly why: string }
  | { readonly kind: 'manager-down'; readonly service: string; readonly why: string }

/** The one seam to whatever owns long-lived processes on a machine. Each request resolves when the manager has accepted or refused it. */
export interface UnitManager {
  readonly kind: UnitManagerKind
  /** Every unit that is defined, wanted or running, in code-unit order of the services. */
  list(): Promise<readonly UnitState[]>
  /** What runs or is loaded under a name of Sanctum and is none of `list`. Ordered by name. */
  listStrangers(): Promise<readonly StrangerUnit[]>
  /** The manager reads the definitions again; what runs keeps running as it is until it is restarted. */
  reloadDefinitions(changed: readonly UnitName[]): Promise<readonly UnitReply[]>
  /** Wanted up from now on, across boots where the unit starts by itself. A unit that was given up is tried again. */
  start(service: string): Promise<UnitReply>
  /** Resolves when nothing of it is left. It stays down until somebody starts it. */
  stop(service: string): Promise<UnitReply>
  /** Stops it if it runs, then starts it with the newest definition. */
  restart(service: string): Promise<UnitReply>
  /** Tells it to read its configuration again; refused where it knows no such signal. */
  reload(service: string): Promise<UnitReply>
  /** Stops it, and removes what the manager remembers of it. */
  forget(service: string): Promise<UnitReply>
}

/** True where the request came to what was asked. */
export function isGood(reply: UnitReply): boolean {
  return reply.kind === 'accepted' || reply.kind === 'unchanged'
}

/** True for a name under which only Sanctum defines units. */
export function isOurUnit(unit: string): boolean {
  return /^(com\.sanctum\.|sanctum-)/.test(unit)
}
