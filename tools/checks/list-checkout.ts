import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'

/**
 * The files of a checkout, by path from its root: those that git tracks, and new ones that it does not ignore. A version that was unpacked for an
 * upgrade is no repository, even where its home lies in one: there it is every file but what an install or a build makes. With `links` its
 * symbolic links as well, whatever they name.
 */
export function listCheckout(root: string, { links = false }: { readonly links?: boolean } = {}): readonly string[] {
  const files = existsSync(join(root, '.git')) ? listTracked(root) : listUnpacked(root)
  return files.filter((file) => isListed(lstatSync(join(root, file), { throwIfNoEntry: false }), links)).toSorted()
}

function isListed(entry: Stats | undefined, links: boolean): boolean {
  return entry?.isFile() === true || (links && entry?.isSymbolicLink() === true)
}

function listTracked(root: string): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  return listed.split('\0').filter((file) => file !== '')
}

/** As .gitignore has them. */
const MADE = new Set(['node_modules', 'dist', '.toolchain', '.turbo', '.state', '.astro', 'coverage'])

function listUnpacked(root: string, folder = ''): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (MADE.has(entry.name)) return []
    return entry.isDirectory() ? listUnpacked(root, path) : [path]
  })
}
