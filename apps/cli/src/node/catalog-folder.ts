import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type CatalogFiles, toFault } from '@sanctum/contracts'

/** Files of a catalog folder: at most this many, so that a mistaken folder ends soon. */
const MOST_FILES = 5000

const folders = [
  { path: '', isWanted: (name: string) => name.endsWith('.yaml') || name.endsWith('.yml') },
  { path: 'catalog.d', isWanted: (name: string) => name.endsWith('.yaml') || name.endsWith('.yml') },
  { path: 'overlays', isWanted: (name: string) => name.endsWith('.yaml') || name.endsWith('.yml') },
] as const

/**
 * The texts of a catalog folder by relative path; null where there is no such folder. Read one after the other: of some hundred small
 * files most of the time would else go into handing each to another thread and back.
 */
export async function readCatalogFolder(folder: string): Promise<CatalogFiles | null> {
  if (!isFolder(folder)) return null
  const lists = [...folders.map(({ path, isWanted }) => listFolder(folder, path, isWanted)), listAgents(folder)]
  const names = lists.flat().sort().slice(0, MOST_FILES)
  return Object.fromEntries(names.map((name) => [name, readOne(`${folder}/${name}`)]))
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw toFault(error, 'reading the catalog folder', path)
  }
}

function readOne(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw toFault(error, 'reading', path)
  }
}

function listAgents(folder: string): string[] {
  const agents = readFolder(join(folder, 'agents'))
  return agents
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => listFolder(folder, `agents/${name}`, (file) => file.endsWith('.md')))
}

function listFolder(folder: string, path: string, isWanted: (name: string) => boolean): string[] {
  const entries = readFolder(path === '' ? folder : `${folder}/${path}`)
  return entries.filter((entry) => !entry.isDirectory() && isWanted(entry.name)).map(({ name }) => (path === '' ? name : `${path}/${name}`))
}

function readFolder(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw toFault(error, 'reading', path)
  }
}

/** The checked-in manifests of a catalog folder, by path relative to it. */
export async function readManifestFolder(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = listFolder(folder, 'services', (name) => name.endsWith('.yaml'))
  return Object.fromEntries(names.map((name) => [name, readOne(join(folder, name))]))
}
