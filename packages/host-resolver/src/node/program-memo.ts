import { open, realpath, stat } from 'node:fs/promises'
import { basename } from 'node:path'

/** What programs said about their version the last time, so that nobody starts them again while they are the same files. */
export interface ProgramMemo {
  /** The answer for this very file; undefined where it was never asked, or is another file by now. */
  recall(path: string, identity: string): string | null | undefined
  keep(path: string, identity: string, version: string | null): void
  /** The memo as text; null where it is the one that it was read from. */
  toText(): string | null
}

type Entry = readonly [identity: string, version: string | null]

/** From the text of an earlier memo. Whatever is not one holds nothing. */
export function createProgramMemo(text: string | null): ProgramMemo {
  const entries = new Map<string, Entry>(parseEntries(text))
  let isChanged = false
  return {
    recall: (path, identity) => {
      const entry = entries.get(path)
      return entry?.[0] === identity ? entry[1] : undefined
    },
    keep: (path, identity, version) => {
      isChanged = true
      entries.set(path, [identity, version])
    },
    toText: () => (isChanged ? `${JSON.stringify({ schema_version: 1, programs: Object.fromEntries([...entries].sort()) })}\n` : null),
  }
}

function parseEntries(text: string | null): [string, Entry][] {
  try {
    const read = JSON.parse(text ?? '') as { schema_version?: unknown; programs?: unknown }
    return read.schema_version === 1 ? Object.entries(read.programs as object).filter(isEntry) : []
  } catch {
    return []
  }
}

function isEntry(entry: [string, unknown]): entry is [string, Entry] {
  const value = entry[1]
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && (value[1] === null || typeof value[1] === 'string')
}

/** Asks a server that may have been renewed alone. */
const askingElsewhere: ReadonlySet<string> = new Set(['ollama'])

/**
 * What tells one state of a program's file from any other: where it really lies, its inode, size and both of its times. Null where
 * the file does not decide by itself what is said: a script, the shim of a version manager, a program under another name.
 */
export async function identifyProgram(name: string, path: string): Promise<string | null> {
  try {
    const real = await realpath(path)
    if (askingElsewhere.has(name) || !basename(real).startsWith(name) || [path, real].some((each) => each.includes('/shims/'))) return null
    const [{ dev, ino, size, mtimeNs, ctimeNs }, isNative] = await Promise.all([stat(real, { bigint: true }), isNativeProgram(real)])
    return isNative ? [real, dev, ino, size, mtimeNs, ctimeNs].join(' ') : null
  } catch {
    return null
  }
}

/** First bytes of ELF and of Mach-O, in either order and in a file for several processors. */
const magics: ReadonlySet<string> = new Set(['7f454c46', 'cffaedfe', 'cefaedfe', 'feedfacf', 'feedface', 'cafebabe'])

async function isNativeProgram(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
    return bytesRead === 4 && magics.has(buffer.toString('hex'))
  } finally {
    await file.close()
  }
}
