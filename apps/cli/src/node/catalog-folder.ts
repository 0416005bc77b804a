import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type CatalogFiles, toFault } from '@sanctum/contracts'

/** Files of a catalog folder: at most this many, so that a mistaken folder ends soon. */
const MOST_FILES = 5000

const folders = [
  { path: '', isWanted: (name: string) => name.endsWith('.yaml') || name.endsWith('.yml') },
  { path: 'catalog.d', isWanted: (name: string) => name.endsWith('.yaml') || name.endsWith('.yml') },
  { path: 'overlays', isWanted: (name: string) => name.endsWith('.yaml') || name.endsWith('.yml') },
] as const

/** The texts of a catalog folder by relative path; null where there is no such folder. */
export async function readCatalogFolder(folder: string): Promise<CatalogFiles | null> {
  try {
    if (!(await stat(folder)).isDirectory()) return null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw toFault(error, 'reading the catalog folder', folder)
  }
  const lists = await Promise.all([...folders.map(async ({ path, isWanted }) => listFolder(folder, path, isWanted)), listAgents(folder)])
  const names = lists.flat().sort().slice(0, MOST_FILES)
  const texts = await Promise.all(
    names.map((name) =>
      readFile(join(folder, name), 'utf8').catch((error: unknown) => Promise.reject(toFault(error, 'reading', join(folder, name)))),
    ),
  )
  return Object.fromEntries(names.map((name, index) => [name, texts[index] as string]))
}

async function listAgents(folder: string): Promise<string[]> {
  const agents = await readFolder(join(folder, 'agents'))
  const lists = await Promise.all(
    agents.filter((entry) => entry.isDirectory()).map(({ name }) => listFolder(folder, `agents/${name}`, (file) => file.endsWith('.md'))),
  )
  return lists.flat()
}

async function listFolder(folder: string, path: string, isWanted: (name: string) => boolean): Promise<string[]> {
  const entries = await readFolder(join(folder, path))
  return entries.filter((entry) => !entry.isDirectory() && isWanted(entry.name)).map(({ name }) => (path === '' ? name : `${path}/${name}`))
}

async function readFolder(path: string) {
  try {
    return await readdir(path, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw toFault(error, 'reading', path)
  }
}

/** The checked-in manifests of a catalog folder, by path relative to it. */
export async function readManifestFolder(folder: string): Promise<Readonly<Record<string, string>>> {
  const names = await listFolder(folder, 'services', (name) => name.endsWith('.yaml'))
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return Object.fromEntries(names.map((name, index) => [name, texts[index] as string]))
}
