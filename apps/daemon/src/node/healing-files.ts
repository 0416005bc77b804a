import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type HealingDocument, type Lease, lease, parseJson, type WatchdogRequest, watchdogRequest } from '@sanctum/contracts'
import { parseHealing } from '@sanctum/supervisor'
import { type Log, toErrorFields } from '../log.ts'
import { writeStateFile } from './state-file.ts'

export interface HealingFiles {
  /** Null where there is none, or none that Sanctum wrote; throws where nobody can say. */
  recall(): Promise<HealingDocument | null>
  remember(memory: HealingDocument): Promise<void>
  /** Keeps what was remembered under another name. */
  putAside(): Promise<void>
  readLeases(): Promise<readonly Lease[]>
  /** Reads and removes what people asked. */
  takeRequests(): Promise<readonly WatchdogRequest[]>
}

interface Schema<T> {
  safeParse(value: unknown): { readonly data?: T }
}

interface Found<T> {
  readonly id: string
  readonly path: string
  /** Null where it cannot be opened now: nobody knows what it says. */
  readonly document: T | null
}

const LEASES = 'state/leases'
const REQUESTS = 'state/requests'
/** A want of descriptors passes within that; what lasts longer is a file of somebody else's, and no reason to heal nothing for days. */
const STAND_IN_MS = 3_600_000

/** What the healer keeps and what people tell it, in the state of a home. What cannot be read is told once, and keeps nobody from the rest. */
export function createHealingFiles(home: string, log: Log): HealingFiles {
  const file = join(home, 'state/healing.json')
  const told = new Set<string>()
  /** Those of the last look. */
  let leases: ReadonlyMap<string, Lease> = new Map()

  async function readFolder<T>(folder: string, schema: Schema<T>): Promise<Found<T>[]> {
    const names = (await readdir(folder).catch(emptyIfMissing)).filter((name) => name.endsWith('.json')).sort()
    const read: Found<T>[] = []
    for (const name of names) {
      const found = { id: name.slice(0, -'.json'.length), path: join(folder, name) }
      try {
        const text = await readFile(found.path, 'utf8').catch(nullIfMissing)
        const { data } = schema.safeParse(text === null ? null : parseJson(text))
        if (data !== undefined) read.push({ ...found, document: data })
        else if (text !== null) tellOdd(found.path)
      } catch (error) {
        tellUnreadable(found.path, error)
        read.push({ ...found, document: null })
      }
    }
    return read
  }

  function tellOdd(path: string): void {
    tell(path, { hint: 'It does not have the form that Sanctum writes; it is ignored.' })
  }

  function tellUnreadable(path: string, error: unknown): void {
    tell(path, { ...toErrorFields(error), hint: 'Give it to the user of the haus, or remove it.' })
  }

  function tell(path: string, fields: Readonly<Record<string, unknown>>): void {
    if (!told.has(path)) log('error', 'document-unreadable', { path, ...fields })
    told.add(path)
  }

  async function findLeases(): Promise<Lease[]> {
    const found = await readFolder(join(home, LEASES), lease)
    return found.map(({ id, path, document }) => document ?? leases.get(id) ?? standIn(id, path))
  }

  return {
    async recall() {
      const text = await readFile(file, 'utf8').catch(nullIfMissing)
      const memory = text === null ? null : parseHealing(text)
      if (text !== null && memory === null) tellOdd(file)
      return memory
    },
    remember: (memory) => writeStateFile(file, memory),
    putAside: () => rename(file, `${file}.unreadable-${Date.now()}`),
    async readLeases() {
      const folder = join(home, LEASES)
      const known = await findLeases().catch((error) => {
        tellUnreadable(folder, error)
        return [...new Map([['leases', standIn('leases', folder)] as const, ...leases]).values()]
      })
      leases = new Map(known.map((each) => [each.id, each]))
      return known
    },
    async takeRequests() {
      const folder = join(home, REQUESTS)
      const found = await readFolder(folder, watchdogRequest).catch((error) => {
        tellUnreadable(folder, error)
        return []
      })
      const taken: WatchdogRequest[] = []
      for (const { path, document } of found) {
        if (document === null) continue
        try {
          await rm(path, { force: true })
          taken.push(document)
        } catch (error) {
          // Who cannot remove it would do it again with every round.
          tellUnreadable(path, error)
        }
      }
      return taken
    },
  }
}

/** A lease that cannot be opened is not over: that would let a service be restarted under somebody's hands. Which service, nobody knows. */
function standIn(id: string, path: string): Lease {
  return {
    schema_version: 1,
    id,
    services: ['*'],
    owner: 'somebody',
    reason: `${path} cannot be read`,
    since_ms: 0,
    until_ms: Date.now() + STAND_IN_MS,
    obligations: [],
    lifts_budget: false,
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
