import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Generator } from '../generated.ts'

export interface Difference {
  readonly path: string
  readonly kind: 'missing' | 'differs' | 'extra' | 'outside'
  readonly content?: string
}

/** How the tree differs from what a generator writes now. A path outside of what it owns is a fault of the generator. */
export async function diffGenerated(root: string, generator: Generator): Promise<readonly Difference[]> {
  const files = await generator.files(root)
  const written = Object.entries(files).flatMap(([path, content]): readonly Difference[] => {
    if (!generator.owns.some((owned) => owned === path || (owned.endsWith('/') && path.startsWith(owned))))
      return [{ path, kind: 'outside' }]
    if (!existsSync(join(root, path))) return [{ path, kind: 'missing', content }]
    return readFileSync(join(root, path), 'utf8') === content ? [] : [{ path, kind: 'differs', content }]
  })
  const extra = generator.owns.flatMap((owned) => filesBelow(root, owned)).filter((path) => files[path] === undefined)
  return [...written, ...extra.map((path) => ({ path, kind: 'extra' as const }))]
}

function filesBelow(root: string, owned: string): readonly string[] {
  if (!existsSync(join(root, owned))) return []
  if (!owned.endsWith('/')) return [owned]
  const entries = readdirSync(join(root, owned), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(join(root, '/').length))
}
