import { Fault } from '@sanctum/contracts'
import type { Entry, FileSystem } from '@sanctum/generations'
import type { MemoryNode } from '../memory-file-system.ts'
import { visitBySteps } from '../visit-by-steps.ts'

/** What a tree stands on before anything is done to it. It is asked only for what is looked at, and once for each. */
export interface Ground {
  node(path: string): MemoryNode | null
  names(path: string): readonly string[]
}

export interface Folder {
  readonly kind: 'directory'
  readonly inode: number
  readonly mode: string
  /** Where it is in the ground; null for one that was made since. */
  readonly base: string | null
  /** By name. Null: known to be absent. Undefined: there, and not asked yet. */
  readonly entries: Map<string, TreeNode | null | undefined>
  isListed: boolean
}
export type Leaf = (Extract<MemoryNode, { kind: 'file' }> | Extract<MemoryNode, { kind: 'link' }>) & { readonly inode: number }
export type TreeNode = Folder | Leaf

/** What a disk is told: names of one folder that change in one go, and what must be durable before the call returns. */
export type TreeEffect =
  | { readonly kind: 'entries'; readonly folder: Folder; readonly changes: readonly (readonly [name: string, node: TreeNode | null])[] }
  | { readonly kind: 'sync'; readonly nodes: readonly TreeNode[] }

const emptyGround: Ground = { node: () => null, names: () => [] }

/** The port over a tree of inodes, each effect told as a disk would be told of it. Nothing in it is durable or not: who listens decides. */
export function createTreeFileSystem({
  ground = emptyGround,
  roots = [],
  onEffect = () => {},
}: {
  readonly ground?: Ground
  /** As of the confined file system: above them folders are made durable when they are made. */
  readonly roots?: readonly string[]
  readonly onEffect?: (effect: TreeEffect) => void
} = {}): FileSystem & { readonly root: Folder } {
  let inodes = 0
  const root: Folder = { kind: 'directory', inode: inodes++, mode: '0755', base: '', entries: new Map(), isListed: false }

  function childOf(folder: Folder, name: string): TreeNode | null {
    const known = folder.entries.get(name)
    if (known !== undefined) return known
    if (folder.base === null || (folder.isListed && !folder.entries.has(name))) return null
    const found = toTree(ground.node(`${folder.base}/${name}`), `${folder.base}/${name}`)
    folder.entries.set(name, found)
    return found
  }

  function toTree(node: MemoryNode | null, base: string): TreeNode | null {
    if (node === null) return null
    return node.kind === 'directory'
      ? { ...node, inode: inodes++, base, entries: new Map(), isListed: false }
      : { ...node, inode: inodes++ }
  }

  function namesOf(folder: Folder): string[] {
    if (folder.base !== null && !folder.isListed) {
      for (const name of ground.names(folder.base)) if (!folder.entries.has(name)) folder.entries.set(name, undefined)
      folder.isListed = true
    }
    return [...folder.entries].flatMap(([name, node]) => (node === null ? [] : [name])).sort()
  }

  /** The folder that a path's last name is in; null where there is none. */
  function folderAbove(path: string): Folder | null {
    let folder = root
    let at = 1
    for (let slash = path.indexOf('/', at); slash !== -1; slash = path.indexOf('/', at)) {
      const next = childOf(folder, path.slice(at, slash))
      if (next === null) return null
      if (next.kind !== 'directory') {
        const wrong = path.slice(0, slash)
        throw new Fault('OUTSIDE_ROOT', `${wrong} is a link or no folder`, { path: wrong })
      }
      folder = next
      at = slash + 1
    }
    return folder
  }

  function nodeAt(path: string): TreeNode | null {
    const folder = folderAbove(path)
    return folder === null ? null : childOf(folder, nameOf(path))
  }

  function requireFolder(path: string): Folder {
    return folderAbove(path) ?? refuse('ENOENT', 'writing', path)
  }

  function change(folder: Folder, changes: readonly (readonly [string, TreeNode | null])[]): void {
    for (const [name, node] of changes) folder.entries.set(name, node)
    onEffect({ kind: 'entries', folder, changes })
  }

  function create(path: string, node: TreeNode): void {
    const folder = requireFolder(path)
    if (childOf(folder, nameOf(path)) !== null) refuse('EEXIST', 'writing', path)
    change(folder, [[nameOf(path), node]])
  }

  function makeDirectory(path: string, mode: string): void {
    const found = nodeAt(path)
    if (found?.kind === 'directory') return
    if (found !== null) throw new Fault('OUTSIDE_ROOT', `${path} is a link or no folder`, { path })
    const above = path.slice(0, path.lastIndexOf('/'))
    if (above !== '') makeDirectory(above, mode)
    const folder = requireFolder(path)
    change(folder, [[nameOf(path), { kind: 'directory', inode: inodes++, mode, base: null, entries: new Map(), isListed: true }]])
    if (roots.some((own) => own === path || own.startsWith(`${path}/`))) onEffect({ kind: 'sync', nodes: [folder] })
  }

  function rename(from: string, to: string): void {
    const source = requireFolder(from)
    const target = requireFolder(to)
    const node = childOf(source, nameOf(from)) ?? refuse('ENOENT', 'renaming', from)
    if (childOf(target, nameOf(to))?.kind === 'directory') refuse('EISDIR', 'renaming', to)
    if (source === target) {
      change(source, [
        [nameOf(from), null],
        [nameOf(to), node],
      ])
      return
    }
    change(target, [[nameOf(to), node]])
    change(source, [[nameOf(from), null]])
  }

  function removeFile(path: string): void {
    const folder = folderAbove(path)
    const node = folder === null ? null : childOf(folder, nameOf(path))
    if (folder === null || node === null) return
    if (node.kind === 'directory') refuse('EISDIR', 'removing', path)
    change(folder, [[nameOf(path), null]])
  }

  function removeTree(path: string): void {
    const folder = folderAbove(path)
    const node = folder === null ? null : childOf(folder, nameOf(path))
    if (folder === null || node === null) return
    // What was never looked at is not asked for in order to be removed: it goes whatever it is.
    if (node.kind === 'directory') clear(node)
    change(folder, [[nameOf(path), null]])
  }

  function clear(folder: Folder): void {
    for (const [name, node] of folder.entries) {
      if (node === null || node === undefined) continue
      if (node.kind === 'directory') clear(node)
      change(folder, [[name, null]])
    }
  }

  function listTree(node: TreeNode): TreeNode[] {
    if (node.kind === 'link') return []
    if (node.kind === 'file') return [node]
    return [...namesOf(node).flatMap((name) => listTree(childOf(node, name) ?? refuse('ENOENT', 'syncing', name))), node]
  }

  const reading: Pick<FileSystem, 'look' | 'readFile' | 'readLink' | 'readDirectory'> = {
    look: (path) => toEntry(nodeAt(path)),
    readFile: (path) => {
      const node = nodeAt(path)
      return node?.kind === 'file' ? node.content : refuse('ENOENT', 'reading', path)
    },
    readLink: (path) => {
      const node = nodeAt(path)
      return node?.kind === 'link' ? node.to : refuse('EINVAL', 'reading', path)
    },
    readDirectory: (path) => {
      const folder = folderAbove(`${path}/x`)
      return folder === null ? [] : namesOf(folder)
    },
  }

  return {
    ...reading,
    visitTree: (path, visit) => visitBySteps(reading, path, visit),
    root,
    makeDirectory,
    rename,
    removeFile,
    removeTree,
    writeFile: (path, content, mode) => create(path, { kind: 'file', inode: inodes++, content, mode }),
    makeLink: (path, to) => create(path, { kind: 'link', inode: inodes++, to }),
    sync: async (paths) => {
      const nodes = paths.map((path) => nodeAt(path) ?? refuse('ENOENT', 'syncing', path))
      onEffect({ kind: 'sync', nodes: nodes.filter(({ kind }) => kind !== 'link') })
    },
    syncTree: async (path) => {
      const node = nodeAt(path)
      if (node !== null) onEffect({ kind: 'sync', nodes: listTree(node) })
    },
    release: () => {},
  }
}

function refuse(errno: string, doing: string, path: string): never {
  throw new Fault('WRITE_FAILED', `${doing} ${path} failed: ${errno}`, { path, errno })
}

function toEntry(node: TreeNode | null): Entry {
  if (node === null) return { kind: 'absent' }
  if (node.kind === 'file') return { kind: 'file', mode: node.mode, sizeBytes: node.content.length }
  return node.kind === 'link' ? { kind: 'link' } : { kind: 'directory', mode: node.mode }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
