import * as z from 'zod'
import { hausStatus } from '../status.ts'

export const downOutput = z.strictObject({
  /** In the order in which they stop. */
  stopped: z.array(z.string()),
  written: z.boolean(),
})

export const statusOutput = z.strictObject({ status: hausStatus })

export const restartOutput = z.strictObject({ service: z.string(), pid: z.int().nullable().optional(), written: z.boolean() })

export const logsOutput = z.strictObject({
  service: z.string(),
  files: z.array(z.string()),
  /** Absent with --follow, where each is a document of its own before this one. */
  lines: z.array(z.string()).optional(),
})

/** Times in ms since the fault, by the clock of the observer; null for what did not happen. With --dry-run only what it would hit. */
export const drillOutput = z.strictObject({
  service: z.string(),
  fault: z.enum(['kill', 'hang', 'port-squat', 'disk', 'dependency']),
  /** The service whose process is hit. */
  target: z.string(),
  old_pid: z.int(),
  new_pid: z.int().nullable().optional(),
  down_ms: z.number().nullable().optional(),
  detected_ms: z.number().nullable().optional(),
  recovered_ms: z.number().nullable().optional(),
  disturbed: z.array(z.string()).optional(),
  events: z.array(z.strictObject({ kind: z.string(), subject: z.string(), at_ms: z.number() })).optional(),
  written: z.boolean(),
})
