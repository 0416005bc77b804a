import * as z from 'zod'
import { fileMode } from './documents/names.ts'

/** The kinds of generated files. */
export const renderTarget = z.enum([
  'launchd',
  'systemd',
  'embedded',
  'runtime-manifests',
  'workspace-manifests',
  'agent-capabilities',
  'agent-markdown',
  'calibration',
  'programs',
])
export type RenderTarget = z.infer<typeof renderTarget>

/** One generated file. */
export const surface = z.strictObject({
  target: renderTarget,
  /** The service, agent or document that it describes. */
  subject: z.string(),
  /** Where it lies in the generation, relative to `surfaces/`. */
  path: z.string(),
  /** Absolute path to which it is copied after the commit; null if it is read from `current`. */
  publish: z.string().nullable(),
  mode: fileMode,
  content: z.string(),
  /** SHA-256 of the content, hexadecimal. */
  digest: z.string(),
  /** The unit that this file defines. `starts`: it is to run now, or to wait for its time, not only to be known to the manager. */
  unit: z.strictObject({ name: z.string(), service: z.string(), domain: z.enum(['system', 'user']), starts: z.boolean() }).nullable(),
})
export type Surface = z.infer<typeof surface>

/** Something in the catalog that a target cannot say. Shown in every plan; never validated and then forgotten. */
export const loss = z.strictObject({
  service: z.string(),
  field: z.string(),
  target: z.string(),
  outcome: z.enum(['emulated', 'waived', 'impossible']),
  how: z.string(),
})
export type Loss = z.infer<typeof loss>
