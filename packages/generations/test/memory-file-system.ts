import { Fault } from '@sanctum/contracts'
import type { Entry, FileSystem } from '@sanctum/generations'
import { visitBySteps } from './visit-by-steps.ts'

export type MemoryNode =
  | { readonly kind: 'file'; readonly content: Uint8Array; readonly mode: string }
  | { readonly kind: 'link'; readonly to: string }
  | { readonly kind: 'directory'; readonly mode: string }

export interface MemoryFileSystem extends FileSystem {
  /** By path, sorted: what a person would see, `mode content` for a file and `-> target` for a link. */
  dump(): Record<string, string>
  copy(): MemoryFileSystem
}

/** The port over a map. It behaves as the real one does, but for durability: everything is durable at once. */
export function createMemoryFileSystem(nodes = new Map<string, MemoryNode>()): MemoryFileSystem {
  const refuse = (errno: string, doing: string, path: string): never => {
    throw new Fault('WRITE_FAILED', `${doing} ${path} failed: ${errno}`, { path, errno })
  }

  function checkWay(path: string): void {
    for (const folder of foldersAbove(path)) {
      const { kind } = nodes.get(folder) ?? { kind: 'directory' }
      if (kind !== 'directory') throw new Fault('OUTSIDE_ROOT', `${folder} is a link or no folder`, { path: folder })
    }
  }

  function look(path: string): Entry {
    checkWay(path)
    const node = nodes.get(path)
    if (!node) return { kind: 'absent' }
    return node.kind === 'file'
      ? { kind: 'file', mode: node.mode, sizeBytes: node.content.length }
      : node.kind === 'link'
        ? { kind: 'link' }
        : node
  }

  function requireFolder(path: string): void {
    checkWay(path)
    if (nodes.get(parentOf(path))?.kind !== 'directory') refuse('ENOENT', 'writing', path)
  }

  function create(path: string, node: MemoryNode): void {
    requireFolder(path)
    if (nodes.has(path)) refuse('EEXIST', 'writing', path)
    nodes.set(path, node)
  }

  function makeDirectory(path: string, mode: string): void {
    checkWay(`${path}/x`)
    if (nodes.get(path)?.kind === 'directory') return
    if (parentOf(path) !== '') makeDirectory(parentOf(path), mode)
    nodes.set(path, { kind: 'directory', mode })
  }

  function rename(from: string, to: string): void {
    checkWay(from)
    requireFolder(to)
    const node = nodes.get(from) ?? refuse('ENOENT', 'renaming', from)
    if (nodes.get(to)?.kind === 'directory') refuse('EISDIR', 'renaming', to)
    const below = [...nodes].filter(([path]) => path.startsWith(`${from}/`))
    nodes.delete(from)
    nodes.set(to, node)
    for (const [path, child] of below) {
      nodes.delete(path)
      nodes.set(`${to}${path.slice(from.length)}`, child)
    }
  }

  const reading: Pick<FileSystem, 'look' | 'readFile' | 'readLink' | 'readDirectory'> = {
    look,
    readFile: (path) => {
      checkWay(path)
      const node = nodes.get(path)
      return node?.kind === 'file' ? node.content : refuse('ENOENT', 'reading', path)
    },
    readLink: (path) => {
      checkWay(path)
      const node = nodes.get(path)
      return node?.kind === 'link' ? node.to : refuse('EINVAL', 'reading', path)
    },
    readDirectory: (path) => {
      checkWay(`${path}/x`)
      return [...nodes.keys()]
        .filter((name) => parentOf(name) === path)
        .map((name) => name.slice(path.length + 1))
        .sort()
    },
  }

  return {
    ...reading,
    visitTree: (path, visit) => visitBySteps(reading, path, visit),
    makeDirectory,
    rename,
    writeFile: (path, content, mode) => create(path, { kind: 'file', content, mode }),
    makeLink: (path, to) => create(path, { kind: 'link', to }),
    removeFile: (path) => {
      checkWay(path)
      if (nodes.get(path)?.kind === 'directory') refuse('EISDIR', 'removing', path)
      nodes.delete(path)
    },
    removeTree: (path) => {
      checkWay(path)
      for (const name of [...nodes.keys()]) if (name === path || name.startsWith(`${path}/`)) nodes.delete(name)
    },
    sync: async () => {},
    syncTree: async () => {},
    release: () => {},
    dump: () => Object.fromEntries([...nodes].map(([path, node]) => [path, describe(node)] as const).sort(([a], [b]) => (a < b ? -1 : 1))),
    copy: () => createMemoryFileSystem(new Map(nodes)),
  }
}

function describe(node: MemoryNode): string {
  if (node.kind === 'file') return `${node.mode} ${new TextDecoder().decode(node.content)}`
  return node.kind === 'link' ? `-> ${node.to}` : `${node.mode} /`
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(2).map((_, index) => parts.slice(0, index + 2).join('/'))
}
