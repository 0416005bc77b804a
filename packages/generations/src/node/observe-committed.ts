import { compareText, type GenerationDocument } from '@sanctum/contracts'
import type { FileSystem } from '../file-system.ts'
import { homeLayout } from '../home-layout.ts'
import { type Ledger, toLedger } from '../ledger.ts'
import type { Damage, LivePublished, Pointer } from '../seen.ts'
import { createConfinedFileSystem } from './confined-file-system.ts'
import { observeLive } from './observe-live.ts'
import { readDocument } from './read-documents.ts'
import { findDamage, readNumbers, readPointer } from './read-home.ts'

/** What was committed, and what is there of it. */
export interface Committed {
  readonly pointer: Pointer
  /** Null where the pointer names none that can be read. */
  readonly current: GenerationDocument | null
  readonly damage: readonly Damage[]
  readonly live: readonly LivePublished[]
  readonly ledger: Ledger
}

/**
 * Compares the current generation with the machine: each file is read once, and nothing is written. It goes by the generation alone,
 * so it needs no catalog. Every method of the file system may throw a Fault.
 */
export function observeCommitted({
  home,
  roots,
  fileSystem,
}: {
  readonly home: string
  /** Folders below which files are published. */
  readonly roots: readonly string[]
  readonly fileSystem?: FileSystem
}): Committed {
  const fs = fileSystem ?? createConfinedFileSystem({ roots: [home, ...roots] })
  const layout = homeLayout(home)
  try {
    const pointer = readPointer(fs, layout.current)
    const current = pointer.kind === 'set' ? readDocument(fs, layout, pointer.number) : null
    if (current === null) return { pointer, current, damage: [], live: [], ledger: new Map() }
    // What a generation no longer wants of all before it is among its leftovers, so only those after it add anything.
    const later = readNumbers(fs, layout).filter((number) => number > current.number)
    const ledger = toLedger([current, ...later.flatMap((number) => readDocument(fs, layout, number) ?? [])])
    return {
      pointer,
      current,
      damage: findDamage(fs, layout, current),
      live: observeLive(fs, [...ledger.keys()].sort(compareText), () => true),
      ledger,
    }
  } finally {
    fs.release()
  }
}
