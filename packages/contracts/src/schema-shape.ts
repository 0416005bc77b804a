import type * as z from 'zod'
import { template } from './documents/names.ts'

/** A schema of any document. */
export type DocumentSchema = z.ZodType

/**
 * How the values of a schema are built, so that documents are merged, expanded and asked by their schema and never by what a
 * value happens to look like. `optional` and `nullable` are looked through.
 */
export type SchemaShape =
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, DocumentSchema> }
  | { readonly kind: 'record'; readonly key: DocumentSchema; readonly value: DocumentSchema }
  | { readonly kind: 'array'; readonly element: DocumentSchema }
  /** `discriminator` names the field that tells the options apart, where there is one. */
  | { readonly kind: 'union'; readonly options: readonly DocumentSchema[]; readonly discriminator: string | null }
  /** `isTemplate`: text whose placeholders are expanded. */
  | { readonly kind: 'leaf'; readonly type: string; readonly isTemplate: boolean; readonly choices: readonly string[] }

/** The shape of a schema; computed once for each. */
export function shapeOf(schema: DocumentSchema): SchemaShape {
  const known = shapes.get(schema)
  if (known) return known
  const shape = readShape(schema)
  shapes.set(schema, shape)
  return shape
}

const shapes = new WeakMap<DocumentSchema, SchemaShape>()

interface Definition {
  readonly type: string
  readonly innerType?: DocumentSchema
  readonly shape?: Readonly<Record<string, DocumentSchema>>
  readonly keyType?: DocumentSchema
  readonly valueType?: DocumentSchema
  readonly element?: DocumentSchema
  readonly options?: readonly DocumentSchema[]
  readonly discriminator?: string
  readonly entries?: Readonly<Record<string, string>>
}

function readShape(schema: DocumentSchema): SchemaShape {
  const definition = schema.def as Definition
  const { innerType, shape, keyType, valueType, element, options, entries } = definition
  if (innerType) return shapeOf(innerType)
  if (shape) return { kind: 'object', fields: new Map(Object.entries(shape)) }
  if (keyType && valueType) return { kind: 'record', key: keyType, value: valueType }
  if (element) return { kind: 'array', element }
  if (options) return { kind: 'union', options, discriminator: definition.discriminator ?? null }
  return { kind: 'leaf', type: definition.type, isTemplate: schema === template, choices: entries ? Object.values(entries) : [] }
}
