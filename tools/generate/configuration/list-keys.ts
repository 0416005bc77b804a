import * as names from '../../../packages/contracts/src/documents/names.ts'
import { servicePatch } from '../../../packages/contracts/src/documents/service.ts'
import { type DocumentSchema, shapeOf } from '../../../packages/contracts/src/schema-shape.ts'
import { partSections, type Section } from './sections.ts'
import { type NumberSchema, toBounds } from './to-bounds.ts'

/** One key that may be written. */
export interface Key {
  /** From the section on, such as `limit.starts` or `actions[].name`. */
  readonly path: string
  readonly type: string
  readonly isRequired: boolean
  /** What the schema itself says of it. */
  readonly described: string | null
  /** The option of a union that has it, such as `http`; null where all have it, or there is none. */
  readonly option: string | null
}

/** Every key of a section, nested ones included, in the order of the schema. */
export function listKeys({ schema }: Section): readonly Key[] {
  const shape = shapeOf(schema)
  if (shape.kind === 'object') return keysOf(shape.fields, '', null)
  if (shape.kind !== 'union') throw new Error('a section is an object, or one of several')
  return listOptions(shape.options, shape.discriminator)
}

/** The keys that every option has come first and once. */
function listOptions(options: readonly DocumentSchema[], discriminator: string | null): readonly Key[] {
  const objects = options.flatMap((option) => {
    const shape = shapeOf(option)
    return shape.kind === 'object' ? [{ fields: shape.fields, name: nameOf(shape.fields, discriminator) }] : []
  })
  const isShared = (key: string) => objects.length > 1 && objects.every(({ fields }) => fields.has(key)) && key !== discriminator
  const first = objects[0]?.fields ?? new Map<string, DocumentSchema>()
  const shared = keysOf(new Map([...first].filter(([key]) => isShared(key))), '', null)
  const own = objects.flatMap(({ fields, name }) =>
    keysOf(new Map([...fields].filter(([key]) => !isShared(key) && key !== discriminator)), '', name),
  )
  return [...shared, ...own]
}

function nameOf(fields: ReadonlyMap<string, DocumentSchema>, discriminator: string | null): string | null {
  const literal = discriminator === null ? undefined : (fields.get(discriminator)?.def as { values?: readonly unknown[] } | undefined)
  return literal?.values === undefined ? null : String(literal.values[0])
}

function keysOf(fields: ReadonlyMap<string, DocumentSchema>, prefix: string, option: string | null): readonly Key[] {
  return [...fields].flatMap(([name, schema]) => {
    const path = `${prefix}${name}`
    const own: Key = { path, type: typeOf(schema), isRequired: !isOptional(schema), described: describedBy(schema), option }
    return name === '$schema' ? [] : [own, ...nestedKeys(schema, path, option)]
  })
}

/** Keys of what has no section of its own. */
function nestedKeys(schema: DocumentSchema, path: string, option: string | null): readonly Key[] {
  if (sectionOf(schema) !== undefined) return []
  const shape = shapeOf(schema)
  if (shape.kind === 'object') return keysOf(shape.fields, `${path}.`, option)
  if (shape.kind === 'array') return nestedKeys(shape.element, `${path}[]`, option)
  if (shape.kind === 'record') return nestedKeys(shape.value, `${path}.*`, option)
  if (shape.kind === 'union') return shape.options.flatMap((each) => nestedKeys(each, path, option))
  return []
}

function typeOf(schema: DocumentSchema): string {
  const bare = unwrap(schema)
  const section = sectionOf(schema)
  if (section !== undefined) return `[${section.title.charAt(0).toLowerCase()}${section.title.slice(1)}](#${toSlug(section.title)})`
  const named = namedTypes.get(bare)
  if (named !== undefined) return named
  const shape = shapeOf(bare)
  switch (shape.kind) {
    case 'object':
      return 'map'
    case 'record':
      return `map of ${plural(typeOf(shape.key))} to ${typeOf(shape.value)}`
    case 'array':
      return `list of ${plural(typeOf(shape.element))}`
    case 'union':
      return [...new Set(shape.options.map(typeOf))].join(' or ')
    case 'leaf':
      return shape.choices.length > 0 ? shape.choices.map((choice) => `\`${choice}\``).join(', ') : leafOf(bare, shape.type)
  }
}

function leafOf(schema: DocumentSchema, type: string): string {
  if (type === 'number' || type === 'int') return toBounds(schema as NumberSchema)
  return ({ boolean: '`true` or `false`', string: 'text' } as Readonly<Record<string, string>>)[type] ?? type
}

function sectionOf(schema: DocumentSchema): Section | undefined {
  const bare = unwrap(schema)
  if (bare === servicePatch) return partSections[0]
  return partSections.find((section) => section.schema === bare || section.schema.def === bare.def)
}

/** The address of a heading, as the site makes it. */
export function toSlug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')
}

interface Definition {
  readonly type: string
  readonly innerType?: DocumentSchema
}

function unwrap(schema: DocumentSchema): DocumentSchema {
  const { innerType } = schema.def as Definition
  return innerType === undefined ? schema : unwrap(innerType)
}

function isOptional(schema: DocumentSchema): boolean {
  const { type, innerType } = schema.def as Definition
  return type === 'optional' || (innerType !== undefined && isOptional(innerType))
}

function describedBy(schema: DocumentSchema): string | null {
  const { innerType } = schema.def as Definition
  if (schema.description !== undefined) return schema.description
  return innerType === undefined || sectionOf(innerType) !== undefined ? null : describedBy(innerType)
}

function plural(type: string): string {
  return plurals[type] ?? type
}

const plurals: Readonly<Record<string, string>> = {
  text: 'texts',
  'a name': 'names',
  'the id of a service': 'ids of services',
  'text with placeholders': 'texts with placeholders',
  'a variable': 'variables',
  map: 'maps',
  'a port': 'ports',
}

const namedTypes: ReadonlyMap<DocumentSchema, string> = new Map<DocumentSchema, string>([
  [names.id, 'a name'],
  [names.serviceId, 'the id of a service'],
  [names.template, 'text with placeholders'],
  [names.port, 'a port'],
  [names.seconds, 'seconds'],
  [names.milliseconds, 'milliseconds'],
  [names.megabytes, 'megabytes'],
  [names.variable, 'a variable'],
  [names.argv, 'program and arguments'],
  [names.day, 'a day, such as `2026-04-19`'],
])
