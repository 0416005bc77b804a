import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isProgramSource, listProgramSources } from '../../packages/contracts/src/built-from.ts'

/**
 * Digest of all that the programs are made from, as git would take it of a commit with the same files. It is the same wherever the files
 * are the same, so that it stands in a cached build as rightly as in a new one.
 */
export function digestSources(root: string): string {
  const paths = globSync(['apps/{cli,daemon}/package.json', 'apps/{cli,daemon}/src/**', 'packages/*/package.json', 'packages/*/src/**'], {
    cwd: root,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter(isProgramSource)
  return createHash('sha256')
    .update(listProgramSources(paths.map((path) => ({ path, blob: toBlob(readFileSync(join(root, path))) }))))
    .digest('hex')
}

/** The name that git gives a content. */
function toBlob(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
}
