import type { FileSystem } from '@sanctum/generations'
import type { MemoryNode } from '../memory-file-system.ts'
import { createTreeFileSystem, type Folder, type TreeNode } from './tree-file-system.ts'

/** By inode; a directory's entries are told by the operations. */
export type Inode = number
export type Entries = ReadonlyMap<string, Inode>

/** Names of one folder that change in one go. */
export interface EntryChange {
  readonly folder: Inode
  readonly names: readonly (readonly [name: string, inode: Inode | null])[]
}

/** All that a disk was told, in order, and what had to hold from which operation on. */
export interface DiskHistory<Promise> {
  readonly nodes: readonly MemoryNode[]
  readonly operations: readonly (EntryChange | { readonly sync: readonly Inode[] })[]
  readonly promises: readonly { readonly from: number; readonly promise: Promise }[]
}

export interface Recorder<Promise> {
  readonly fileSystem: FileSystem
  /** Since now this holds, whenever the power goes. */
  promise(promise: Promise): void
  /** All that was told so far is durable, and what was promised before is of no interest any more: the story begins here. */
  begin(): void
  history(): DiskHistory<Promise>
}

/** Records at the port whatever is done through it, so that a new step is covered as soon as somebody performs it. */
export function recordDisk<Promise>(roots: readonly string[]): Recorder<Promise> {
  const nodes: MemoryNode[] = []
  const operations: (EntryChange | { readonly sync: readonly Inode[] })[] = []
  const promises: { from: number; promise: Promise }[] = []
  const fileSystem = createTreeFileSystem({
    roots,
    onEffect: (effect) => {
      if (effect.kind === 'sync') {
        operations.push({ sync: effect.nodes.map(({ inode }) => inode) })
        return
      }
      for (const [, node] of effect.changes) if (node !== null) nodes[node.inode] ??= toMemory(node)
      operations.push({ folder: effect.folder.inode, names: effect.changes.map(([name, node]) => [name, node?.inode ?? null]) })
    },
  })
  nodes[fileSystem.root.inode] = { kind: 'directory', mode: '0755' }
  return {
    fileSystem,
    promise: (promise) => void promises.push({ from: operations.length, promise }),
    begin: () => {
      operations.push({ sync: nodes.map((_, inode) => inode) })
      promises.length = 0
    },
    history: () => ({ nodes, operations, promises }),
  }
}

function toMemory(node: TreeNode): MemoryNode {
  return node.kind === 'directory' ? { kind: 'directory', mode: (node satisfies Folder).mode } : node
}

/** A moment at which the power may go: what is durable, and what the disk was told but may not have done. */
export interface CrashPoint<Promise> {
  readonly at: number
  readonly promise: Promise
  readonly durable: ReadonlyMap<Inode, Entries>
  readonly pending: readonly EntryChange[]
  /** Files whose content may be torn. */
  readonly unsynced: readonly Inode[]
}

/** Every moment between two operations from the first promise on. */
export function listCrashPoints<Promise>({ nodes, operations, promises }: DiskHistory<Promise>): CrashPoint<Promise>[] {
  const points: CrashPoint<Promise>[] = []
  const durable = new Map<Inode, Entries>()
  const syncedFiles = new Set<Inode>()
  let told = new Set<Inode>()
  let pending: EntryChange[] = []
  let promised = 0
  for (let at = 0; at <= operations.length; at++) {
    // Several promises in one moment: the last is what is known, and the moment before it was already a point.
    while (promised < promises.length && (promises[promised]?.from ?? 0) <= at) promised++
    const promise = promises[promised - 1]?.promise
    if (promise !== undefined) {
      const unsynced = [...told].filter((inode) => nodes[inode]?.kind === 'file' && !syncedFiles.has(inode))
      points.push({ at, promise, durable: new Map(durable), pending: [...pending], unsynced })
    }
    const operation = operations[at]
    if (operation === undefined) continue
    if ('sync' in operation) {
      const synced = new Set(operation.sync)
      for (const inode of synced) syncedFiles.add(inode)
      for (const change of pending) {
        if (!synced.has(change.folder)) continue
        const entries = new Map(durable.get(change.folder))
        applyChange(entries, change)
        durable.set(change.folder, entries)
      }
      pending = pending.filter(({ folder }) => !synced.has(folder))
      told = reachableFrom(durable, pending)
    } else {
      pending.push(operation)
      for (const [, inode] of operation.names) if (inode !== null) told.add(inode)
    }
  }
  return points
}

export function applyChange(entries: Map<string, Inode>, { names }: EntryChange): void {
  for (const [name, inode] of names) {
    if (inode === null) entries.delete(name)
    else entries.set(name, inode)
  }
}

/** Inodes that some name may still lead to after a cut. */
function reachableFrom(durable: ReadonlyMap<Inode, Entries>, pending: readonly EntryChange[]): Set<Inode> {
  const found = new Set<Inode>()
  for (const entries of durable.values()) for (const inode of entries.values()) found.add(inode)
  for (const { names } of pending) for (const [, inode] of names) if (inode !== null) found.add(inode)
  return found
}
