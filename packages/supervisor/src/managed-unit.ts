import type { GenerationDocument, ResolvedService, ServiceKind, UnitState } from '@sanctum/contracts'
import { toFormerId } from './former-unit.ts'
import type { UnitName } from './unit-manager.ts'

/** A unit of launchd or systemd: what its manager does not say by itself. */
export interface ManagedUnit extends UnitName {
  readonly kind: ServiceKind
  readonly domain: 'system' | 'user'
  /** The session that a unit of launchd needs; null for any. */
  readonly session: 'gui' | 'background' | null
  /** Absolute path at which the manager finds its definition. */
  readonly file: string
  /** SHA-256 of that file as it was committed, so also of what its manager has read. */
  readonly digest?: string
  /** False: known to the manager, but started by name only. */
  readonly starts: boolean
  /** It is started by a time: a timer beside a unit of systemd, a calendar within one of launchd. */
  readonly isTimed: boolean
  readonly reloadSignal: string | null
  /** How long it may take to end when it is asked to, seconds; unknown for a unit that no catalog describes any more. */
  readonly stopTimeoutS?: number
  /** How long it may take until it has begun, seconds; unknown for a unit that no catalog describes any more, and for a job. */
  readonly startTimeoutS?: number
  /** Its service is no more; it is listed only where something of it is left. */
  readonly isRetired?: boolean
}

/** What is known of a service beyond the files of its unit. */
export type UnitService = Pick<ResolvedService, 'kind'> & {
  readonly session?: ResolvedService['session']
  readonly start_timeout_s?: ResolvedService['start_timeout_s']
  readonly stop?: Pick<ResolvedService['stop'], 'timeout_s'>
  readonly run?: Pick<NonNullable<ResolvedService['run']>, 'reload_signal'> | null
}

/** The units of a generation by their published files: for a service with a timer, one unit of both. A service that is not known is taken for a daemon. */
export function toManagedUnits(surfaces: GenerationDocument['surfaces'], services: ReadonlyMap<string, UnitService>): ManagedUnit[] {
  const files = surfaces.flatMap(({ path, unit, publish, digest }) =>
    unit === null || publish === null ? [] : [{ path, unit, publish, digest }],
  )
  return files
    .filter(({ path }) => !isTimer(path))
    .map(({ unit, publish, digest }) => {
      const { name, service, domain, starts } = unit
      const known = services.get(service)
      const timer = files.find((file) => isTimer(file.path) && file.unit.service === service)
      return {
        service,
        unit: name,
        kind: known?.kind ?? 'daemon',
        domain,
        session: known?.session ?? null,
        file: publish,
        digest,
        starts: starts || timer?.unit.starts === true,
        isTimed: timer !== undefined || (known?.kind === 'periodic' && publish.endsWith('.plist')),
        reloadSignal: known?.run?.reload_signal ?? null,
        ...(known?.stop === undefined ? {} : { stopTimeoutS: known.stop.timeout_s }),
        ...(known?.start_timeout_s === undefined || jobs.has(known.kind) ? {} : { startTimeoutS: known.start_timeout_s }),
      }
    })
}

/**
 * The units of several generations, the newest last. Of each service the newest unit counts; another one that it had is a former one,
 * unless it is another service's by now.
 */
export function mergeManagedUnits(generations: readonly (readonly ManagedUnit[])[]): ManagedUnit[] {
  const all = generations.flat()
  const counts = new Map(all.map((unit) => [unit.service, unit]))
  const merged = new Map(all.map((unit) => [`${unit.domain}/${unit.unit}`, unit]))
  return [...merged.values()].map((unit) => {
    const now = counts.get(unit.service) ?? unit
    return now.unit === unit.unit && now.domain === unit.domain ? unit : { ...unit, service: toFormerId(unit, now) }
  })
}

/** How long a stop is awaited, ms: as long as the unit may take, and what its manager needs beside that; an hour at most. */
export function stopPatienceMs({ stopTimeoutS = UNKNOWN_STOP_S }: ManagedUnit, overheadMs: number): number {
  return Math.min(stopTimeoutS * 1000 + overheadMs, LONGEST_MS)
}

/** How long a start is awaited, ms, in the same manner. Of a job only the arming is awaited, never its work. */
export function startPatienceMs({ kind, startTimeoutS = UNKNOWN_START_S }: ManagedUnit, overheadMs: number): number {
  return jobs.has(kind) ? overheadMs : Math.min(startTimeoutS * 1000 + overheadMs, LONGEST_MS)
}

/** How long a restart is awaited, ms: its stop and then its start. */
export function restartPatienceMs(unit: ManagedUnit, overheadMs: number): number {
  return Math.min(stopPatienceMs(unit, 0) + startPatienceMs(unit, overheadMs), LONGEST_MS)
}

/** For them a bound of the start would limit how long they may work. */
const jobs: ReadonlySet<ServiceKind> = new Set(['oneshot', 'periodic'])

/** What a service that says nothing of it has. */
const UNKNOWN_STOP_S = 10
/** What systemd gives to a unit that says nothing of it. */
const UNKNOWN_START_S = 90
/** Whoever asks for a stop or a start is told something within the hour. */
const LONGEST_MS = 3_600_000

/** What is told where it took longer than that. */
export function describePatience(unit: ManagedUnit, patienceMs: number, awaited: 'stop' | 'start' | 'restart' = 'stop'): string {
  const own = [
    ...(awaited === 'start' ? [] : [toOwn('stop.timeout_s', unit.stopTimeoutS)]),
    ...(awaited === 'stop' || jobs.has(unit.kind) ? [] : [toOwn('start_timeout_s', unit.startTimeoutS)]),
  ]
  return `within ${Math.round(patienceMs / 1000)} s${own.length === 0 ? '' : ` (${own.join(', ')})`}`
}

function toOwn(field: string, seconds: number | undefined): string {
  return `its ${field} is ${seconds === undefined ? 'not known any more' : `${seconds} s`}`
}

/** A unit of a service that is no more, of which the manager has nothing. */
export function isGone({ isRetired }: ManagedUnit, { loaded, pid, activity }: UnitState): boolean {
  return isRetired === true && !loaded && pid === null && activity === 'stopped'
}

function isTimer(path: string): boolean {
  return path.endsWith('.timer')
}
