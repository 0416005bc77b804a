import * as z from 'zod'

/** How a command ended in a haus of its own, which is gone by now. The process exits with `code`. */
export const disposableOutput = z.strictObject({
  command: z.array(z.string()),
  code: z.int(),
  /** Ports by service. */
  ports: z.record(z.string(), z.int()),
  /** Whether it came up first; null where that was not asked for. */
  up: z.boolean().nullable(),
  stdout: z.string(),
  stderr: z.string(),
  took_ms: z.number(),
  /** With --collect: folders of haus whose maker was killed. */
  collected: z.array(z.string()).optional(),
})
