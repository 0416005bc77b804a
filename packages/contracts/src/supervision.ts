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
  restarts: z.int().min(0),
  lastExit: z.strictObject({ code: z.int().nullable(), signal: z.string().nullable() }).nullable(),
  /** SHA-256 of the definition that the manager has loaded, where it can be known. */
  definitionDigest: z.string().nullable(),
  why: z.string(),
})
export type UnitState = z.infer<typeof unitState>

/** What a change does to a unit. */
export const unitAction = z.enum(['start', 'stop', 'restart', 'reload', 'stay'])
export type UnitAction = z.infer<typeof unitAction>
