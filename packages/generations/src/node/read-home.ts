import { Fault, type GenerationDocument, type SurfaceRecord } from '@sanctum/contracts'
import type { Entry, FileSystem } from '../file-system.ts'
import { type HomeLayout, parseGenerationName, parsePointer, servicesTarget } from '../home-layout.ts'
import type { Damage, Pointer, Seen } from '../seen.ts'
import { digestBytes, digestLink } from './digest.ts'

export function readPointer(fs: FileSystem, path: string): Pointer {
  const { kind } = fs.look(path)
  if (kind === 'absent') return { kind: 'none' }
  if (kind !== 'link') return { kind: 'damaged', why: 'it is no link' }
  const target = fs.readLink(path)
  const number = parsePointer(target)
  if (number === null) return { kind: 'damaged', why: `it points to ${target}` }
  const folder = `${path.slice(0, path.lastIndexOf('/'))}/${target}`
  return fs.look(folder).kind === 'directory' ? { kind: 'set', number } : { kind: 'damaged', why: `${target} does not exist` }
}

/** Numbers of all generations, ascending; whether they are whole is another question. */
export function readNumbers(fs: FileSystem, layout: HomeLayout): number[] {
  return fs
    .readDirectory(layout.generations)
    .flatMap((name) => parseGenerationName(name) ?? [])
    .sort((a, b) => a - b)
}

export function readServicesLink(fs: FileSystem, layout: HomeLayout): Seen['servicesLink'] {
  const { kind } = fs.look(layout.services)
  if (kind === 'absent') return 'absent'
  return kind === 'link' && fs.readLink(layout.services) === servicesTarget ? 'right' : 'taken'
}

export function readText(fs: FileSystem, path: string): string | null {
  return fs.look(path).kind === 'file' ? new TextDecoder().decode(fs.readFile(path)) : null
}

/** How the files of a generation differ from its document; what does not belong to it comes first. Each file is read once. */
export function findDamage(fs: FileSystem, layout: HomeLayout, document: GenerationDocument): Damage[] {
  const surfaces = layout.surfaces(document.number)
  const known = new Map(document.surfaces.map((record) => [record.path, record]))
  const extra: Damage[] = []
  const judged = new Map<string, Damage | null>()
  walkFiles(fs, surfaces, '', (path, entry) => {
    const record = known.get(path)
    if (record === undefined) extra.push({ path, kind: 'extra', digest: digestOf(fs, `${surfaces}/${path}`, entry) })
    else judged.set(path, compareEntry(fs, `${surfaces}/${path}`, entry, record))
  })
  const differing = document.surfaces.flatMap((record) => {
    const damage = judged.get(record.path)
    return damage === undefined ? compare(fs, `${surfaces}/${record.path}`, record) : (damage ?? [])
  })
  return [...extra, ...differing]
}

/** One that the walk did not come by: it is not there, or something stands in the way to it. */
function compare(fs: FileSystem, path: string, record: SurfaceRecord): Damage | readonly [] {
  try {
    return compareEntry(fs, path, fs.look(path), record) ?? []
  } catch (error) {
    if (error instanceof Fault && error.code === 'OUTSIDE_ROOT') return { path: record.path, kind: 'changed', digest: null }
    throw error
  }
}

function compareEntry(fs: FileSystem, path: string, entry: Entry, record: SurfaceRecord): Damage | null {
  if (entry.kind === 'absent') return { path: record.path, kind: 'missing', digest: null }
  const digest = digestOf(fs, path, entry)
  if (digest !== record.digest || entry.kind !== 'file') return { path: record.path, kind: 'changed', digest }
  return entry.mode === record.mode ? null : { path: record.path, kind: 'mode', digest }
}

function digestOf(fs: FileSystem, path: string, { kind }: Entry): string | null {
  if (kind === 'link') return digestLink(fs.readLink(path))
  return kind === 'file' ? digestBytes(fs.readFile(path)) : null
}

/** Files of a folder before those below it, so that each folder is opened once. */
function walkFiles(fs: FileSystem, folder: string, prefix: string, visit: (path: string, entry: Entry) => void): void {
  const folders: string[] = []
  for (const name of fs.readDirectory(folder)) {
    const entry = fs.look(`${folder}/${name}`)
    if (entry.kind === 'directory') folders.push(name)
    else visit(`${prefix}${name}`, entry)
  }
  for (const name of folders) walkFiles(fs, `${folder}/${name}`, `${prefix}${name}/`, visit)
}
