import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { VERSION_FILE } from '../upgrade-layout.ts'

/** Where a program comes from. */
export interface Installation {
  /** The folder that its `apps/cli/dist` lies in. */
  readonly root: string
  /** The checkout with the history; null where there is none. */
  readonly checkout: string | null
  /** The commit that it was built from, or that its checkout shows; null where nobody knows. */
  readonly revision: string | null
}

/** Of the folder in which the program lies. It reads a file or two and starts nothing. */
export function findInstallation(programFolder: string): Installation {
  const root = resolve(programFolder, '../../..')
  const version = readVersion(root)
  if (version !== null)
    return { root, checkout: existsSync(join(version.checkout, '.git')) ? version.checkout : null, revision: version.revision }
  const isCheckout = existsSync(join(root, '.git')) && existsSync(join(root, 'tools/sanctumctl'))
  return isCheckout ? { root, checkout: root, revision: readHead(root) } : { root, checkout: null, revision: null }
}

/** By hand, because every start of the program asks, and a schema takes longer to load than this takes. */
function readVersion(root: string): { readonly revision: string; readonly checkout: string } | null {
  const text = readText(join(root, VERSION_FILE))
  if (text === null) return null
  try {
    const { revision, checkout } = JSON.parse(text) as Readonly<Record<string, unknown>>
    const commit = typeof revision === 'string' ? toCommit(revision) : null
    return commit === null || typeof checkout !== 'string' ? null : { revision: commit, checkout }
  } catch {
    return null
  }
}

/** The commit that HEAD names, by the files of git: a branch, a packed one, or the commit itself. */
function readHead(root: string): string | null {
  const folder = findGitFolder(root)
  const head = readText(join(folder, 'HEAD'))?.trim()
  if (head === undefined) return null
  const name = /^ref: (refs\/\S+)$/.exec(head)?.[1]
  if (name === undefined) return toCommit(head)
  const common = resolve(folder, readText(join(folder, 'commondir'))?.trim() ?? '.')
  return toCommit(readText(join(common, name))?.trim()) ?? readPacked(join(common, 'packed-refs'), name)
}

/** Of a linked worktree `.git` is a file that names the folder. */
function findGitFolder(root: string): string {
  const path = join(root, '.git')
  if (statSync(path).isDirectory()) return path
  return resolve(root, /^gitdir: (.+)$/m.exec(readText(path) ?? '')?.[1] ?? '.')
}

function readPacked(path: string, name: string): string | null {
  const line = readText(path)
    ?.split('\n')
    .find((row) => row.endsWith(` ${name}`))
  return toCommit(line?.slice(0, 40))
}

function toCommit(text: string | undefined): string | null {
  return text !== undefined && /^[0-9a-f]{40}$/.test(text) ? text : null
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
