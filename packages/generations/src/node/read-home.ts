import { Fault, type GenerationDocument, type SurfaceRecord } from '@sanctum/contracts'
import type { FileSystem } from '../file-system.ts'
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

/** How the files of a generation differ from its document; what does not belong to it comes first. */
export function findDamage(fs: FileSystem, layout: HomeLayout, document: GenerationDocument): Damage[] {
  const surfaces = layout.surfaces(document.number)
  const known = new Set(document.surfaces.map(({ path }) => path))
  const extra = listFiles(fs, surfaces, '').filter((path) => !known.has(path))
  return [
    ...extra.map((path): Damage => ({ path, kind: 'extra', digest: digestAt(fs, `${surfaces}/${path}`) })),
    ...document.surfaces.flatMap((record) => compare(fs, `${surfaces}/${record.path}`, record)),
  ]
}

function compare(fs: FileSystem, path: string, record: SurfaceRecord): Damage[] {
  try {
    return compareReachable(fs, path, record)
  } catch (error) {
    if (error instanceof Fault && error.code === 'OUTSIDE_ROOT') return [{ path: record.path, kind: 'changed', digest: null }]
    throw error
  }
}

function compareReachable(fs: FileSystem, path: string, record: SurfaceRecord): Damage[] {
  const entry = fs.look(path)
  if (entry.kind === 'absent') return [{ path: record.path, kind: 'missing', digest: null }]
  const digest = digestAt(fs, path)
  if (digest !== record.digest || entry.kind !== 'file') return [{ path: record.path, kind: 'changed', digest }]
  return entry.mode === record.mode ? [] : [{ path: record.path, kind: 'mode', digest }]
}

function digestAt(fs: FileSystem, path: string): string | null {
  const { kind } = fs.look(path)
  if (kind === 'link') return digestLink(fs.readLink(path))
  return kind === 'file' ? digestBytes(fs.readFile(path)) : null
}

function listFiles(fs: FileSystem, folder: string, prefix: string): string[] {
  return fs.readDirectory(folder).flatMap((name) => {
    const path = `${folder}/${name}`
    return fs.look(path).kind === 'directory' ? listFiles(fs, path, `${prefix}${name}/`) : [`${prefix}${name}`]
  })
}
