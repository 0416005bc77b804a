import { type Catalog, compareText } from '@sanctum/contracts'
import { renderWorkspaceManifests } from '@sanctum/render'
import type { CommandContext } from '../command.ts'

export interface ManifestChange {
  /** Relative to the catalog's folder. */
  readonly path: string
  readonly kind: 'create' | 'modify' | 'remove'
  readonly before: string | null
  readonly after: string | null
}

export type ManifestDifferences =
  | { readonly kind: 'none-checked-in'; readonly changes: readonly ManifestChange[] }
  | { readonly kind: 'compared'; readonly changes: readonly ManifestChange[] }

/** How the manifests beside a catalog differ from what the catalog says. */
export async function diffManifests({ ports }: CommandContext, catalog: Catalog, folder: string): Promise<ManifestDifferences> {
  const wanted = new Map(renderWorkspaceManifests(catalog, { digest: ports.digest }).map(({ path, content }) => [path, content]))
  const present = await ports.files.readManifests(folder)
  const changes = [...new Set([...wanted.keys(), ...Object.keys(present)])].sort(compareText).flatMap((path): ManifestChange[] => {
    const [before, after] = [present[path] ?? null, wanted.get(path) ?? null]
    if (before === after) return []
    return [{ path, kind: before === null ? 'create' : after === null ? 'remove' : 'modify', before, after }]
  })
  return { kind: Object.keys(present).length === 0 ? 'none-checked-in' : 'compared', changes }
}
