import {
  closeSync,
  constants,
  type Dirent,
  fchmodSync,
  fstatSync,
  fsync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  type Stats,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { Fault, toFault } from '@sanctum/contracts'
import type { Entry, FileSystem, Found } from '../file-system.ts'
import { isPlainPath } from '../surface-path.ts'
import { chooseFolderOpener, type FolderOpener, type OpenFolder, toOutside } from './open-folder.ts'

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants

/** Files that are synced at the same time: enough for the disk to merge their flushes, few enough for any limit of open files. */
const SYNCED_AT_ONCE = 32

/** A larger file is not read; nothing that Sanctum writes comes near it. */
const LARGEST_READ_BYTES = 64 * 1024 * 1024

/** Files of up to this size are read into one buffer, one after the other: nearly all that Sanctum writes. */
const SHARED_BYTES = 128 * 1024

/** The file system of this machine, limited to what lies below the roots. A root itself may be reached through a link. */
export function createConfinedFileSystem({
  roots,
  openFolder = chooseFolderOpener(),
}: {
  roots: readonly string[]
  openFolder?: FolderOpener
}): FileSystem {
  const longestFirst = [...roots].sort((a, b) => b.length - a.length)
  let held: { readonly path: string; readonly folder: OpenFolder } | null = null

  function release(): void {
    held?.folder.close()
    held = null
  }

  function rootOf(path: string): string {
    const root = longestFirst.find((candidate) => path === candidate || path.startsWith(`${candidate}/`))
    if (root === undefined || (path !== root && !isPlainPath(path.slice(root.length + 1))))
      throw new Fault('OUTSIDE_ROOT', `${path} is not below a folder that Sanctum writes to`, { path })
    return root
  }

  function open(path: string): OpenFolder {
    if (held?.path === path) return held.folder
    release()
    const folder = openFolder(...wayTo(path))
    held = { path, folder }
    return folder
  }

  function wayTo(path: string): [string, string[]] {
    const root = rootOf(path)
    return [root, path === root ? [] : path.slice(root.length + 1).split('/')]
  }

  /** Runs an effect on the entry of a path, whose folder is held open meanwhile. A root has no folder that is ours to open. */
  function at<T>(doing: string, path: string, effect: (entry: string) => T): T {
    return withFault(doing, path, () => {
      const [above, name] = [dirname(path), nameOf(path)]
      const isNear = held?.path === above && isPlainPath(name) && !roots.includes(path)
      if (!isNear && rootOf(path) === path) return effect(path)
      const folder = open(above)
      const result = effect(folder.entry(name))
      folder.verify()
      return result
    })
  }

  function forget(path: string): void {
    if (held && (held.path === path || held.path.startsWith(`${path}/`))) release()
  }

  function look(path: string): Entry {
    return unlessGone(() => at('reading', path, (entry) => toEntry(lstatSync(entry, { throwIfNoEntry: false }))), { kind: 'absent' })
  }

  function readDirectory(path: string): readonly string[] {
    return unlessGone(() => withFault('reading', path, () => readdirSync(open(path).entry('.')).sort()), [])
  }

  function visitTree(path: string, visit: (path: string, found: Found) => void): void {
    release()
    const folder = unlessGone(() => withFault('reading', path, () => openFolder(...wayTo(path))), null)
    if (folder !== null) visitFolder(folder, path, '', visit, Buffer.allocUnsafeSlow(SHARED_BYTES))
  }

  function makeDirectory(path: string, mode: string): void {
    const root = rootOf(path)
    if (path === root) at('creating', path, () => makeRoot(path, mode))
    else makeBelow(path, mode)
  }

  function makeBelow(path: string, mode: string): void {
    const { kind } = look(path)
    if (kind === 'directory') return
    if (kind !== 'absent') throw toOutside(path)
    makeDirectory(dirname(path), mode)
    at('creating', path, (entry) => {
      // Never more open than asked for, not even until the next line; that one is for what a umask takes away.
      mkdirSync(entry, { mode: Number.parseInt(mode, 8) })
      withDescriptor(entry, O_RDONLY | O_NOFOLLOW, (descriptor) => fchmodSync(descriptor, Number.parseInt(mode, 8)))
    })
  }

  function removeTree(path: string): void {
    const { kind } = look(path)
    if (kind === 'directory') removeDirectory(path)
    else if (kind !== 'absent') removeFile(path)
  }

  function removeDirectory(path: string): void {
    for (const name of readDirectory(path)) removeTree(`${path}/${name}`)
    forget(path)
    at('removing', path, (entry) => rmdirSync(entry))
  }

  function removeFile(path: string): void {
    unlessGone(() => at('removing', path, (entry) => unlinkSync(entry)), undefined)
  }

  async function sync(paths: readonly string[]): Promise<void> {
    for (let start = 0; start < paths.length; start += SYNCED_AT_ONCE) {
      const opened = paths.slice(start, start + SYNCED_AT_ONCE).flatMap((path) => at('syncing', path, (entry) => openToSync(path, entry)))
      const results = await Promise.allSettled(opened.map(syncOne))
      for (const { descriptor } of opened) closeSync(descriptor)
      const failed = results.find((result) => result.status === 'rejected')
      if (failed) throw failed.reason
    }
  }

  function listTree(path: string): string[] {
    if (look(path).kind !== 'directory') return look(path).kind === 'file' ? [path] : []
    return [...readDirectory(path).flatMap((name) => listTree(`${path}/${name}`)), path]
  }

  return {
    look,
    readDirectory,
    visitTree,
    makeDirectory,
    removeFile,
    removeTree,
    sync,
    release,
    syncTree: (path) => sync(listTree(path)),
    readFile: (path) =>
      at('reading', path, (entry) =>
        withDescriptor(entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, (descriptor) => readRegular(descriptor, path)),
      ),
    readLink: (path) => at('reading', path, (entry) => readlinkSync(entry)),
    writeFile: (path, content, mode) =>
      at('writing', path, (entry) =>
        withDescriptor(entry, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, (descriptor) => {
          fchmodSync(descriptor, Number.parseInt(mode, 8))
          writeFileSync(descriptor, content)
        }),
      ),
    makeLink: (path, to) => at('linking', path, (entry) => symlinkSync(to, entry)),
    rename: (from, to) => {
      forget(from)
      forget(to)
      at('renaming', to, (entry) => {
        rootOf(from)
        const source = openFolder(...wayTo(dirname(from)))
        try {
          renameSync(source.entry(nameOf(from)), entry)
          source.verify()
        } finally {
          source.close()
        }
      })
    },
  }
}

/** Closes the folder. Loops and no closures: it runs for each of some hundred files before anything is compiled. */
function visitFolder(folder: OpenFolder, path: string, prefix: string, visit: (path: string, found: Found) => void, shared: Buffer): void {
  try {
    const below: string[] = []
    for (const entry of listFolder(folder, path)) {
      if (entry.isDirectory()) below.push(entry.name)
      else {
        const found = readFound(folder.entry(entry.name), `${path}/${entry.name}`, entry, shared)
        if (found !== null) visit(`${prefix}${entry.name}`, found)
      }
    }
    for (const name of below) {
      const inside = withFault('reading', `${path}/${name}`, () => folder.below(name))
      visitFolder(inside, `${path}/${name}`, `${prefix}${name}/`, visit, shared)
    }
    withFault('reading', path, () => folder.verify())
  } finally {
    folder.close()
  }
}

function listFolder(folder: OpenFolder, path: string): Dirent[] {
  const entries = withFault('reading', path, () => readdirSync(folder.entry('.'), { withFileTypes: true }))
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Null for what went away since the folder was listed. */
function readFound(entry: string, path: string, listed: Dirent, shared: Buffer): Found | null {
  try {
    if (listed.isFile()) return readFoundFile(entry, path, shared)
    const stats = lstatSync(entry)
    return stats.isSymbolicLink() ? { kind: 'link', uid: stats.uid, to: readlinkSync(entry) } : { kind: 'other' }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw toFault(error, 'reading', path)
  }
}

function readFoundFile(entry: string, path: string, shared: Buffer): Found {
  const descriptor = openSync(entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const stats = fstatSync(descriptor)
    const content = stats.isFile() && stats.size < shared.length ? readInto(shared, descriptor) : readRegular(descriptor, path)
    return { kind: 'file', mode: toMode(stats), uid: stats.uid, content }
  } finally {
    closeSync(descriptor)
  }
}

/** Of a file that grew meanwhile all is read all the same. */
function readInto(shared: Buffer, descriptor: number): Uint8Array {
  const read = readSync(descriptor, shared, 0, shared.length, 0)
  return read < shared.length ? shared.subarray(0, read) : readFileSync(descriptor)
}

function withFault<T>(doing: string, path: string, effect: () => T): T {
  try {
    return effect()
  } catch (error) {
    throw toFault(error, doing, path)
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function toEntry(stats: Stats | undefined): Entry {
  if (stats === undefined) return { kind: 'absent' }
  const mode = toMode(stats)
  if (stats.isFile()) return { kind: 'file', mode, sizeBytes: stats.size }
  if (stats.isSymbolicLink()) return { kind: 'link' }
  if (stats.isDirectory()) return { kind: 'directory', mode }
  return { kind: 'other', what: stats.isFIFO() ? 'a pipe' : stats.isSocket() ? 'a socket' : 'a device' }
}

function toMode({ mode }: Stats): string {
  return `0${(mode & 0o777).toString(8).padStart(3, '0')}`
}

function makeRoot(path: string, mode: string): void {
  const first = mkdirSync(path, { recursive: true, mode: Number.parseInt(mode, 8) })
  if (first === undefined) return
  // The folders above the root are nobody's to sync later.
  for (let folder = dirname(path); folder.length >= dirname(first).length; folder = dirname(folder)) {
    withDescriptor(folder, O_RDONLY, (descriptor) => fsyncSync(descriptor))
    if (folder === dirname(folder)) break
  }
}

function readRegular(descriptor: number, path: string): Uint8Array {
  const stats = fstatSync(descriptor)
  if (!stats.isFile()) throw toOutside(path)
  if (stats.size > LARGEST_READ_BYTES)
    throw new Fault('WRITE_FAILED', `reading ${path} failed: it holds more than ${LARGEST_READ_BYTES} bytes`, { path })
  return readWhole(descriptor, stats.size)
}

/** One byte more is asked for than the file had a moment ago: only one that grew meanwhile needs another look. */
function readWhole(descriptor: number, sizeBytes: number): Uint8Array {
  const buffer = Buffer.allocUnsafe(sizeBytes + 1)
  const read = readSync(descriptor, buffer, 0, buffer.length, 0)
  return read === sizeBytes ? buffer.subarray(0, read) : readFileSync(descriptor)
}

/** Nothing for a link: it has no content of its own, and its name is durable with its folder. */
function openToSync(path: string, entry: string): { path: string; descriptor: number }[] {
  try {
    return [{ path, descriptor: openSync(entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) }]
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ELOOP') return []
    throw error
  }
}

function syncOne({ path, descriptor }: { path: string; descriptor: number }): Promise<void> {
  return new Promise((resolve, reject) => fsync(descriptor, (error) => (error ? reject(toFault(error, 'syncing', path)) : resolve())))
}

function withDescriptor<T>(entry: string, flags: number, use: (descriptor: number) => T): T {
  const descriptor = openSync(entry, flags, 0o600)
  try {
    return use(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function unlessGone<T>(effect: () => T, otherwise: T): T {
  try {
    return effect()
  } catch (error) {
    if (error instanceof Fault && error.errno === 'ENOENT') return otherwise
    throw error
  }
}
