import type { GenerationDocument } from '@sanctum/contracts'

/**
 * Since when each unit of a generation is wanted as it is, ms since the epoch, by the path of its surface: the time of the first
 * generation of an unbroken line that wanted the same. Null where the line goes back beyond what is kept.
 */
export function toDefinitionTimes(current: GenerationDocument, others: readonly GenerationDocument[]): ReadonlyMap<string, number | null> {
  const byNumber = new Map(others.map((document) => [document.number, document]))
  return new Map(
    current.surfaces.flatMap(({ path, unit }) => (unit === null ? [] : [[path, definedSince(current, byNumber, path)] as const])),
  )
}

function definedSince(current: GenerationDocument, byNumber: ReadonlyMap<number, GenerationDocument>, path: string): number | null {
  let first = current
  // A parent is always older, so this ends.
  while (first.parent !== null) {
    const parent = byNumber.get(first.parent)
    if (parent === undefined || parent.number >= first.number) return null
    if (!wantsTheSame(parent, first, path)) return Date.parse(first.created_at)
    first = parent
  }
  return null
}

function wantsTheSame(a: GenerationDocument, b: GenerationDocument, path: string): boolean {
  const [one, other] = [a, b].map(({ surfaces }) => surfaces.find((surface) => surface.path === path))
  return one !== undefined && one.digest === other?.digest && one.publish === other.publish
}
