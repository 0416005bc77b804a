import * as z from 'zod'
import { day } from './names.ts'

/** `waivers.yaml` of a machine: findings that somebody lives with, and until when. */
export const waiversDocument = z.strictObject({
  $schema: z.string().optional(),
  waivers: z.array(
    z.strictObject({
      /** The code of the finding. */
      code: z.string().regex(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/, 'a code such as LISTENER_UNCATALOGUED'),
      /** What it is about, as the finding shows it; absent: every finding of that code. */
      subject: z.string().min(1).optional(),
      reason: z.string().min(1),
      owner: z.string().min(1),
      /** The last day on which it holds. */
      expires: day,
    }),
  ),
})
export type WaiversDocument = z.infer<typeof waiversDocument>
