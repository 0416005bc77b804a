import type { EmbeddedUnit } from '@sanctum/contracts'
import { judgeEnd } from './judge-end.ts'
import { freshHistory } from './judge-restart.ts'
import { settleUnit } from './settle-unit.ts'
import {
  isJob,
  type Moment,
  processOf,
  type Reduction,
  toActivity,
  toProcessText,
  type UnitEffect,
  type UnitEvent,
  type UnitLife,
  type UnitPhase,
  type UnitProcess,
} from './unit-life.ts'

/**
 * The next state of a unit and what is to be done. An event only records what happened; what follows from it is decided afterwards from
 * the whole state, so that a request that comes while another is under way is neither lost nor done twice. Events of a process that is
 * no longer the unit's are of no account.
 */
export function reduceUnit(before: UnitLife, event: UnitEvent, now: Moment): Reduction {
  const { unit, effects } = settleUnit(record(before, event, now), now)
  const moved = toActivity(unit.phase) !== toActivity(before.phase) || unit.phase.at !== before.phase.at
  const after = moved ? { ...unit, sinceMs: now.wallMs } : unit
  return { unit: after, effects: [...(moved ? [tell(after)] : []), ...effects] }
}

function record(unit: UnitLife, event: UnitEvent, now: Moment): UnitLife {
  switch (event.kind) {
    case 'definition-read':
      return readDefinition(unit, event.definition)
    case 'wanted-read':
      return readWanted(unit, event.wanted)
    case 'gate-judged':
      return { ...unit, gate: event.gate }
    case 'ticked':
      return unit
    case 'adopted':
      return adopt(unit, event, now)
    case 'spawned':
      return isCurrent(unit, event) && unit.phase.at === 'spawning' ? begin(unit, event) : unit
    case 'spawn-failed':
      return isCurrent(unit, event) && unit.phase.at === 'spawning'
        ? judgeEnd(unit, { how: 'start-failed', why: event.why, exit: null }, now)
        : unit
    case 'became-ready':
      return isCurrent(unit, event) && unit.phase.at === 'starting'
        ? { ...unit, phase: { at: 'running', process: unit.phase.process }, why: 'it is ready' }
        : unit
    case 'exited':
      return isCurrent(unit, event) ? recordExit(unit, event, now) : unit
    case 'session-emptied':
      return isCurrent(unit, event) && unit.phase.at === 'stopping'
        ? judgeEnd(unit, { how: unit.phase.ending, why: unit.why, exit: unit.lastExit }, now)
        : unit
  }
}

function isCurrent(unit: UnitLife, { incarnation }: { readonly incarnation: string }): boolean {
  return processOf(unit)?.incarnation === incarnation
}

/**
 * What runs is left alone, and what rests is not woken: whoever made the new definition also asks for the restarts, in their order.
 * Otherwise a unit would be started twice, once for the definition and once because it was asked.
 */
function readDefinition(unit: UnitLife, definition: EmbeddedUnit | null): UnitLife {
  const read = { ...unit, definition, unit: definition?.unit ?? unit.unit }
  const process = processOf(unit)
  if (definition === null || process === null || process.startedAs !== toProcessText(definition)) return read
  return followPolicy(read, definition)
}

/** The process is what the new definition would start; the rest of the definition holds for it from now on. */
function followPolicy(unit: UnitLife, { digest, stop, readiness, start_timeout_s }: EmbeddedUnit): UnitLife {
  if (!('process' in unit.phase)) return unit
  const process = { ...unit.phase.process, digest, stop }
  if (unit.phase.at !== 'starting') return { ...unit, phase: { ...unit.phase, process } }
  if (readiness === null) return { ...unit, phase: { at: 'running', process }, why: 'it runs' }
  // A start that is under way is given more time, never less: it may have to pass another probe now.
  const deadlineUpMs = Math.max(unit.phase.deadlineUpMs, process.startedUpMs + start_timeout_s * 1000)
  return { ...unit, phase: { at: 'starting', process, deadlineUpMs } }
}

function readWanted(unit: UnitLife, wanted: UnitLife['wanted']): UnitLife {
  const rises = wanted.up && !unit.wanted.up && unit.wanted.known
  return { ...unit, wanted, ...(rises ? { due: null, dueKept: null, restarts: 0, history: freshHistory } : {}) }
}

function adopt(unit: UnitLife, { incarnation, pid, startTime }: Extract<UnitEvent, { kind: 'adopted' }>, now: Moment): UnitLife {
  if (isCurrent(unit, { incarnation })) {
    if (unit.phase.at === 'spawning') return begin(unit, { pid, startTime })
    return { ...unit, phase: withProcess(unit.phase, { pid, startTime }) }
  }
  if (processOf(unit) !== null) return unit
  const process: UnitProcess = {
    incarnation,
    pid,
    startTime,
    startedAtMs: now.wallMs,
    startedUpMs: now.upMs,
    digest: null,
    startedAs: null,
    stop: unit.definition?.stop ?? { signal: 'SIGTERM', timeout_s: 10 },
  }
  return { ...unit, phase: { at: 'running', process }, why: 'it runs; found without a record of it' }
}

function withProcess(phase: UnitPhase, found: Pick<UnitProcess, 'pid' | 'startTime'>): UnitPhase {
  return 'process' in phase ? { ...phase, process: { ...phase.process, ...found } } : phase
}

function begin(unit: UnitLife, { pid, startTime }: { readonly pid: number; readonly startTime: string | null }): UnitLife {
  if (unit.phase.at !== 'spawning') return unit
  const process = { ...unit.phase.process, pid, startTime }
  const { definition } = unit
  if (definition === null || definition.readiness === null || isJob(definition))
    return { ...unit, phase: { at: 'running', process }, why: 'it runs' }
  const deadlineUpMs = process.startedUpMs + definition.start_timeout_s * 1000
  return { ...unit, phase: { at: 'starting', process, deadlineUpMs }, why: `it has ${definition.start_timeout_s} s to become ready` }
}

function recordExit(before: UnitLife, { exit, orphans }: Extract<UnitEvent, { kind: 'exited' }>, now: Moment): UnitLife {
  const { phase } = before
  if (phase.at === 'spawning') return judgeEnd(before, { how: 'start-lost', why: 'its start was cut short', exit: null }, now)
  const well = exit?.code === 0
  const unit = { ...before, lastExit: exit, lastExitAtMs: now.wallMs, lastSuccessAtMs: well ? now.wallMs : before.lastSuccessAtMs }
  const ending = phase.at === 'stopping' ? phase.ending : 'ended'
  if (!orphans) return judgeEnd(unit, { how: ending, why: unit.why, exit }, now)
  if (phase.at === 'stopping' || !('process' in phase)) return unit
  // Signals start at 0: settling sends the first one to what is left of the session.
  return {
    ...unit,
    phase: { at: 'stopping', process: phase.process, ending, killAtUpMs: now.upMs, signals: 0 },
    why: 'it ended, but processes that it started are still there',
  }
}

function tell(unit: UnitLife): UnitEffect {
  const activity = unit.phase.at === 'stopping' || unit.phase.at === 'spawning' ? unit.phase.at : toActivity(unit.phase)
  const process = processOf(unit)
  const data = {
    why: unit.why,
    restarts: unit.restarts,
    ...(process === null ? {} : { pid: process.pid, incarnation: process.incarnation }),
    ...(unit.lastExit === null ? {} : { last_exit: unit.lastExit }),
  }
  return { do: 'tell', event: { kind: `unit-${activity}`, subject: unit.service, data } }
}
