import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { roomsOf } from '../checks/workspace-files.ts'

/** The contract of this repository as somebody wrote it, with the versions that the manifests have. */
export function stampContract(root: string): Readonly<Record<string, string>> {
  const file = 'sanctum.contract.yaml'
  const versions = new Map(roomsOf(root).map(({ manifest }) => [String(manifest.name), String(manifest['version'])]))
  const text = readFileSync(join(root, file), 'utf8')
  return { [file]: stampVersions(text, versions) }
}

/** Its own version is that of the command line. */
export function stampVersions(text: string, versions: ReadonlyMap<string, string>): string {
  return text
    .replace(/^version: .*$/m, (line) => (versions.has('@sanctum/cli') ? `version: ${versions.get('@sanctum/cli')}` : line))
    .replaceAll(/^( {4}'(@sanctum\/[a-z-]+)': \{ version: )[^,}\s]+/gm, (line, head: string, name: string) =>
      versions.has(name) ? head + versions.get(name) : line,
    )
}
