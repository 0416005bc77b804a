import * as z from 'zod'

/** The programs that can own long-lived processes on a machine. */
export const unitManagerKind = z.enum(['launchd', 'systemd-system', 'systemd-user', 'embedded'])
export type UnitManagerKind = z.infer<typeof unitManagerKind>

/** What a unit is doing, in one word. `completed` is the good end of a one-shot. */
export const unitActivity = z.enum(['running', 'starting', 'waiting', 'completed', 'stopped', 'failed', 'backing-off', 'unknown'])
export type UnitActivity = z.infer<typeof unitActivity>

/** A unit as its manager sees it now. */
export const unitState = z.strictObject({
  service: z.string(),
  unit: z.string(),
  manager: unitManagerKind,
  loaded: z.boolean(),
  /** Whether somebody wants it up; null where the manager does not say. */
  wanted: z.boolean().nullable(),
  activity: unitActivity,
  pid: z.int().nullable(),
  /** Start of the current process, ms since the epoch. */
  startedAtMs: z.number().nullable(),
  /** Given while its manager ends its process because somebody asked for that or for another one: no answer is expected of it. */
  stopping: z.literal(true).optional(),
  restarts: z.int().min(0),
  lastExit: z.strictObject({ code: z.int().nullable(), signal: z.string().nullable() }).nullable(),
  /** When that was, ms since the epoch; left out by managers that do not say. */
  lastExitAtMs: z.number().nullable().optional(),
  /** Given where nobody saw it end: it was after `lastExitAtMs` and by this time, ms since the epoch. */
  lastExitByMs: z.number().optional(),
  /** How often it was started since it was loaded; left out by managers that do not count. */
  runs: z.int().min(0).optional(),
  /** SHA-256 of the definition that the manager has loaded, where it can be known. */
  definitionDigest: z.string().nullable(),
  /** Absolute path from which the manager has loaded the definition, where it says so. */
  definitionFile: z.string().nullable(),
  /** Absolute paths of the files that change the definition beside it. */
  dropIns: z.array(z.string()),
  /** True where the definition on disk is newer than the one that the manager has read. */
  needsReload: z.boolean(),
  why: z.string(),
})
export type UnitState = z.infer<typeof unitState>

/**
 * What a watchdog saw of the ends of jobs whose manager does not say when a run ended: `state/job-ends.json`. Times are ms since the epoch.
 * An end lies between two looks: `_at_ms` is the first of them and `_by_ms` the second, which may be hours later where nobody looked.
 */
export const jobEnds = z.object({
  schema_version: z.literal(1),
  /** When they were last looked at. */
  seen_at_ms: z.number(),
  /** The boot of that look: its manager counts anew in each. */
  boot_id: z.string().nullable().default(null),
  jobs: z.record(
    z.string(),
    z.object({
      runs: z.int(),
      pid: z.int().nullable(),
      /** When this one was last seen, where that is not `seen_at_ms`: it was not loaded meanwhile. */
      seen_at_ms: z.number().nullable().default(null),
      started_at_ms: z.number().nullable(),
      last_exit_at_ms: z.number().nullable(),
      last_exit_by_ms: z.number().nullable().default(null),
      last_success_at_ms: z.number().nullable(),
      last_success_by_ms: z.number().nullable().default(null),
    }),
  ),
})
export type JobEnds = z.infer<typeof jobEnds>

/** A unit or process under a name of Sanctum that its manager runs or knows, but that nobody described to it here. */
export const strangerUnit = z.strictObject({
  /** As the manager calls it. */
  unit: z.string(),
  pid: z.int().nullable(),
  why: z.string(),
})
export type StrangerUnit = z.infer<typeof strangerUnit>

/** What the kernel says of the program that a process runs. */
export const programSight = z.strictObject({
  pid: z.int(),
  /** ms since the epoch; null where it is not known. */
  startedAtMs: z.number().nullable(),
  /** Absolute paths of the program, and of the script that it interprets. */
  files: z.array(z.string()),
  /** What shows that a file is no longer what the process started with; null where it still is. */
  replaced: z.strictObject({ file: z.string(), how: z.string() }).nullable(),
})
export type ProgramSight = z.infer<typeof programSight>

/** What a change does to a unit. */
export const unitAction = z.enum(['start', 'stop', 'restart', 'reload', 'stay'])
export type UnitAction = z.infer<typeof unitAction>

const seq = z.int().min(0)
const exit = z.strictObject({ code: z.int().nullable(), signal: z.string().nullable() })
const stop = z.strictObject({ signal: z.string(), timeout_s: z.number() })

/** `state/embedded/wanted/<service>.json`: what was asked of a unit. Only those who ask write it, and only if it changes. */
export const embeddedWanted = z.strictObject({
  schema_version: z.literal(1),
  service: z.string(),
  up: z.boolean(),
  /** One higher than what the supervisor has done: restart it. */
  restart_seq: seq,
  reload_seq: seq,
  /** The boot for which this holds: a unit that never starts by itself is not wanted after the next one. Null: every boot. */
  boot_id: z.string().nullable(),
})
export type EmbeddedWanted = z.infer<typeof embeddedWanted>

/** Where the life of an embedded unit stands. */
export const embeddedPhase = z.enum(['down', 'backing-off', 'spawning', 'starting', 'running', 'stopping'])
export type EmbeddedPhase = z.infer<typeof embeddedPhase>

/**
 * `state/embedded/live/<service>.json`: what the embedded supervisor knows of a unit. Only the supervisor writes it, and only if it
 * changes. Names ending in `_up_ms` count from the start of the machine, so that a changed clock moves no deadline.
 */
export const embeddedLive = z.strictObject({
  schema_version: z.literal(1),
  service: z.string(),
  unit: z.string(),
  activity: unitActivity,
  phase: embeddedPhase,
  why: z.string(),
  since_ms: z.number(),
  boot_id: z.string(),
  /** An incarnation without a pid is the intent to start one, written before the start. */
  incarnation: z.string().nullable(),
  pid: z.int().nullable(),
  /** As the kernel tells it; pid and this together are one process and no other. */
  start_time: z.string().nullable(),
  started_at_ms: z.number().nullable(),
  started_up_ms: z.number().nullable(),
  /** Of the definition that the process runs with. */
  definition_digest: z.string().nullable(),
  /** What the definition said of a process when this one was started; null where nobody knows. */
  started_as: z.string().nullable().default(null),
  stop: stop.nullable(),
  /** Readiness, the next start or the next signal, by phase. */
  deadline_up_ms: z.number().nullable(),
  ending: z.enum(['asked', 'restart', 'start-timeout', 'ended']).nullable(),
  /** True: it stays down until it is asked for again. */
  held: z.boolean(),
  wanted: z.strictObject({ known: z.boolean(), up: z.boolean(), restart_seq: seq, reload_seq: seq }),
  restart_seq_done: seq,
  reload_seq_done: seq,
  restarts: seq,
  starts_up_ms: z.array(z.number()),
  streak: seq,
  last_exit: exit.nullable(),
  /** When `last_exit` was seen. */
  last_exit_at_ms: z.number().nullable(),
  /** When it last ended well. */
  last_success_at_ms: z.number().nullable(),
  /** The boot in which it last started. */
  ran_in_boot: z.string().nullable(),
  due: z.strictObject({ at_ms: z.number(), wall_minute: z.number() }).nullable(),
})
export type EmbeddedLive = z.infer<typeof embeddedLive>

/** `state/embedded/supervisor.json`: who supervises. It may be dead; pid and start time tell. */
export const embeddedSupervisor = z.strictObject({
  schema_version: z.literal(1),
  service: z.string(),
  pid: z.int(),
  start_time: z.string(),
  boot_id: z.string(),
  started_at_ms: z.number(),
  /** What `current` named when the definitions were last read. */
  definitions: z.string().nullable(),
})
export type EmbeddedSupervisor = z.infer<typeof embeddedSupervisor>
