import type { EmbeddedUnit } from '@sanctum/contracts'
import { judgeDue, nextDue } from './judge-due.ts'
import { freshHistory, recordStart } from './judge-restart.ts'
import {
  type Ending,
  type Moment,
  type Reduction,
  toProcessText,
  type UnitEffect,
  type UnitLife,
  type UnitPhase,
  type UnitProcess,
} from './unit-life.ts'

/** Takes one turn after another until nothing more follows from the state of a unit. */
export function settleUnit(unit: UnitLife, now: Moment): Reduction {
  let settled: Reduction = { unit: lookAtClock(unit, now), effects: [] }
  for (let turns = 0; turns < MOST_TURNS; turns++) {
    const next = turn(settled.unit, now)
    if (next === null) return settled
    settled = { unit: next.unit, effects: [...settled.effects, ...next.effects] }
  }
  throw new Error(`the state of ${unit.service} does not settle: ${JSON.stringify(settled.unit.phase)}`)
}

const MOST_TURNS = 8
/** After the first SIGKILL another follows at this pace, until nothing is left. */
const KILL_AGAIN_MS = 1000

type Turn = Reduction | null
type Phase<At extends UnitPhase['at']> = Extract<UnitPhase, { at: At }>

function turn(unit: UnitLife, now: Moment): Turn {
  switch (unit.phase.at) {
    case 'down':
      return turnDown(unit, unit.phase, now)
    case 'backing-off':
      return turnBackingOff(unit, unit.phase, now)
    case 'spawning':
      return null
    case 'starting':
      if (now.upMs >= unit.phase.deadlineUpMs) return stop(unit, unit.phase.process, 'start-timeout', now)
      return turnUp(unit, unit.phase.process, now)
    case 'running':
      return turnUp(unit, unit.phase.process, now)
    case 'stopping':
      return turnStopping(unit, unit.phase, now)
  }
}

function turnDown(unit: UnitLife, phase: Phase<'down'>, now: Moment): Turn {
  const { definition, gate } = unit
  if (definition === null || !unit.wanted.up) return rest(unit, phase)
  if (!isToStart(unit, definition, phase, now)) return arm(unit, definition, phase, now)
  if (gate === null) return null
  if (gate.open) return spawn(unit, definition, now)
  return phase.as === 'waiting' && unit.why === gate.why
    ? null
    : only({ ...unit, phase: { at: 'down', as: 'waiting', held: false }, why: gate.why })
}

/** Nobody wants it or nothing describes it: whatever it waited for or failed at is forgotten. */
function rest(unit: UnitLife, phase: Phase<'down'>): Turn {
  if (!unit.wanted.known) return null
  const why = unit.wanted.up ? 'no generation describes it' : 'it is not wanted up'
  if (phase.as === 'stopped' && !phase.held && unit.why === why) return null
  return only({ ...unit, phase: { at: 'down', as: 'stopped', held: false }, why, history: freshHistory, restarts: 0 })
}

function isToStart(unit: UnitLife, definition: EmbeddedUnit, phase: Phase<'down'>, now: Moment): boolean {
  if (unit.wanted.restartSeq > unit.restartSeqDone) return true
  return definition.kind === 'periodic' ? isDue(unit, definition, now) : !phase.held
}

function isDue(unit: UnitLife, { schedule }: EmbeddedUnit, now: Moment): boolean {
  return schedule !== null && judgeDue(schedule, markOf(unit, now), now).kind === 'due'
}

/** A schedule that starts with a run at load does so once in each boot. */
function markOf({ due, ranInBoot, definition }: UnitLife, { bootId }: Moment): UnitLife['due'] {
  const schedule = definition?.schedule
  return schedule && 'every_s' in schedule && schedule.at_load === true && ranInBoot !== bootId ? null : due
}

/** A periodic unit that is not due waits for its time; how it last ended stays in sight. */
function arm(unit: UnitLife, definition: EmbeddedUnit, phase: Phase<'down'>, now: Moment): Turn {
  const { schedule } = definition
  const isArmed = phase.held && phase.as !== 'stopped'
  if (definition.kind !== 'periodic' || schedule === null || unit.due === null || isArmed) return null
  const why = `its next run is at ${nextDue(schedule, unit.due, now) ?? 'no time within a year'}`
  return only({ ...unit, dueKept: unit.dueKept ?? unit.due, phase: { at: 'down', as: 'waiting', held: true }, why })
}

/** Moves the mark of a schedule that is not due; while the job still runs, a time that comes is passed over. */
function lookAtClock(unit: UnitLife, now: Moment): UnitLife {
  const { definition, phase, wanted } = unit
  if (definition?.kind !== 'periodic' || definition.schedule === null || !wanted.up) return unit
  const verdict = judgeDue(definition.schedule, markOf(unit, now), now)
  if (verdict.kind === 'not-due') return { ...unit, due: verdict.mark }
  return phase.at === 'down' ? unit : { ...unit, due: verdict.mark, dueKept: verdict.mark }
}

function spawn(unit: UnitLife, definition: EmbeddedUnit, now: Moment): Reduction {
  const asked = unit.wanted.restartSeq > unit.restartSeqDone
  const process: UnitProcess = {
    incarnation: now.incarnation,
    pid: null,
    startTime: null,
    startedAtMs: now.wallMs,
    startedUpMs: now.upMs,
    digest: definition.digest,
    startedAs: toProcessText(definition),
    stop: definition.stop,
  }
  const due = definition.schedule === null ? null : judgeDue(definition.schedule, markOf(unit, now), now).mark
  const started: UnitLife = {
    ...unit,
    phase: { at: 'spawning', process },
    why: 'it is being started',
    restartSeqDone: unit.wanted.restartSeq,
    reloadSeqDone: unit.wanted.reloadSeq,
    history: recordStart(definition.restart, asked ? freshHistory : unit.history, now.upMs),
    restarts: asked ? 0 : unit.restarts,
    ranInBoot: now.bootId,
    due,
    dueKept: due,
  }
  return { unit: started, effects: [{ do: 'spawn', process, definition }] }
}

function turnBackingOff(unit: UnitLife, phase: Phase<'backing-off'>, now: Moment): Turn {
  const { definition, wanted } = unit
  const waiting: UnitPhase = { at: 'down', as: 'waiting', held: false }
  if (definition === null || !wanted.up) return only({ ...unit, phase: waiting })
  if (wanted.restartSeq > unit.restartSeqDone) return only({ ...unit, phase: waiting })
  return now.upMs >= phase.untilUpMs ? only({ ...unit, phase: waiting, restarts: unit.restarts + 1 }) : null
}

function turnUp(unit: UnitLife, process: UnitProcess, now: Moment): Turn {
  const { wanted, definition } = unit
  // No word is not a word against it: a lost file stops nothing.
  if (!wanted.known) return null
  if (!wanted.up) return stop(unit, process, 'asked', now)
  if (definition === null) return null
  if (wanted.restartSeq > unit.restartSeqDone) return stop(unit, process, 'restart', now)
  if (wanted.reloadSeq <= unit.reloadSeqDone) return null
  const signal = definition.reload_signal
  const effects: UnitEffect[] = signal === null ? [] : [{ do: 'signal', to: 'main', process, signal }]
  return { unit: { ...unit, reloadSeqDone: wanted.reloadSeq }, effects }
}

const endings: Readonly<Record<Ending, string>> = {
  asked: 'it is being stopped',
  restart: 'it is being stopped to be started again',
  'start-timeout': 'it was not ready in time and is being stopped',
  ended: 'what it left behind is being stopped',
}

function stop(unit: UnitLife, process: UnitProcess, ending: Ending, now: Moment): Reduction {
  return {
    unit: {
      ...unit,
      why: endings[ending],
      phase: { at: 'stopping', process, ending, killAtUpMs: now.upMs + process.stop.timeout_s * 1000, signals: 1 },
    },
    effects: [{ do: 'signal', to: 'session', process, signal: process.stop.signal }],
  }
}

function turnStopping(unit: UnitLife, phase: Phase<'stopping'>, now: Moment): Turn {
  if (phase.signals === 0) return stop(unit, phase.process, phase.ending, now)
  // What a person asked last counts when it is down; meanwhile it only decides what is said.
  if (phase.ending === 'restart' && !unit.wanted.up) return only({ ...unit, why: endings.asked, phase: { ...phase, ending: 'asked' } })
  if (now.upMs < phase.killAtUpMs) return null
  return {
    unit: { ...unit, phase: { ...phase, killAtUpMs: now.upMs + KILL_AGAIN_MS, signals: phase.signals + 1 } },
    effects: [{ do: 'signal', to: 'session', process: phase.process, signal: 'SIGKILL' }],
  }
}

function only(unit: UnitLife): Reduction {
  return { unit, effects: [] }
}
