import { type DocumentSchema, shapeOf } from '@sanctum/contracts'
import { type Expansion, expandText, type Lookup, onlyPlaceholder } from './expand-text.ts'
import { isOption } from './merge-by-schema.ts'
import { isPlainObject, sortedKeys } from './plain-data.ts'

/** Why a text of a document could not be expanded. */
export type ExpansionProblem = Exclude<Expansion, { kind: 'expanded' }> | { readonly kind: 'literal'; readonly placeholder: string }

export interface ExpansionPorts {
  lookUp(name: string): Lookup
  report(path: readonly string[], text: string, problem: ExpansionProblem): void
}

/**
 * A copy of a document with the placeholders expanded in the fields that take them, keys in code-unit order. A text that
 * cannot be expanded is reported and kept as it was.
 */
export function expandBySchema<T>(schema: DocumentSchema, value: T, ports: ExpansionPorts, path: readonly string[] = []): T {
  return expand(schema, value, ports, path) as T
}

function expand(schema: DocumentSchema, value: unknown, ports: ExpansionPorts, path: readonly string[]): unknown {
  if (typeof value === 'string') return value.includes('$') ? expandLeaf(schema, value, ports, path) : value
  if (typeof value !== 'object' || value === null) return value
  const shape = shapeOf(schema)
  if (Array.isArray(value)) {
    const element = shape.kind === 'union' ? optionFor(shape.options, shape.discriminator, value) : schema
    const inner = shapeOf(element)
    return inner.kind === 'array' ? value.map((item, index) => expand(inner.element, item, ports, [...path, String(index)])) : value
  }
  if (!isPlainObject(value)) return value
  const chosen = shape.kind === 'union' ? shapeOf(optionFor(shape.options, shape.discriminator, value)) : shape
  const fieldOf = (key: string): DocumentSchema | undefined =>
    chosen.kind === 'object' ? chosen.fields.get(key) : chosen.kind === 'record' ? chosen.value : undefined
  return Object.fromEntries(
    sortedKeys(value).flatMap((key) => {
      const field = fieldOf(key)
      return field ? [[key, expand(field, value[key], ports, [...path, key])]] : []
    }),
  )
}

function optionFor(options: readonly DocumentSchema[], discriminator: string | null, value: unknown): DocumentSchema {
  const fits = (option: DocumentSchema): boolean => {
    const shape = shapeOf(option)
    if (Array.isArray(value)) return shape.kind === 'array'
    if (!isPlainObject(value)) return shape.kind === 'leaf' && shape.type === typeof value
    if (discriminator !== null) return isOption(option, discriminator, value[discriminator])
    return shape.kind === 'object' && sortedKeys(value).every((key) => shape.fields.has(key))
  }
  return options.find(fits) ?? (options[0] as DocumentSchema)
}

function expandLeaf(schema: DocumentSchema, text: string, ports: ExpansionPorts, path: readonly string[]): string {
  const shape = shapeOf(schema)
  const leaf = shape.kind === 'union' ? shapeOf(optionFor(shape.options, shape.discriminator, text)) : shape
  if (leaf.kind === 'leaf' && leaf.isTemplate) {
    const expansion = expandText(text, ports.lookUp)
    if (expansion.kind === 'expanded') return expansion.text
    ports.report(path, text, expansion)
    return text
  }
  const secret = namesSecret(path) ? /^secret:(.+)$/.exec(onlyPlaceholder(text) ?? '')?.[1] : undefined
  if (secret !== undefined) return secret
  const placeholder = /(?<!\$)\$\{((?:host|paths|services)\.[^}]*|(?:env|secret):[^}]*)\}/.exec(text)?.[1]
  if (placeholder !== undefined) ports.report(path, text, { kind: 'literal', placeholder })
  return text
}

/** The fields that hold the name of a secret: `run.secrets.<variable>.secret`, and `api_key_secret` of a backend. */
function namesSecret(path: readonly string[]): boolean {
  return path.at(-1) === 'api_key_secret' || (path.at(-1) === 'secret' && path.at(-3) === 'secrets')
}
