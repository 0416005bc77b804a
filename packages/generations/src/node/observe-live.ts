import { Fault, type Sight } from '@sanctum/contracts'
import type { FileSystem } from '../file-system.ts'
import type { Ledger } from '../ledger.ts'
import type { LivePublished } from '../seen.ts'
import { digestBytes, digestLink } from './digest.ts'

/** A file that Sanctum did not write is shown in a diff up to this size. */
const LARGEST_SHOWN_BYTES = 1024 * 1024

/** What is at paths outside the generations now. The text is read only of files that are not known to be Sanctum's. */
export function observeLive(fs: FileSystem, paths: readonly string[], isKnown: (path: string, digest: string) => boolean): LivePublished[] {
  return paths.map((path) => {
    try {
      return observeOne(fs, path, isKnown)
    } catch (error) {
      if (error instanceof Fault && error.code === 'OUTSIDE_ROOT')
        return { path, sight: { kind: 'absent' }, text: null, linkAbove: error.path ?? path }
      if (error instanceof Fault && error.code === 'NOT_PERMITTED')
        return { path, sight: other('a file that cannot be read'), text: null, linkAbove: null }
      throw error
    }
  })
}

/** True for what the ledger says Sanctum put there. */
export function isKnownTo(ledger: Ledger): (path: string, digest: string) => boolean {
  return (path, digest) => ledger.get(path)?.has(digest) ?? false
}

function observeOne(fs: FileSystem, path: string, isKnown: (path: string, digest: string) => boolean): LivePublished {
  const entry = fs.look(path)
  const base = { path, text: null, linkAbove: null }
  switch (entry.kind) {
    case 'absent':
      return { ...base, sight: { kind: 'absent' } }
    case 'link': {
      const target = fs.readLink(path)
      return { ...base, sight: { kind: 'link', digest: digestLink(target) }, text: `link to ${target}\n` }
    }
    case 'directory':
      return { ...base, sight: other('a folder') }
    case 'other':
      return { ...base, sight: other(entry.what) }
    case 'file': {
      const content = fs.readFile(path)
      const digest = digestBytes(content)
      const isShown = content.length <= LARGEST_SHOWN_BYTES && !isKnown(path, digest)
      return { ...base, sight: { kind: 'file', digest, mode: entry.mode }, text: isShown ? new TextDecoder().decode(content) : null }
    }
  }
}

function other(what: string): Sight {
  return { kind: 'other', what }
}
