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
}

/** A unit as the embedded manager sees it. A record that nobody keeps true is believed only as far as its process is still there. */
export function toUnitState({ service, definition, wanted, live, isSupervised, isAlive, file, isRead }: UnitSight): UnitState {
  const pid = live !== null && isAlive ? live.pid : null
  return {
    service,
    unit: definition?.unit ?? live?.unit ?? service,
    manager: 'embedded',
    loaded: definition !== null && isSupervised,
    wanted: wanted?.up ?? null,
    ...(isSupervised && isAskedAnew(live, wanted)
      ? notBegun
      : live === null
        ? unknownYet
        : isSupervised
          ? asRecorded(live)
          : unsupervised(live, isAlive)),
    pid,
    startedAtMs: pid === null ? null : (live?.started_at_ms ?? null),
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

/** Somebody asked for a unit that was down; its record is still that of before. */
function isAskedAnew(live: EmbeddedLive | null, wanted: EmbeddedWanted | null): boolean {
  return wanted?.up === true && (live === null || (live.phase === 'down' && !live.wanted.up))
}

function asRecorded({ activity, why }: EmbeddedLive): Judged {
  return { activity, why }
}

function unsupervised(live: EmbeddedLive, isAlive: boolean): Judged {
  if (isAlive) return { activity: live.activity, why: `${live.why}; no supervisor looks after it` }
  if (live.phase === 'down') return { activity: live.activity === 'waiting' ? 'stopped' : live.activity, why: live.why }
  return { activity: 'stopped', why: 'no supervisor runs that could start it' }
}
