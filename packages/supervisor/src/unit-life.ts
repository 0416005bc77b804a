import { type EmbeddedUnit, embeddedProcessFields, type NewEvent, type UnitActivity } from '@sanctum/contracts'
import type { DueMark } from './judge-due.ts'
import { freshHistory, type RestartHistory } from './judge-restart.ts'

/** One process of a unit. The incarnation names it from before its start until nothing of it is left. */
export interface UnitProcess {
  readonly incarnation: string
  /** Null while it is only intended. */
  readonly pid: number | null
  readonly startTime: string | null
  readonly startedAtMs: number
  readonly startedUpMs: number
  /** Of the newest definition by which it would have been started the same; null for one that was found without a record. */
  readonly digest: string | null
  /** What its definition said of a process when it was started; null for one that was found without a record. */
  readonly startedAs: string | null
  readonly stop: { readonly signal: string; readonly timeout_s: number }
}

/** `asked`: to stay down. `restart`: to come back. `start-timeout`: it was never ready. `ended`: it is gone, but its children are not. */
export type Ending = 'asked' | 'restart' | 'start-timeout' | 'ended'

export type UnitPhase =
  /** `held`: it stays down until it is asked for again. */
  | { readonly at: 'down'; readonly as: 'stopped' | 'waiting' | 'completed' | 'failed' | 'unknown'; readonly held: boolean }
  | { readonly at: 'backing-off'; readonly untilUpMs: number }
  | { readonly at: 'spawning'; readonly process: UnitProcess }
  | { readonly at: 'starting'; readonly process: UnitProcess; readonly deadlineUpMs: number }
  | { readonly at: 'running'; readonly process: UnitProcess }
  | {
      readonly at: 'stopping'
      readonly process: UnitProcess
      readonly ending: Ending
      readonly killAtUpMs: number
      readonly signals: number
    }

/** How a process ended; null where nobody who could know was there. */
export type UnitExit = { readonly code: number | null; readonly signal: string | null } | null

/** Whether what a unit requires lets it start. */
export type Gate = { readonly open: true } | { readonly open: false; readonly why: string }

export interface Wanted {
  /** False until somebody asked anything of the unit. */
  readonly known: boolean
  readonly up: boolean
  readonly restartSeq: number
  readonly reloadSeq: number
}

/** All that the supervisor knows of one unit. */
export interface UnitLife {
  readonly service: string
  readonly unit: string
  /** Null where no generation describes it. */
  readonly definition: EmbeddedUnit | null
  readonly wanted: Wanted
  /** Null while the question does not arise; nothing starts before it is judged. */
  readonly gate: Gate | null
  readonly phase: UnitPhase
  readonly why: string
  readonly sinceMs: number
  readonly restartSeqDone: number
  readonly reloadSeqDone: number
  readonly history: RestartHistory
  /** Starts that nobody asked for, since somebody last did. */
  readonly restarts: number
  readonly lastExit: UnitExit
  readonly lastExitAtMs: number | null
  readonly lastSuccessAtMs: number | null
  /** The boot in which it last started. */
  readonly ranInBoot: string | null
  readonly due: DueMark | null
  /** The last `due` that is worth remembering: looking at the clock alone changes no file. */
  readonly dueKept: DueMark | null
}

export type UnitEvent =
  | { readonly kind: 'definition-read'; readonly definition: EmbeddedUnit | null }
  | { readonly kind: 'wanted-read'; readonly wanted: Wanted }
  | { readonly kind: 'gate-judged'; readonly gate: Gate | null }
  | { readonly kind: 'spawned'; readonly incarnation: string; readonly pid: number; readonly startTime: string | null }
  | { readonly kind: 'spawn-failed'; readonly incarnation: string; readonly why: string }
  /** A process that an earlier supervisor started was found. */
  | { readonly kind: 'adopted'; readonly incarnation: string; readonly pid: number; readonly startTime: string | null }
  | { readonly kind: 'became-ready'; readonly incarnation: string }
  /** `orphans`: processes of its session are still there. */
  | { readonly kind: 'exited'; readonly incarnation: string; readonly exit: UnitExit; readonly orphans: boolean }
  | { readonly kind: 'session-emptied'; readonly incarnation: string }
  | { readonly kind: 'ticked' }

/** What is to be done, as data. The record of the unit is written before any of it. */
export type UnitEffect =
  | { readonly do: 'spawn'; readonly process: UnitProcess; readonly definition: EmbeddedUnit }
  | { readonly do: 'signal'; readonly to: 'session' | 'main'; readonly process: UnitProcess; readonly signal: string }
  | { readonly do: 'tell'; readonly event: NewEvent }

/** The next state of a unit, and what is to be done. */
export interface Reduction {
  readonly unit: UnitLife
  readonly effects: readonly UnitEffect[]
}

/** The moment of an event, and an id that no process had before. */
export interface Moment {
  readonly wallMs: number
  /** Since the start of the machine: no change of the clock moves it. */
  readonly upMs: number
  readonly offsetMinutes: number
  readonly bootId: string
  readonly incarnation: string
}

/** A unit that nothing is known of. */
export function createLife(service: string, nowMs: number): UnitLife {
  return {
    service,
    unit: service,
    definition: null,
    wanted: { known: false, up: false, restartSeq: 0, reloadSeq: 0 },
    gate: null,
    phase: { at: 'down', as: 'stopped', held: false },
    why: 'nobody asked for it',
    sinceMs: nowMs,
    restartSeqDone: 0,
    reloadSeqDone: 0,
    history: freshHistory,
    restarts: 0,
    lastExit: null,
    lastExitAtMs: null,
    lastSuccessAtMs: null,
    ranInBoot: null,
    due: null,
    dueKept: null,
  }
}

export function toActivity(phase: UnitPhase): UnitActivity {
  return phase.at === 'down' ? phase.as : activities[phase.at]
}

const activities = {
  'backing-off': 'backing-off',
  spawning: 'starting',
  starting: 'starting',
  running: 'running',
  stopping: 'running',
} as const satisfies Record<Exclude<UnitPhase['at'], 'down'>, UnitActivity>

/** The process of a unit, if it has one or intends one. */
export function processOf({ phase }: UnitLife): UnitProcess | null {
  return 'process' in phase ? phase.process : null
}

/** What a definition says of a process: two that say the same start the same. */
export function toProcessText(definition: EmbeddedUnit): string {
  return JSON.stringify(embeddedProcessFields.map((field) => definition[field]))
}

/** Kinds that end when their work is done. */
export function isJob({ kind }: EmbeddedUnit): boolean {
  return kind === 'oneshot' || kind === 'periodic'
}
