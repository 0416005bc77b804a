import * as z from 'zod'
import { fileMode } from './documents/names.ts'
import { renderTarget } from './surface.ts'
import { unitAction } from './supervision.ts'

/** A surface as a generation records it: everything but the content. */
export const surfaceRecord = z.strictObject({
  target: renderTarget,
  subject: z.string(),
  path: z.string(),
  publish: z.string().nullable(),
  mode: fileMode,
  digest: z.string(),
  size_bytes: z.int().min(0),
  unit: z.strictObject({ name: z.string(), service: z.string(), domain: z.enum(['system', 'user']), starts: z.boolean() }).nullable(),
})
export type SurfaceRecord = z.infer<typeof surfaceRecord>

/** `generations/<n>/generation.json`: what a generation holds and what it was made from. */
export const generationDocument = z.strictObject({
  schema_version: z.literal(1),
  number: z.int().min(1),
  /** The generation that was current when this one was made; null for the first. */
  parent: z.int().nullable(),
  /** Set where this generation repeats an older one. */
  restores: z.int().nullable(),
  node: z.string(),
  /** ISO 8601, UTC. */
  created_at: z.string(),
  made_from: z.strictObject({ catalog: z.string(), facts: z.string(), sanctum: z.string() }),
  surfaces: z.array(surfaceRecord),
})
export type GenerationDocument = z.infer<typeof generationDocument>

/** How a file differs from what is wanted. */
export const changeKind = z.enum(['create', 'modify', 'mode', 'remove', 'adopt', 'foreign', 'edited'])
export type ChangeKind = z.infer<typeof changeKind>

export const fileChange = z.strictObject({
  kind: changeKind,
  /** In the generation, or the published path. */
  path: z.string(),
  /** Whether this is inside the generation or outside of it. */
  place: z.enum(['generation', 'published']),
  subject: z.string(),
  target: renderTarget.nullable(),
  why: z.string(),
})
export type FileChange = z.infer<typeof fileChange>

export const unitImpact = z.strictObject({ service: z.string(), unit: z.string(), action: unitAction, why: z.string() })
export type UnitImpact = z.infer<typeof unitImpact>

/** One effect as data. A core decides the steps; the executor of the package performs them. */
export const step = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('make-directory'), path: z.string(), mode: fileMode }),
  z.strictObject({ do: z.literal('write'), path: z.string(), mode: fileMode, content: z.string() }),
  z.strictObject({ do: z.literal('set-mode'), path: z.string(), mode: fileMode }),
  /** One durability barrier for everything written below the path. */
  z.strictObject({ do: z.literal('sync-tree'), path: z.string() }),
  z.strictObject({ do: z.literal('sync-directory'), path: z.string() }),
  z.strictObject({ do: z.literal('link'), path: z.string(), to: z.string() }),
  z.strictObject({ do: z.literal('rename'), from: z.string(), to: z.string() }),
  z.strictObject({ do: z.literal('copy'), from: z.string(), to: z.string(), mode: fileMode }),
  z.strictObject({ do: z.literal('remove-file'), path: z.string() }),
  z.strictObject({ do: z.literal('remove-tree'), path: z.string() }),
])
export type Step = z.infer<typeof step>
