import * as z from 'zod'
import { health } from './health.ts'
import { id, tier } from './names.ts'
import { backend } from './router.ts'
import { placement, provided, remediation, service, serviceCapacity, serviceKind } from './service.ts'

/**
 * `services/<id>.yaml`, generated. The workspace form is independent of any host; the runtime form carries the
 * resolved values of one node. Other tools read both.
 */
export const serviceManifestDocument = z.strictObject({
  $schema: z.string().optional(),
  name: id,
  display_name: z.string(),
  kind: serviceKind,
  tier,
  /** Runtime form: the node that this was resolved for. */
  node: id.optional(),
  on: placement.optional(),
  label: z.string().nullable(),
  fallback_only: z.boolean().optional(),
  provides: z.array(provided),
  requires: z.array(z.strictObject({ service: id, strength: z.enum(['hard', 'soft']), running: z.boolean() })),
  health,
  remediation: remediation.optional(),
  capacity: serviceCapacity.optional(),
  settings: service.shape.settings,
  backends: z.record(id, backend).optional(),
  default_backend: id.optional(),
})
export type ServiceManifestDocument = z.infer<typeof serviceManifestDocument>
