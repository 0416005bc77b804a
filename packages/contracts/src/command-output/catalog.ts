import * as z from 'zod'
import { tier } from '../documents/names.ts'
import { serviceKind } from '../documents/service.ts'

export const catalogCheckOutput = z.strictObject({
  catalog: z.string(),
  digest: z.string(),
  services: z.int(),
  nodes: z.int(),
  retired: z.int(),
})

export const catalogRenderOutput = z.strictObject({
  catalog: z.string(),
  services: z.int(),
  changes: z.array(z.strictObject({ path: z.string(), kind: z.enum(['create', 'modify', 'remove']) })),
  written: z.boolean(),
})

export const catalogGraphOutput = z.strictObject({
  graph: z.strictObject({
    nodes: z.array(z.strictObject({ id: z.string(), title: z.string(), kind: serviceKind, tier, fallback: z.boolean() })),
    edges: z.array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        strength: z.enum(['hard', 'soft']),
        running: z.boolean(),
        reason: z.string().nullable(),
      }),
    ),
  }),
})

export const catalogSchemaOutput = z.union([
  z.strictObject({ kinds: z.array(z.string()) }),
  /** A JSON Schema, whose form its own `$schema` names. */
  z.strictObject({ schema: z.looseObject({ $schema: z.string() }) }),
])
