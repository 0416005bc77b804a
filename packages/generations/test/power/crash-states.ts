import type { MemoryNode } from '../memory-file-system.ts'
import { applyChange, type CrashPoint, type Entries, type Inode } from './disk-history.ts'
import type { Ground } from './tree-file-system.ts'

/** What may become of a file whose content was never synced. The first is the whole of it. */
const fates: readonly ((content: Uint8Array, mode: string) => MemoryNode)[] = [
  (content, mode) => file(content, mode),
  (_, mode) => file(new Uint8Array(0), mode),
  (content, mode) => file(content.subarray(0, content.length >> 1), mode),
  (content, mode) => file(new Uint8Array(content.length), mode),
  (content, mode) => file(garbleEnd(content), mode),
  (content) => file(content, '0600'),
  () => file(new Uint8Array(0), '0600'),
]

export const fateCount = fates.length

/** Which of the pending changes happened, and what became of each unsynced file. */
export interface Choice {
  readonly happened: Uint8Array
  readonly fates: Uint8Array
}

/** One disk as it may be found after a cut. */
export interface CrashState extends Ground {
  /** Names the whole tree, content and modes included; equal trees have equal numbers. */
  readonly hash: number
}

/**
 * Disks that may be found after a cut at this point. What a sync covered is there. Of the rest any subset of the changes may have
 * happened, in any folder and in any order, a rename within one folder whole or not at all, one between folders by halves; an unsynced
 * file may be whole, empty, cut off, zeros, garbage at its end, or have the mode it was created with. A link has its target when it
 * has its name, since that is in its inode.
 */
export function createCrashStates(
  { durable, pending, unsynced }: CrashPoint<unknown>,
  { node }: NodeTable,
): (choice: Choice) => CrashState {
  const unsyncedAt = new Map(unsynced.map((inode, index) => [inode, index]))
  const wholeHashes = hashSteadyFolders(durable, new Set(pending.map(({ folder }) => folder)), unsyncedAt, node)

  return ({ happened, fates: chosen }) => {
    const folders = new Map<Inode, Map<string, Inode>>()
    for (let index = 0; index < pending.length; index++) {
      const change = pending[index]
      if (change === undefined || happened[index] === 0) continue
      let entries = folders.get(change.folder)
      if (entries === undefined) {
        entries = new Map(durable.get(change.folder))
        folders.set(change.folder, entries)
      }
      applyChange(entries, change)
    }
    const entriesOf = (inode: Inode): Entries => folders.get(inode) ?? durable.get(inode) ?? none
    const nodeOf = (inode: Inode): KnownNode => {
      const index = unsyncedAt.get(inode)
      return node(inode, index === undefined ? 0 : (chosen[index] ?? 0))
    }
    const inodeAt = (path: string): Inode | undefined => {
      let inode: Inode | undefined = 0
      for (const name of namesOf(path)) {
        inode = entriesOf(inode).get(name)
        if (inode === undefined) return undefined
      }
      return inode
    }
    return {
      hash: hashFolder(0, { entriesOf, nodeOf, known: wholeHashes }),
      node: (path) => {
        const inode = inodeAt(path)
        return inode === undefined ? null : nodeOf(inode).node
      },
      names: (path) => {
        const inode = inodeAt(path)
        return inode === undefined ? [] : [...entriesOf(inode).keys()]
      },
    }
  }
}

const none: Entries = new Map()

const pathNames = new Map<string, readonly string[]>()

/** The same few paths are asked for on every disk. */
function namesOf(path: string): readonly string[] {
  const found = pathNames.get(path) ?? path.split('/').slice(1)
  pathNames.set(path, found)
  return found
}

export interface KnownNode {
  readonly node: MemoryNode
  readonly hash: number
}

export interface NodeTable {
  node(inode: Inode, fate: number): KnownNode
}

/** Each inode in each of its fates, made once: equal ones are the same object. */
export function createNodeTable(nodes: readonly MemoryNode[]): NodeTable {
  const known = new Map<string, KnownNode>()
  const intern = (node: MemoryNode): KnownNode => {
    const key = toKey(node)
    const found = known.get(key) ?? { node, hash: hashText(key) }
    known.set(key, found)
    return found
  }
  const table = nodes.map((node) => (node.kind === 'file' ? fates.map((fate) => intern(fate(node.content, node.mode))) : [intern(node)]))
  return {
    node: (inode, fate) => {
      const found = table[inode]?.[fate]
      if (found === undefined) throw new Error(`inode ${inode} has no fate ${fate}`)
      return found
    },
  }
}

function toKey(node: MemoryNode): string {
  if (node.kind === 'file') return `${node.mode} ${Buffer.from(node.content).toString('latin1')}`
  return node.kind === 'link' ? `-> ${node.to}` : `${node.mode} /`
}

function file(content: Uint8Array, mode: string): MemoryNode {
  return { kind: 'file', content, mode }
}

function garbleEnd(content: Uint8Array): Uint8Array {
  const garbled = Uint8Array.from(content)
  for (let index = content.length >> 1; index < content.length; index++) garbled[index] = (garbled[index] ?? 0) ^ 0xff
  return garbled
}

interface Tree {
  entriesOf(inode: Inode): Entries
  nodeOf(inode: Inode): KnownNode
  /** Of folders below which nothing is open at this point. */
  readonly known: ReadonlyMap<Inode, number>
}

/** A sum over the names, so that their order does not matter; each name is mixed with what it leads to. */
function hashFolder(inode: Inode, tree: Tree): number {
  const known = tree.known.get(inode)
  if (known !== undefined) return known
  let sum = tree.nodeOf(inode).hash
  for (const [name, child] of tree.entriesOf(inode)) {
    const below = tree.nodeOf(child)
    sum = (sum + mix(hashName(name), below.node.kind === 'directory' ? hashFolder(child, tree) : below.hash)) % LARGEST
  }
  return sum
}

function hashSteadyFolders(
  durable: ReadonlyMap<Inode, Entries>,
  open: ReadonlySet<Inode>,
  unsynced: ReadonlyMap<Inode, number>,
  node: NodeTable['node'],
): Map<Inode, number> {
  const steady = new Map<Inode, boolean>()
  const isSteady = (inode: Inode): boolean => {
    const found = steady.get(inode)
    if (found !== undefined) return found
    const answer = !open.has(inode) && !unsynced.has(inode) && [...(durable.get(inode) ?? none).values()].every(isSteady)
    steady.set(inode, answer)
    return answer
  }
  const known = new Map<Inode, number>()
  const tree: Tree = { entriesOf: (inode) => durable.get(inode) ?? none, nodeOf: (inode) => node(inode, 0), known }
  for (const inode of durable.keys()) if (isSteady(inode)) known.set(inode, hashFolder(inode, tree))
  return known
}

/** Below 2^53, so that a sum of two stays exact as a number. */
const LARGEST = 2 ** 51

function mix(a: number, b: number): number {
  const low = Math.imul((a ^ b) | 0, 0x9e3779b1) ^ Math.imul((b % 0x7fffffff) | 0, 0x85ebca6b)
  const high = Math.imul(((a / 0x100000000) | 0) ^ ((b / 0x80000) | 0), 0xc2b2ae35) ^ Math.imul(low, 0x27d4eb2f)
  return ((high ^ (high >>> 15)) & 0x7ffff) * 0x100000000 + ((low ^ (low >>> 13)) >>> 0)
}

const nameHashes = new Map<string, number>()

function hashName(name: string): number {
  const found = nameHashes.get(name) ?? hashText(name)
  nameHashes.set(name, found)
  return found
}

function hashText(text: string): number {
  let low = 0x811c9dc5
  let high = 0x1b873593
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    low = Math.imul(low ^ code, 0x01000193)
    high = Math.imul(high ^ code, 0xcc9e2d51)
    high ^= high >>> 13
  }
  return (high & 0x7ffff) * 0x100000000 + (low >>> 0)
}
