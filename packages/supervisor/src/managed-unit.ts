import type { ServiceKind } from '@sanctum/contracts'
import type { UnitName } from './unit-manager.ts'

/** A unit of launchd or systemd: what its manager does not say by itself. */
export interface ManagedUnit extends UnitName {
  readonly kind: ServiceKind
  readonly domain: 'system' | 'user'
  /** The session that a unit of launchd needs; null for any. */
  readonly session: 'gui' | 'background' | null
  /** Absolute path at which the manager finds its definition. */
  readonly file: string
  /** False: known to the manager, but started by name only. */
  readonly starts: boolean
  /** It is started by a time: a timer beside a unit of systemd, a calendar within one of launchd. */
  readonly isTimed: boolean
  readonly reloadSignal: string | null
}
