import type { Places, Position } from '@sanctum/contracts'
import type { Located } from './located.ts'

/** The plain value of a tree, and by JSON pointer where each part of it was written. */
export function toValue(root: Located): { readonly value: unknown; readonly places: Places } {
  const places: Record<string, Position> = {}
  return { value: read(root, '', root.at, places), places }
}

/** One step of a JSON pointer (RFC 6901). */
export function toStep(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** A map or list has the place of its key, and a scalar its own. */
function read(node: Located, pointer: string, keyAt: Position, places: Record<string, Position>): unknown {
  places[pointer] = node.kind === 'scalar' ? node.at : keyAt
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'list') return node.items.map((item, index) => read(item, `${pointer}/${index}`, item.at, places))
  const value: Record<string, unknown> = {}
  for (const entry of node.entries) value[entry.key] = read(entry.value, pointer + toStep(entry.key), entry.at, places)
  return value
}
