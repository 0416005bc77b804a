import * as z from 'zod'
import { id } from './names.ts'
import { remediation, service, tombstone } from './service.ts'

/** `catalog.yaml` and each file of `catalog.d/`. */
export const catalogDocument = z.strictObject({
  $schema: z.string().optional(),
  services: z.record(id, service).optional(),
  retired: z.record(id, tombstone).optional(),
})
export type CatalogDocument = z.infer<typeof catalogDocument>

/** `runtime_catalog.yaml`: edges that no single service owns, auxiliary units, remediation. */
export const runtimeCatalogDocument = z.strictObject({
  $schema: z.string().optional(),
  edges: z
    .array(z.strictObject({ from: id, to: id, strength: z.enum(['hard', 'soft']).optional(), reason: z.string().optional() }))
    .optional(),
  auxiliary: z.record(id, service).optional(),
  remediation: z.record(id, remediation).optional(),
})
export type RuntimeCatalogDocument = z.infer<typeof runtimeCatalogDocument>
