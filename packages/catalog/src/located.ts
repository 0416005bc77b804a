import type { Position } from '@sanctum/contracts'

/** A parsed document in which every key and value knows where it was written. */
export type Located = LocatedMap | LocatedList | LocatedScalar

export interface LocatedMap {
  readonly kind: 'map'
  readonly at: Position
  readonly entries: readonly LocatedEntry[]
}

export interface LocatedEntry {
  readonly key: string
  readonly at: Position
  readonly value: Located
}

export interface LocatedList {
  readonly kind: 'list'
  readonly at: Position
  readonly items: readonly Located[]
}

export interface LocatedScalar {
  readonly kind: 'scalar'
  readonly at: Position
  readonly value: string | number | boolean | null
  /** As written, for messages. */
  readonly source: string
}

/** The entry of a map, if it has one. */
export function findEntry(map: Located | undefined, key: string): LocatedEntry | undefined {
  if (map?.kind !== 'map') return undefined
  return map.entries.length > 16 ? toIndex(map).get(key) : map.entries.find((entry) => entry.key === key)
}

const indexes = new WeakMap<LocatedMap, ReadonlyMap<string, LocatedEntry>>()

/** A wide map is asked thousands of times where thousands of its entries are wrong. */
function toIndex(map: LocatedMap): ReadonlyMap<string, LocatedEntry> {
  const known = indexes.get(map) ?? new Map(map.entries.map((entry) => [entry.key, entry]))
  indexes.set(map, known)
  return known
}

/** What stands at a path, and the nearest place above it that exists. */
export function findPlace(root: Located, path: readonly PropertyKey[]): { readonly node: Located | undefined; readonly at: Position } {
  let node: Located | undefined = root
  let at = root.at
  for (const step of path) {
    if (node?.kind === 'list') {
      node = node.items[Number(step)]
      at = node?.at ?? at
    } else {
      const entry: LocatedEntry | undefined = findEntry(node, String(step))
      node = entry?.value
      at = entry === undefined ? at : entry.value.kind === 'scalar' ? entry.value.at : entry.at
    }
    if (node === undefined) break
  }
  return { node, at }
}
