import { type DocumentSchema, id, serviceId, shapeOf } from '@sanctum/contracts'
import { findEntry, type Located } from './located.ts'

/** The branch of a union that a value was meant for; any other schema as it is. */
export function narrow(schema: DocumentSchema | undefined, node: Located | undefined): DocumentSchema | undefined {
  const shape = schema && shapeOf(schema)
  if (shape?.kind !== 'union') return schema
  const fitting = shape.options.filter((option) => node === undefined || fits(option, node))
  const { discriminator } = shape
  if (discriminator !== null) return fitting.find((option) => hasLiteral(option, discriminator, node))
  return [...fitting].sort((a, b) => countShared(b, node) - countShared(a, node))[0]
}

/** The schema of what is under a key or index of a value. */
export function descend(schema: DocumentSchema | undefined, step: PropertyKey): DocumentSchema | undefined {
  const shape = schema && shapeOf(schema)
  if (shape?.kind === 'object') return shape.fields.get(String(step))
  return shape?.kind === 'record' ? shape.value : shape?.kind === 'array' ? shape.element : undefined
}

/** The keys that an object may have; of a union, those of every branch. */
export function listKeys(schema: DocumentSchema | undefined): readonly string[] {
  const shape = schema && shapeOf(schema)
  if (shape?.kind === 'union') return [...new Set(shape.options.flatMap(listKeys))]
  return shape?.kind === 'object' ? [...shape.fields.keys()] : []
}

export type NameKind = 'service' | 'other'

/** What a name at this place stands for; null where the place takes no name. */
export function toNameKind(schema: DocumentSchema | undefined): NameKind | null {
  const plain = schema && unwrap(schema)
  if (plain === serviceId) return 'service'
  return plain === id ? 'other' : null
}

/** What the keys of a record stand for; null where they are free text, or the schema is no record. */
export function toKeyKind(schema: DocumentSchema | undefined): NameKind | null {
  const shape = schema && shapeOf(schema)
  return shape?.kind === 'record' ? toNameKind(shape.key) : null
}

function unwrap(schema: DocumentSchema): DocumentSchema {
  let plain = schema
  while ('innerType' in plain.def) plain = plain.def.innerType as DocumentSchema
  return plain
}

function fits(schema: DocumentSchema, node: Located): boolean {
  const { kind } = shapeOf(schema)
  if (node.kind === 'map') return kind === 'object' || kind === 'record'
  return node.kind === 'list' ? kind === 'array' : kind === 'leaf'
}

function hasLiteral(option: DocumentSchema, discriminator: string, node: Located | undefined): boolean {
  const written = findEntry(node, discriminator)?.value
  const literal = descend(option, discriminator)?.def
  return written?.kind === 'scalar' && literal !== undefined && 'values' in literal && (literal.values as unknown[]).includes(written.value)
}

function countShared(option: DocumentSchema, node: Located | undefined): number {
  return listKeys(option).filter((key) => findEntry(node, key)).length
}
