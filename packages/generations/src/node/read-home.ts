import { Fault, type GenerationDocument, type SurfaceRecord } from '@sanctum/contracts'
import type { FileSystem, Found } from '../file-system.ts'
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

/** The files of a generation against its document. */
export interface Inspection {
  /** How they differ; what does not belong to it comes first. */
  readonly damage: readonly Damage[]
  /** Of each path that is there, relative to the surfaces: the user whose it is. */
  readonly owners: ReadonlyMap<string, number>
}

/** Each file is read once. */
export function inspectSurfaces(fs: FileSystem, layout: HomeLayout, document: GenerationDocument): Inspection {
  const surfaces = layout.surfaces(document.number)
  const known = new Map(document.surfaces.map((record) => [record.path, record]))
  const owners = new Map<string, number>()
  const extra: Damage[] = []
  const judged = new Map<string, Damage | null>()
  fs.visitTree(surfaces, (path, found) => {
    const digest = digestOf(found)
    const record = known.get(path)
    if (found.kind !== 'other') owners.set(path, found.uid)
    if (record === undefined) extra.push({ path, kind: 'extra', digest })
    else judged.set(path, judgeFound(found, digest, record))
  })
  const differing = document.surfaces.flatMap((record) => {
    const damage = judged.get(record.path)
    return damage === undefined ? compareUnmet(fs, `${surfaces}/${record.path}`, record) : (damage ?? [])
  })
  return { damage: [...extra, ...differing], owners }
}

/** How the files of a generation differ from its document. */
export function findDamage(fs: FileSystem, layout: HomeLayout, document: GenerationDocument): readonly Damage[] {
  return inspectSurfaces(fs, layout, document).damage
}

function judgeFound(found: Found, digest: string | null, record: SurfaceRecord): Damage | null {
  if (found.kind !== 'file' || digest !== record.digest) return { path: record.path, kind: 'changed', digest }
  return found.mode === record.mode ? null : { path: record.path, kind: 'mode', digest }
}

/** One that the walk did not come by: it is not there, or something stands in the way to it. */
function compareUnmet(fs: FileSystem, path: string, record: SurfaceRecord): Damage | readonly [] {
  try {
    const entry = fs.look(path)
    if (entry.kind === 'absent') return { path: record.path, kind: 'missing', digest: null }
    const found = entry.kind === 'file' ? { ...entry, uid: 0, content: fs.readFile(path) } : ({ kind: 'other' } as const)
    return judgeFound(found, digestOf(found), record) ?? []
  } catch (error) {
    if (error instanceof Fault && error.code === 'OUTSIDE_ROOT') return { path: record.path, kind: 'changed', digest: null }
    throw error
  }
}

function digestOf(found: Found): string | null {
  if (found.kind === 'link') return digestLink(found.to)
  return found.kind === 'file' ? digestBytes(found.content) : null
}
