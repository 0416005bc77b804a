import * as z from 'zod'
import { id, serviceId } from './names.ts'
import { remediation, service, tombstone } from './service.ts'

/** `catalog.yaml` and each file of `catalog.d/`. */
export const catalogDocument = z.strictObject({
  $schema: z.string().optional(),
  services: z.record(serviceId, service).optional(),
  retired: z.record(id, tombstone).optional(),
})
export type CatalogDocument = z.infer<typeof catalogDocument>

/** `runtime_catalog.yaml`: edges that no single service owns, auxiliary units, remediation. */
export const runtimeCatalogDocument = z.strictObject({
  $schema: z.string().optional(),
  edges: z
    .array(z.strictObject({ from: serviceId, to: serviceId, strength: z.enum(['hard', 'soft']).optional(), reason: z.string().optional() }))
    .optional(),
  auxiliary: z.record(serviceId, service).optional(),
  remediation: z.record(serviceId, remediation).optional(),
})
export type RuntimeCatalogDocument = z.infer<typeof runtimeCatalogDocument>
