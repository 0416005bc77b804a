import * as z from 'zod'
import { verdict } from './check.ts'
import { tier } from './documents/names.ts'
import { serviceKind } from './documents/service.ts'
import { symptom } from './healing.ts'
import { probePurpose } from './probe.ts'
import { unitActivity, unitManagerKind } from './supervision.ts'

/** One row of the honest table. */
export const serviceStatus = z.strictObject({
  id: z.string(),
  title: z.string(),
  kind: serviceKind,
  tier,
  activity: unitActivity,
  verdict,
  ports: z.array(z.int()),
  pid: z.int().nullable(),
  since_ms: z.number().nullable(),
  restarts: z.int(),
  why: z.string(),
  /** The service whose trouble this is, where it is another: the deepest unhealthy one that it requires. */
  root_cause: z.string().optional(),
  /** Its present process has never answered yet, and has time left to. */
  starting: z.literal(true).optional(),
  /** Why it is busy rather than hung. */
  busy: z.string().optional(),
  /** What its own trouble looks like. */
  symptom: symptom.optional(),
  /** The purpose of the probe that fails; missing where the unit itself tells. */
  failing: probePurpose.optional(),
})
export type ServiceStatus = z.infer<typeof serviceStatus>

/** `status --json` and `/api/v1/status`. */
export const hausStatus = z.strictObject({
  schema_version: z.literal(1),
  haus: z.string(),
  node: z.string(),
  manager: unitManagerKind,
  generation: z.int().nullable(),
  confirmed: z.int().nullable(),
  at_ms: z.number(),
  verdict,
  services: z.array(serviceStatus),
  skipped: z.array(z.strictObject({ id: z.string(), why: z.string() })),
  /** A generation on trial, whether somebody is at work on it, has to go back from it, or cannot, and the sentence that says so. */
  trial: z.strictObject({ generation: z.int(), goal: z.int(), state: z.enum(['waiting', 'due', 'stuck']), why: z.string() }).optional(),
  /** The generation that was taken back, where nothing was confirmed since. */
  reverted: z.strictObject({ generation: z.int(), goal: z.int(), at_ms: z.number(), why: z.string() }).optional(),
  /** What waits for a person: an incident that nobody acknowledged, a quarantine, a lease that is open. */
  attention: z
    .array(
      z.strictObject({ kind: z.enum(['incident', 'quarantine', 'lease']), subject: z.string(), why: z.string(), since_ms: z.number() }),
    )
    .optional(),
})
export type HausStatus = z.infer<typeof hausStatus>

/**
 * `GET /health` and `/status` of a role: who answers, from which generation, and how old its last completed cycle is.
 * A reader ignores fields that it does not know: a role may say more.
 */
export const roleHealth = z.object({
  schema_version: z.literal(1),
  role: z.string(),
  ok: z.boolean(),
  pid: z.int(),
  version: z.string(),
  /** What it was built from: a whole commit, or version and digest of its sources; null where nobody knows, missing of older roles. */
  revision: z.string().nullable().optional(),
  generation: z.int().nullable(),
  started_at_ms: z.number(),
  /** Null until the first cycle ends. */
  last_cycle_at_ms: z.number().nullable(),
  last_cycle_age_s: z.number().nullable(),
  cycles: z.int().min(0),
  why: z.string(),
})
export type RoleHealth = z.infer<typeof roleHealth>

/** `GET /status` of the watchdog: its own health, and the haus as its last completed cycle saw it. */
export const watchdogStatus = roleHealth.extend({
  period_s: z.number(),
  /** Null until the first cycle ends, and where there is no generation. */
  haus: hausStatus.nullable(),
})
export type WatchdogStatus = z.infer<typeof watchdogStatus>
