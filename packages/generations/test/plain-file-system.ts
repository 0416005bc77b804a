import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { toFault } from '@sanctum/contracts'
import type { Entry, FileSystem } from '@sanctum/generations'
import { visitBySteps } from './visit-by-steps.ts'

/** Planted: the port over plain paths, which walk through any link on the way. */
export function createPlainFileSystem(): FileSystem {
  const reading: Pick<FileSystem, 'look' | 'readFile' | 'readLink' | 'readDirectory'> = {
    look: (path) => guard(path, () => look(path)),
    readFile: (path) => guard(path, () => readFileSync(path)),
    readLink: (path) => guard(path, () => readlinkSync(path)),
    readDirectory: (path) => (lstatSync(path, { throwIfNoEntry: false }) ? guard(path, () => readdirSync(path).sort()) : []),
  }
  return {
    ...reading,
    visitTree: (path, visit) => visitBySteps(reading, path, visit),
    makeDirectory: (path, mode) => guard(path, () => void mkdirSync(path, { recursive: true, mode: Number.parseInt(mode, 8) })),
    writeFile: (path, content, mode) =>
      guard(path, () => {
        writeFileSync(path, content)
        chmodSync(path, Number.parseInt(mode, 8))
      }),
    makeLink: (path, to) => guard(path, () => symlinkSync(to, path)),
    rename: (from, to) => guard(to, () => renameSync(from, to)),
    removeFile: (path) => guard(path, () => rmSync(path, { force: true })),
    removeTree: (path) => guard(path, () => rmSync(path, { force: true, recursive: true })),
    sync: async () => {},
    syncTree: async () => {},
    release: () => {},
  }
}

function look(path: string): Entry {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (!stats) return { kind: 'absent' }
  if (stats.isSymbolicLink()) return { kind: 'link' }
  const mode = `0${(stats.mode & 0o777).toString(8)}`
  return stats.isDirectory() ? { kind: 'directory', mode } : { kind: 'file', mode, sizeBytes: stats.size }
}

function guard<T>(path: string, effect: () => T): T {
  try {
    return effect()
  } catch (error) {
    throw toFault(error, 'touching', path)
  }
}
