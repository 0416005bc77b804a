import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'

/** One working copy, read with git. Nothing here changes it. */
export interface GitPort {
  /** Its root folder. */
  readonly root: string
  /** The full name of a revision; null where there is none of that name. */
  resolve(revision: string): Promise<string | null>
  /** A file as a revision has it; null where it has none. */
  readAt(revision: string, path: string): Promise<string | null>
  /** Digest of the names and contents of paths as of a revision; null where it has none of them. */
  digestAt(revision: string, paths: readonly string[]): Promise<string | null>
  /** Whether what lies there is what the last commit has, of these paths. */
  isClean(paths: readonly string[]): Promise<boolean>
  /** Tracked files and new ones that nothing ignores, by path from a folder of the working copy. */
  list(folder: string): Promise<readonly string[]>
}

/** Null where the folder is in no working copy, or git is missing. */
export async function openGit(folder: string): Promise<GitPort | null> {
  const top = await git(folder, ['rev-parse', '--show-toplevel'])
  if (top === null) return null
  const root = top.trimEnd()
  return {
    root,
    resolve: async (revision) =>
      revision.startsWith('-') ? null : ((await git(root, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]))?.trim() ?? null),
    readAt: (revision, path) => git(root, ['show', `${revision}:${path}`]),
    digestAt: async (revision, paths) => {
      const tree = await git(root, ['ls-tree', '-r', '-z', revision, '--', ...paths])
      return tree === null || tree === '' ? null : createHash('sha256').update(tree).digest('hex')
    },
    isClean: async (paths) => (await git(root, ['status', '--porcelain', '--', ...paths])) === '',
    list: async (from) => {
      const names = await git(from, ['ls-files', '-z', '--cached', '--others', '--exclude-standard'])
      return [...new Set((names ?? '').split('\0'))].filter((name) => name !== '').sort()
    },
  }
}

const MOST_BYTES = 64 * 1024 * 1024

function git(folder: string, words: readonly string[]): Promise<string | null> {
  return new Promise((settle) => {
    execFile('git', ['-C', folder, '--no-optional-locks', ...words], { maxBuffer: MOST_BYTES, timeout: 30_000 }, (error, stdout) =>
      settle(error === null ? stdout : null),
    )
  })
}
