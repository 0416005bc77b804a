import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type HealingDocument, type Lease, lease, parseJson, type WatchdogRequest, watchdogRequest } from '@sanctum/contracts'
import { parseHealing } from '@sanctum/supervisor'
import type { Log } from '../log.ts'
import { writeStateFile } from './state-file.ts'

export interface HealingFiles {
  recall(): Promise<HealingDocument | null>
  remember(memory: HealingDocument): Promise<void>
  readLeases(): Promise<readonly Lease[]>
  /** Reads and removes what people asked. */
  takeRequests(): Promise<readonly WatchdogRequest[]>
}

interface Schema<T> {
  safeParse(value: unknown): { readonly data?: T }
}

/** What the healer keeps and what people tell it, in the state of a home. A document that cannot be read is told once and left out. */
export function createHealingFiles(home: string, log: Log): HealingFiles {
  const file = join(home, 'state/healing.json')
  const told = new Set<string>()

  async function readFolder<T>(folder: string, schema: Schema<T>): Promise<{ readonly path: string; readonly document: T }[]> {
    const names = (await readdir(folder).catch(emptyIfMissing)).filter((name) => name.endsWith('.json')).sort()
    const read: { path: string; document: T }[] = []
    for (const name of names) {
      const path = join(folder, name)
      // What cannot be opened now is not gone: a lease that seemed so would let its service be restarted under somebody's hands.
      const text = await readFile(path, 'utf8').catch(nullIfMissing)
      const { data } = schema.safeParse(text === null ? null : parseJson(text))
      if (data !== undefined) read.push({ path, document: data })
      else if (text !== null) tellUnreadable(path)
    }
    return read
  }

  function tellUnreadable(path: string): void {
    if (!told.has(path))
      log('error', 'document-unreadable', { path, hint: 'It does not have the form that Sanctum writes; it is ignored.' })
    told.add(path)
  }

  return {
    async recall() {
      const text = await readFile(file, 'utf8').catch(() => null)
      const memory = text === null ? null : parseHealing(text)
      if (text !== null && memory === null) tellUnreadable(file)
      return memory
    },
    remember: (memory) => writeStateFile(file, memory),
    readLeases: async () => (await readFolder(join(home, 'state/leases'), lease)).map(({ document }) => document),
    async takeRequests() {
      const found = await readFolder(join(home, 'state/requests'), watchdogRequest)
      for (const { path } of found) await rm(path, { force: true })
      return found.map(({ document }) => document)
    },
  }
}

function emptyIfMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return []
  throw error
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  // A folder with the name of a document is none.
  if (error.code === 'ENOENT' || error.code === 'EISDIR') return null
  throw error
}
