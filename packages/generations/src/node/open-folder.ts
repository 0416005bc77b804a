import { closeSync, constants, fstatSync, lstatSync, openSync } from 'node:fs'
import { Fault } from '@sanctum/contracts'

/** A folder that is held while its entries are touched. */
export interface OpenFolder {
  /** The path through which its entries are reached. */
  entry(name: string): string
  /** Opens a folder in it, which may be no link. */
  below(name: string): OpenFolder
  /** Throws if another folder has taken its place meanwhile. */
  verify(): void
  close(): void
}

/** Opens the folder reached from a root by plain names, none of which may be a link. */
export type FolderOpener = (root: string, names: readonly string[]) => OpenFolder

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants

/**
 * Linux: each folder on the way is opened from the one above, as openat does, through /proc/self/fd. Who swaps a folder for a link
 * while we work changes nothing: the entries touched are those of the folder that was opened.
 */
export const openByDescriptor: FolderOpener = (root, names) => {
  let descriptor = openSync(root, O_RDONLY | O_DIRECTORY)
  let path = root
  for (const name of names) {
    path = `${path}/${name}`
    const above = descriptor
    try {
      descriptor = openBelow(above, name, path)
    } finally {
      closeSync(above)
    }
  }
  return toOpenFolder(descriptor, path)
}

function toOpenFolder(descriptor: number, path: string): OpenFolder {
  const base = `/proc/self/fd/${descriptor}`
  return {
    entry: (name) => `${base}/${name}`,
    below: (name) => toOpenFolder(openBelow(descriptor, name, `${path}/${name}`), `${path}/${name}`),
    verify: () => {},
    close: () => closeSync(descriptor),
  }
}

function openBelow(above: number, name: string, path: string): number {
  try {
    return openSync(`/proc/self/fd/${above}/${name}`, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  } catch (error) {
    throw isLinkError(error) ? toOutside(path) : error
  }
}

/**
 * Elsewhere there is nothing like openat in Node: each folder is looked at before, and again after, by device and inode. A swap and
 * a swap back between the two looks goes unseen.
 */
export const openByCheck: FolderOpener = (root, names) => {
  const path = [root, ...names].join('/')
  const identity = checkWay(root, names)
  return {
    entry: (name) => `${path}/${name}`,
    below: (name) => openByCheck(root, [...names, name]),
    verify: () => {
      if (checkWay(root, names) !== identity) throw toOutside(path)
    },
    close: () => {},
  }
}

/** The strict way where the machine has it. */
export function chooseFolderOpener(): FolderOpener {
  if (process.platform !== 'linux') return openByCheck
  try {
    const descriptor = openSync('/', O_RDONLY | O_DIRECTORY)
    try {
      return fstatSync(descriptor).ino === lstatSync(`/proc/self/fd/${descriptor}/.`).ino ? openByDescriptor : openByCheck
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return openByCheck
  }
}

/** The message names the link itself, since that is what a person has to remove. */
export function toOutside(path: string): Fault {
  return new Fault('OUTSIDE_ROOT', `${path} is a link or no folder; nothing is written through it`, { path })
}

function checkWay(root: string, names: readonly string[]): string {
  let path = root
  let { dev, ino } = lstatSync(`${root}/.`)
  for (const name of names) {
    path = `${path}/${name}`
    const found = lstatSync(path)
    if (!found.isDirectory()) throw toOutside(path)
    dev = found.dev
    ino = found.ino
  }
  return `${dev}:${ino}`
}

function isLinkError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTDIR' || error.code === 'ELOOP')
}
