import { type DocumentSchema, shapeOf } from '@sanctum/contracts'
import { isPlainObject, isReservedKey, type PlainObject, toCanonicalText } from './plain-data.ts'
import { childPointer } from './pointer.ts'

/** What one layer says; a higher rank wins. Two says of one `layer` stand beside each other: where they differ, neither is right. */
export interface Say {
  readonly rank: number
  readonly layer: string
  readonly value: unknown
}

/** Which rank each part of a merged value came from: one for the whole part, or one for each key. */
export type Provenance = number | ReadonlyMap<string, Provenance>

/** Two says of one layer about one place. */
export interface Conflict {
  readonly pointer: string
  readonly ranks: readonly [number, number]
}

export interface Merged {
  readonly value: unknown
  readonly provenance: Provenance
}

/**
 * Merges what the layers say about one document, walking its schema: objects by field, records by key; lists and single
 * values are replaced whole. Of the options of a union the highest say chooses one, and what lower says gave for another
 * option is dropped. `says` are in rising rank and not empty.
 */
export function mergeBySchema(
  schema: DocumentSchema,
  says: readonly Say[],
  report: (conflict: Conflict) => void = () => {},
  pointer = '',
): Merged {
  const top = says.at(-1) as Say
  if (says.length === 1) return { value: top.value, provenance: top.rank }
  const shape = shapeOf(schema)
  if (!isPlainObject(top.value)) return replaceWhole(says, report, pointer)
  const objects = says.filter((say): say is Say & { value: PlainObject } => isPlainObject(say.value))
  switch (shape.kind) {
    case 'object':
      return mergeFields((key) => shape.fields.get(key), objects, report, pointer)
    case 'record':
      return mergeFields(() => shape.value, objects, report, pointer)
    case 'union':
      return shape.discriminator === null
        ? replaceWhole(says, report, pointer)
        : mergeOption(shape.options, shape.discriminator, objects, report, pointer)
    default:
      return replaceWhole(says, report, pointer)
  }
}

/** The rank that a place of a merged value came from; of a part that several made, the highest. */
export function rankAt(provenance: Provenance, path: readonly string[]): number {
  let part = provenance
  for (const key of path) {
    const below = typeof part === 'number' ? undefined : part.get(key)
    if (below === undefined) break
    part = below
  }
  return highestRank(part)
}

function highestRank(part: Provenance): number {
  return typeof part === 'number' ? part : Math.max(0, ...[...part.values()].map(highestRank))
}

function mergeFields(
  fieldOf: (key: string) => DocumentSchema | undefined,
  says: readonly (Say & { value: PlainObject })[],
  report: (conflict: Conflict) => void,
  pointer: string,
): Merged {
  const byKey = new Map<string, Say[]>()
  for (const { rank, layer, value } of says)
    for (const key of Object.keys(value)) {
      if (value[key] === undefined || isReservedKey(key)) continue
      const say = { rank, layer, value: value[key] }
      const others = byKey.get(key)
      if (others) others.push(say)
      else byKey.set(key, [say])
    }
  const provenance = new Map<string, Provenance>()
  const entries: [string, unknown][] = []
  for (const [key, below] of byKey) {
    const field = fieldOf(key)
    if (!field) continue
    const merged = mergeBySchema(field, below, report, childPointer(pointer, key))
    entries.push([key, merged.value])
    provenance.set(key, merged.provenance)
  }
  if (entries.length === 0) return { value: {}, provenance: (says.at(-1) as Say).rank }
  return { value: Object.fromEntries(entries), provenance }
}

/** Says without the discriminator change the option that the others chose. */
function mergeOption(
  options: readonly DocumentSchema[],
  discriminator: string,
  says: readonly (Say & { value: PlainObject })[],
  report: (conflict: Conflict) => void,
  pointer: string,
): Merged {
  const chosen = says.findLast(({ value }) => value[discriminator] !== undefined)?.value[discriminator]
  const agreeing = says.filter(({ value }) => value[discriminator] === undefined || value[discriminator] === chosen)
  const option = options.find((candidate) => isOption(candidate, discriminator, chosen))
  if (!option) return replaceWhole(says, report, pointer)
  return mergeBySchema(option, agreeing, report, pointer)
}

/** True if the schema is the option of a union whose discriminator has this value. */
export function isOption(schema: DocumentSchema, discriminator: string, value: unknown): boolean {
  const shape = shapeOf(schema)
  const field = shape.kind === 'object' ? shape.fields.get(discriminator) : undefined
  return field !== undefined && value !== undefined && field.safeParse(value).success
}

function replaceWhole(says: readonly Say[], report: (conflict: Conflict) => void, pointer: string): Merged {
  const top = says.at(-1) as Say
  const peer = says.at(-2)
  if (peer && peer.layer === top.layer && toCanonicalText(peer.value) !== toCanonicalText(top.value))
    report({ pointer, ranks: [peer.rank, top.rank] })
  return { value: top.value, provenance: top.rank }
}
