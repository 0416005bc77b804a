import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { Fault } from '@sanctum/contracts'

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
  /** Files below some paths as a revision has them, each with the name of its content. */
  blobsAt(revision: string, paths: readonly string[]): Promise<readonly { readonly path: string; readonly blob: string }[]>
  /** Whether what lies there is what the last commit has, of these paths. */
  isClean(paths: readonly string[]): Promise<boolean>
  /** Tracked files and new ones that nothing ignores, by path from a folder of the working copy. */
  list(folder: string): Promise<readonly string[]>
}

/** Null where the folder is in no working copy, or git is missing. */
export async function openGit(folder: string): Promise<GitPort | null> {
  const top = await ask(folder, ['rev-parse', '--show-toplevel'])
  // Such as a folder of somebody else: it is a working copy, and git does not read it.
  if (top.code === 128 && !/not a git repository|cannot change to|must be run in a work tree/.test(top.why)) fail(folder, top.why)
  if (top.code !== 0) return null
  const root = top.said.trimEnd()
  return {
    root,
    resolve: async (revision) => {
      if (revision.startsWith('-')) return null
      const { code, said, why } = await ask(root, ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`])
      // Quietly 1: no such name. Anything else says nothing about the name.
      if (code === 1) return null
      return code === 0 ? said.trim() : fail(root, why)
    },
    readAt: async (revision, path) => {
      const listed = await read(root, ['ls-tree', '-z', revision, '--', path])
      return listed === '' ? null : read(root, ['show', `${revision}:${path}`])
    },
    digestAt: async (revision, paths) => {
      const { code, said } = await ask(root, ['ls-tree', '-r', '-z', revision, '--', ...paths])
      return code !== 0 || said === '' ? null : createHash('sha256').update(said).digest('hex')
    },
    blobsAt: async (revision, paths) => {
      const rows = (await read(root, ['ls-tree', '-r', '-z', revision, '--', ...paths])).split('\0')
      return rows.flatMap((row) => {
        const [, blob, path] = /^\d+ blob (\w+)\t(.*)$/s.exec(row) ?? []
        return blob === undefined || path === undefined ? [] : [{ path, blob }]
      })
    },
    isClean: async (paths) => {
      const { code, said } = await ask(root, ['status', '--porcelain', '--', ...paths])
      return code === 0 && said === ''
    },
    list: async (from) => {
      const names = await read(from, ['ls-files', '-z', '--cached', '--others', '--exclude-standard'])
      return [...new Set(names.split('\0'))].filter((name) => name !== '').sort()
    },
  }
}

const MOST_BYTES = 64 * 1024 * 1024

interface Said {
  readonly code: number | null
  readonly said: string
  readonly why: string
}

/** What git says; where it fails nothing is known, which is another thing than that there is nothing. */
async function read(folder: string, words: readonly string[]): Promise<string> {
  const { code, said, why } = await ask(folder, words)
  return code === 0 ? said : fail(folder, why)
}

function fail(folder: string, why: string): never {
  throw new Fault('UNAVAILABLE', `git cannot tell what ${folder} has: ${why}`, { hint: 'See what git itself says there: git status.' })
}

function ask(folder: string, words: readonly string[]): Promise<Said> {
  return new Promise((settle) => {
    execFile(
      // Its complaints are read here, so they have to be in one language.
      'env',
      ['LC_ALL=C', 'git', '-C', folder, '--no-optional-locks', ...words],
      { maxBuffer: MOST_BYTES, timeout: 30_000 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null
        settle({ code, said: stdout, why: stderr.trim().split('\n')[0] || (error?.message ?? '') })
      },
    )
  })
}
