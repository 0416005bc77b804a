import type { EmbeddedLive, EmbeddedUnit, EmbeddedWanted, UnitState } from '@sanctum/contracts'

/** All that is known of an embedded unit from outside. */
export interface UnitSight {
  readonly service: string
  readonly definition: EmbeddedUnit | null
  readonly wanted: EmbeddedWanted | null
  readonly live: EmbeddedLive | null
  /** Whether a supervisor runs, so that the record is kept true. */
  readonly isSupervised: boolean
  /** Whether the process of the record is still there. */
  readonly isAlive: boolean
  /** Absolute path of the definition; null where nobody asks for it. */
  readonly file: string | null
  /** Whether the supervisor has read the definitions that `current` names. */
  readonly isRead: boolean
  /** The present boot: what was asked or recorded in another one holds no longer. */
  readonly bootId: string
}

/** A unit as the embedded manager sees it. A record that nobody keeps true is believed only as far as its process is still there. */
export function toUnitState(sight: UnitSight): UnitState {
  const { service, definition, live, isSupervised, isAlive, file, isRead } = sight
  const wanted = wantedIn(sight)
  const pid = live !== null && isAlive ? live.pid : null
  return {
    service,
    unit: definition?.unit ?? live?.unit ?? service,
    manager: 'embedded',
    loaded: definition !== null && isSupervised,
    wanted,
    ...(isSupervised && isAskedAnew(sight, wanted) ? notBegun : live === null ? unknownYet : judgeRecord(sight, live)),
    pid,
    startedAtMs: pid === null ? null : (live?.started_at_ms ?? null),
    ...(isSupervised && live !== null && isBeingStopped(live) ? { stopping: true } : {}),
    restarts: live?.restarts ?? 0,
    lastExit: live?.last_exit ?? null,
    definitionDigest: (pid === null ? definition?.digest : live?.definition_digest) ?? null,
    definitionFile: definition === null ? null : file,
    dropIns: [],
    needsReload: isSupervised && !isRead,
  }
}

type Judged = Pick<UnitState, 'activity' | 'why'>

const unknownYet: Judged = { activity: 'stopped', why: 'nobody asked for it' }

const notBegun: Judged = { activity: 'starting', why: 'it was asked for, and the supervisor is about to begin' }

const restarted: Judged = { activity: 'stopped', why: 'the machine was started again, and nobody asked for it since' }

/** What was asked for one boot only is not wanted in the next one. */
function wantedIn({ wanted, bootId }: UnitSight): boolean | null {
  if (wanted === null) return null
  return wanted.up && (wanted.boot_id === null || wanted.boot_id === bootId)
}

/** Somebody asked for a unit that is down: its record is still that of before, or of the boot before, or of the moment between two processes. */
function isAskedAnew({ live, bootId }: UnitSight, wanted: boolean | null): boolean {
  if (wanted !== true) return false
  if (live === null || live.boot_id !== bootId) return true
  return live.phase === 'down' && (!live.wanted.up || (live.activity === 'stopped' && !live.held))
}

function judgeRecord({ isSupervised, isAlive, bootId }: UnitSight, live: EmbeddedLive): Judged {
  if (live.boot_id !== bootId && live.phase !== 'down') return restarted
  const { activity, why } = live
  if (isSupervised) return { activity, why }
  if (isAlive) return { activity, why: `${why}; no supervisor looks after it` }
  if (live.phase === 'down') return { activity: activity === 'waiting' ? 'stopped' : activity, why }
  return { activity: 'stopped', why: 'no supervisor runs that could start it' }
}

/** A start that took too long and is ended for it is no such end: that one failed. */
function isBeingStopped({ phase, ending }: EmbeddedLive): boolean {
  return phase === 'stopping' && (ending === 'asked' || ending === 'restart')
}
