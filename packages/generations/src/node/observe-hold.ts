import { compareText, type GenerationDocument, type Sight, type Surface } from '@sanctum/contracts'
import { toBesidePaths } from '../beside-paths.ts'
import type { FileSystem } from '../file-system.ts'
import { homeLayout, isScratchName } from '../home-layout.ts'
import { toLedger } from '../ledger.ts'
import { createConfinedFileSystem } from './confined-file-system.ts'
import { digestBytes } from './digest.ts'
import { observeLive } from './observe-live.ts'
import { findDamage, readNumbers, readPointer, readServicesLink } from './read-home.ts'

/** All of the machine that a plan rests on. Where it is the same as before and the same is wanted, there is nothing to do again. */
export interface Hold {
  readonly generation: number
  /** Generation and digest of its document. Together they say what is Sanctum's. */
  readonly documents: readonly (readonly [number: number, digest: string])[]
  /** What is at every path that any generation published. */
  readonly outside: readonly { readonly path: string; readonly sight: Sight }[]
}

/**
 * The current generation with every file of it and every published one read; null where anything is not as a run that ended
 * leaves it. It checks digests and no schemas: whoever compares it with an earlier hold knows that the documents are the same.
 * Writes nothing.
 */
export function observeHold({
  home,
  roots,
  fileSystem,
}: {
  readonly home: string
  /** Folders below which files are published. */
  readonly roots: readonly string[]
  readonly fileSystem?: FileSystem
}): Hold | null {
  const fs = fileSystem ?? createConfinedFileSystem({ roots: [home, ...roots] })
  try {
    return observe(fs, home)
  } catch {
    return null
  } finally {
    fs.release()
  }
}

/**
 * The hold of a machine on which the current generation is these surfaces and all is in place, whatever is there now. Null where no
 * generation is current, or a document of one cannot be read. Writes nothing.
 */
export function expectHold({
  home,
  surfaces,
  fileSystem = createConfinedFileSystem({ roots: [home] }),
}: {
  readonly home: string
  readonly surfaces: readonly Surface[]
  readonly fileSystem?: FileSystem
}): Hold | null {
  try {
    const current = readPointer(fileSystem, homeLayout(home).current)
    if (current.kind !== 'set') return null
    const { digests, documents } = readDocuments(fileSystem, home)
    const wanted = new Map(surfaces.map(({ publish, digest, mode }) => [publish, { kind: 'file', digest, mode } as const]))
    const outside = listPublished(documents).map((path) => ({ path, sight: wanted.get(path) ?? ({ kind: 'absent' } as const) }))
    return { generation: current.number, documents: digests, outside }
  } catch {
    return null
  } finally {
    fileSystem.release()
  }
}

function observe(fs: FileSystem, home: string): Hold | null {
  const layout = homeLayout(home)
  const current = readPointer(fs, layout.current)
  const isQuiet =
    readPointer(fs, layout.confirmed).kind !== 'damaged' &&
    readServicesLink(fs, layout) === 'right' &&
    ![layout.intent, layout.trial, ...toBesidePaths(home, null)].some((path) => fs.look(path).kind !== 'absent') &&
    !fs.readDirectory(layout.generations).some(isScratchName)
  if (current.kind !== 'set' || !isQuiet) return null
  const { digests, documents } = readDocuments(fs, home)
  const document = documents.find(({ number }) => number === current.number)
  if (document === undefined || findDamage(fs, layout, document).length > 0) return null
  const live = observeLive(fs, listPublished(documents), () => true)
  if (live.some(({ linkAbove }) => linkAbove !== null)) return null
  return { generation: current.number, documents: digests, outside: live.map(({ path, sight }) => ({ path, sight })) }
}

function readDocuments(fs: FileSystem, home: string): { digests: Hold['documents']; documents: GenerationDocument[] } {
  const layout = homeLayout(home)
  const texts = readNumbers(fs, layout).map((number) => [number, fs.readFile(layout.document(number))] as const)
  return {
    digests: texts.map(([number, bytes]) => [number, digestBytes(bytes)]),
    documents: texts.map(([, bytes]) => JSON.parse(new TextDecoder().decode(bytes)) as GenerationDocument),
  }
}

function listPublished(documents: readonly GenerationDocument[]): string[] {
  return [...toLedger(documents).keys()].sort(compareText)
}
