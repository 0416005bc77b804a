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
