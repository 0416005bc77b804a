import * as z from 'zod'
import { finding } from './finding.ts'

/** The one document that every command prints with `--json`. Within a version fields are only added. */
export const envelope = z.object({
  schema_version: z.literal(1),
  command: z.string(),
  ok: z.boolean(),
  data: z.object({ findings: z.array(finding).optional() }).loose(),
  warnings: z.array(z.string()),
  errors: z.array(
    z.object({
      code: z.string(),
      message: z.string(),
      hint: z.string().optional(),
    }),
  ),
})
export type Envelope = z.infer<typeof envelope>
