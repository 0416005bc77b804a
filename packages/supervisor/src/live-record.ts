import type { EmbeddedLive } from '@sanctum/contracts'
import { freshHistory } from './judge-restart.ts'
import { createLife, type Moment, processOf, toActivity, type UnitLife, type UnitPhase, type UnitProcess } from './unit-life.ts'

/** A unit as it is written down for the supervisor that comes next and for everybody who asks. */
export function toLive(unit: UnitLife, bootId: string): EmbeddedLive {
  const { phase, wanted } = unit
  const process = processOf(unit)
  return {
    schema_version: 1,
    service: unit.service,
    unit: unit.unit,
    activity: toActivity(phase),
    phase: phase.at,
    why: unit.why,
    since_ms: unit.sinceMs,
    boot_id: bootId,
    incarnation: process?.incarnation ?? null,
    pid: process?.pid ?? null,
    start_time: process?.startTime ?? null,
    started_at_ms: process?.startedAtMs ?? null,
    started_up_ms: process?.startedUpMs ?? null,
    definition_digest: process?.digest ?? null,
    started_as: process?.startedAs ?? null,
    stop: process?.stop ?? null,
    deadline_up_ms: deadlineOf(phase),
    ending: phase.at === 'stopping' ? phase.ending : null,
    held: phase.at === 'down' && phase.held,
    wanted: { known: wanted.known, up: wanted.up, restart_seq: wanted.restartSeq, reload_seq: wanted.reloadSeq },
    restart_seq_done: unit.restartSeqDone,
    reload_seq_done: unit.reloadSeqDone,
    restarts: unit.restarts,
    starts_up_ms: [...unit.history.startsUpMs],
    streak: unit.history.streak,
    last_exit: unit.lastExit,
    last_exit_at_ms: unit.lastExitAtMs,
    last_success_at_ms: unit.lastSuccessAtMs,
    ran_in_boot: unit.ranInBoot,
    due: unit.dueKept === null ? null : { at_ms: unit.dueKept.atMs, wall_minute: unit.dueKept.wallMinute },
  }
}

/**
 * The unit of a record. After another boot nothing of it runs and nothing is held against it: only what was asked, how it last ended
 * and how far its schedule was looked through are kept.
 */
export function fromLive(live: EmbeddedLive, { bootId, wallMs, upMs }: Pick<Moment, 'bootId' | 'wallMs' | 'upMs'>): UnitLife {
  const due = live.due === null ? null : { atMs: live.due.at_ms, wallMinute: live.due.wall_minute }
  const kept: UnitLife = {
    ...createLife(live.service, wallMs),
    unit: live.unit,
    wanted: { known: live.wanted.known, up: live.wanted.up, restartSeq: live.wanted.restart_seq, reloadSeq: live.wanted.reload_seq },
    restartSeqDone: live.restart_seq_done,
    reloadSeqDone: live.reload_seq_done,
    lastExit: live.last_exit,
    lastExitAtMs: live.last_exit_at_ms,
    lastSuccessAtMs: live.last_success_at_ms,
    ranInBoot: live.ran_in_boot,
    due,
    dueKept: due,
  }
  if (live.boot_id !== bootId) return { ...kept, why: 'the machine was started again', history: freshHistory }
  return {
    ...kept,
    phase: phaseOf(live, upMs),
    why: live.why,
    sinceMs: live.since_ms,
    history: { startsUpMs: live.starts_up_ms, streak: live.streak },
    restarts: live.restarts,
  }
}

function deadlineOf(phase: UnitPhase): number | null {
  if (phase.at === 'backing-off') return phase.untilUpMs
  if (phase.at === 'starting') return phase.deadlineUpMs
  return phase.at === 'stopping' ? phase.killAtUpMs : null
}

/** It may have become ready while no supervisor was there to see it. */
const READINESS_GRACE_MS = 10_000

function phaseOf(live: EmbeddedLive, upMs: number): UnitPhase {
  const deadline = live.deadline_up_ms ?? 0
  if (live.phase === 'down') return { at: 'down', as: restOf(live.activity), held: live.held }
  if (live.phase === 'backing-off') return { at: 'backing-off', untilUpMs: deadline }
  const process = processIn(live)
  if (process === null) return { at: 'down', as: 'stopped', held: false }
  if (live.phase === 'starting') return { at: 'starting', process, deadlineUpMs: Math.max(deadline, upMs + READINESS_GRACE_MS) }
  if (live.phase !== 'stopping') return { at: live.phase, process }
  // Whether the signal was still sent is not known, so it is sent again.
  return { at: 'stopping', process, ending: live.ending ?? 'asked', killAtUpMs: deadline, signals: 0 }
}

const rests = ['stopped', 'waiting', 'completed', 'failed', 'unknown'] as const

function restOf(activity: EmbeddedLive['activity']): (typeof rests)[number] {
  return rests.find((rest) => rest === activity) ?? 'unknown'
}

function processIn(live: EmbeddedLive): UnitProcess | null {
  const { incarnation, pid, start_time: startTime, started_at_ms: startedAtMs, started_up_ms: startedUpMs, stop } = live
  if (incarnation === null || startedAtMs === null || startedUpMs === null || stop === null) return null
  return { incarnation, pid, startTime, startedAtMs, startedUpMs, digest: live.definition_digest, startedAs: live.started_as, stop }
}
