import { gunzipSync, gzipSync } from 'node:zlib'
import { parseTar, renderTar, type TarEntry } from '../tar.ts'

/** A compressed archive: the same entries give the same bytes with the same Node. */
export function packArchive(entries: readonly TarEntry[]): Buffer {
  const archive = gzipSync(renderTar(entries), { level: 9 })
  // zlib writes which system it ran on.
  archive[9] = 255
  return archive
}

/** Where a package comes from, as npm wants it said of what is published with its provenance. */
export interface Origin {
  /** Such as `https://example.org/haus/sanctum`. */
  readonly url: string
  /** Of the package, such as `packages/catalog`. */
  readonly directory: string
}

/**
 * What pnpm packed, with the versions that a release gives: its own, and those of the packages of the same release. `versions` is by name.
 * Time, owner and order of the files are ours, so that the same content gives the same archive.
 */
export function restamp(
  packed: Uint8Array,
  versions: Readonly<Record<string, string>>,
  origin: Origin | null = null,
): { readonly archive: Buffer; readonly entries: readonly TarEntry[] } {
  const entries = parseTar(gunzipSync(packed)).map((entry) =>
    entry.path === 'package/package.json' ? stampManifest(entry, versions, origin) : entry,
  )
  return { archive: packArchive(entries), entries }
}

function stampManifest(entry: TarEntry, versions: Readonly<Record<string, string>>, origin: Origin | null): TarEntry {
  const manifest = JSON.parse(Buffer.from(entry.content).toString('utf8')) as Record<string, unknown>
  const version = versions[String(manifest['name'])]
  const stamped = {
    ...manifest,
    ...(version === undefined ? {} : { version }),
    ...(origin === null ? {} : { repository: { type: 'git', url: `git+${origin.url}.git`, directory: origin.directory } }),
    ...Object.fromEntries(
      ['dependencies', 'peerDependencies', 'optionalDependencies'].flatMap((group) => {
        const needs = manifest[group]
        return typeof needs === 'object' && needs !== null ? [[group, stampGroup(needs as Record<string, string>, versions)]] : []
      }),
    ),
  }
  return { ...entry, content: Buffer.from(`${JSON.stringify(stamped, null, 2)}\n`) }
}

/** A range keeps its sign; what it begins at is the version of the release. */
function stampGroup(needs: Readonly<Record<string, string>>, versions: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(needs).map(([name, range]) => {
      const version = versions[name]
      return [name, version === undefined ? range : `${/^[~^]/.exec(range)?.[0] ?? ''}${version}`]
    }),
  )
}
