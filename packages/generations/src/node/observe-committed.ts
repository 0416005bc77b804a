import { compareText, type GenerationDocument } from '@sanctum/contracts'
import type { FileSystem } from '../file-system.ts'
import { type HomeLayout, homeLayout } from '../home-layout.ts'
import { type Ledger, toLedger } from '../ledger.ts'
import type { Damage, LivePublished, Pointer } from '../seen.ts'
import { createConfinedFileSystem } from './confined-file-system.ts'
import { digestBytes } from './digest.ts'
import { observeLive } from './observe-live.ts'
import { inspectSurfaces, readNumbers, readPointer } from './read-home.ts'

/** What was committed, and what is there of it. */
export interface Committed {
  readonly pointer: Pointer
  /** Null where the pointer names none that can be read. */
  readonly current: GenerationDocument | null
  readonly damage: readonly Damage[]
  readonly live: readonly LivePublished[]
  readonly ledger: Ledger
  /** By absolute path: whose each committed file is that is there. */
  readonly owners: ReadonlyMap<string, number>
}

/** Reads the document of a generation; null where there is none that can be read as one. */
export type DocumentReader = (fs: FileSystem, layout: HomeLayout, number: number) => GenerationDocument | null

/** The digest of the document of a generation that was read through its schema before, or written by this very program. */
export interface KnownDocument {
  readonly number: number
  readonly digest: string
}

/** Reads one document that is known, by its digest alone; throws at any other. */
export function recallDocument(known: KnownDocument): DocumentReader {
  return (fs, layout, number) => {
    const bytes = fs.readFile(layout.document(number))
    if (number !== known.number || digestBytes(bytes) !== known.digest)
      throw new Error(`the document of generation ${number} is not the one that is known`)
    return JSON.parse(new TextDecoder().decode(bytes)) as GenerationDocument
  }
}

/**
 * Compares the current generation with the machine: each file is read once, and nothing is written. It goes by the generation alone,
 * so it needs no catalog. Every method of the file system may throw a Fault.
 */
export function observeCommitted({
  home,
  roots,
  readDocument,
  fileSystem,
}: {
  readonly home: string
  /** Folders below which files are published. */
  readonly roots: readonly string[]
  readonly readDocument: DocumentReader
  readonly fileSystem?: FileSystem
}): Committed {
  const fs = fileSystem ?? createConfinedFileSystem({ roots: [home, ...roots] })
  const layout = homeLayout(home)
  try {
    const pointer = readPointer(fs, layout.current)
    const current = pointer.kind === 'set' ? readDocument(fs, layout, pointer.number) : null
    if (current === null) return { pointer, current, damage: [], live: [], ledger: new Map(), owners: new Map() }
    // What a generation no longer wants of all before it is among its leftovers, so only those after it add anything.
    const later = readNumbers(fs, layout).filter((number) => number > current.number)
    const ledger = toLedger([current, ...later.flatMap((number) => readDocument(fs, layout, number) ?? [])])
    const surfaces = layout.surfaces(current.number)
    const { damage, owners } = inspectSurfaces(fs, layout, current)
    return {
      pointer,
      current,
      damage,
      owners: new Map(Array.from(owners, ([path, uid]) => [`${surfaces}/${path}`, uid])),
      live: observeLive(fs, [...ledger.keys()].sort(compareText), () => true),
      ledger,
    }
  } finally {
    fs.release()
  }
}
