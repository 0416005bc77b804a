import {
  type Finding,
  type HostObservations,
  type NewEvent,
  type OsFamily,
  type StrangerUnit,
  type UnitState,
  type Waiver,
  waive,
} from '@sanctum/contracts'
import { judgePatrol, type Patrol } from '@sanctum/supervisor'
import type { HausDefinition } from '../haus-definition.ts'
import { type Log, toErrorFields } from '../log.ts'

export interface PatrolPorts {
  readonly nowMs: () => number
  readonly listUnits: (definition: HausDefinition) => Promise<readonly UnitState[]>
  readonly listStrangers: (definition: HausDefinition) => Promise<readonly StrangerUnit[]>
  readonly readListeners: () => Promise<Pick<HostObservations, 'listeners' | 'unread'>>
  /** What somebody lives with; none where the file has an error, for what nobody can read excuses nothing. */
  readonly readWaivers: () => Promise<readonly Waiver[]>
  readonly os: OsFamily
  readonly append: (event: NewEvent) => void
  /** When the last one ended, ms since the epoch; null where none is known. */
  readonly recallEnd: () => Promise<number | null>
  readonly remember: (document: PatrolRecord) => Promise<void>
}

/** `state/patrol.json`: what the last patrol found. */
export interface PatrolRecord extends Patrol {
  readonly schema_version: 1
  readonly at_ms: number
  readonly generation: number
}

export interface PatrolRunner {
  /** Walks where the week is over or somebody asked; waits for nothing. */
  look(definition: HausDefinition): void
  ask(): void
}

const WEEK_MS = 7 * 24 * 60 * 60_000

/** Compares catalog, loaded units and listeners once a week and whenever somebody asks, and tells what differs. It changes nothing. */
export function createPatrol(log: Log, ports: PatrolPorts): PatrolRunner {
  let isAsked = false
  let isWalking = false
  let endedMs: number | null | undefined

  async function walk(definition: HausDefinition): Promise<void> {
    const [states, strangers, { listeners, unread }, waivers] = await Promise.all([
      ports.listUnits(definition),
      ports.listStrangers(definition),
      ports.readListeners(),
      ports.readWaivers(),
    ])
    const { found: judged, silent } = judgePatrol({
      services: definition.services.map(({ id, hasUnit, fallbackOnly, kind, provides }) => ({
        id,
        hasUnit,
        starts: !fallbackOnly && kind !== 'oneshot',
        provides,
      })),
      states,
      strangers,
      listeners,
      os: ports.os,
      supervisor: definition.manager === 'embedded' ? 'watchdog' : null,
      ignore: new Set(),
    })
    const unseen = [...unread.filter(({ what }) => what === 'listeners'), ...silent].map(({ why }) => why)
    // What was not seen is neither there nor gone.
    if (unseen.length > 0) throw new Error(`not everything could be looked at: ${[...new Set(unseen)].join('; ')}`)
    const atMs = ports.nowMs()
    const found = waiveAll(judged, waivers, new Date(atMs).toISOString().slice(0, 10))
    await ports.remember({ schema_version: 1, at_ms: atMs, generation: definition.generation, ...found })
    ports.append({ kind: 'patrol-ended', subject: 'haus', data: toSubjects(found) })
    endedMs = atMs
  }

  async function isDue(): Promise<boolean> {
    if (isAsked) return true
    endedMs ??= await ports.recallEnd()
    // A clock that was set back must not put the next one off for ever.
    return endedMs === null || Math.abs(ports.nowMs() - endedMs) >= WEEK_MS
  }

  async function walkIfDue(definition: HausDefinition): Promise<void> {
    if (isWalking) return
    isWalking = true
    try {
      if (!(await isDue())) return
      isAsked = false
      await walk(definition)
    } catch (error) {
      log('error', 'patrol-failed', toErrorFields(error))
      // Tried again with the next week or the next who asks, not with the next cycle.
      endedMs = ports.nowMs()
    } finally {
      isWalking = false
    }
  }

  return {
    look: (definition) => void walkIfDue(definition),
    ask: () => {
      isAsked = true
    },
  }
}

function waiveAll({ drift, orphans, ghosts }: Patrol, waivers: readonly Waiver[], today: string): Patrol {
  const each = (list: readonly Finding[]): readonly Finding[] => list.map((finding) => waive(finding, waivers, today))
  return { drift: each(drift), orphans: each(orphans), ghosts: each(ghosts) }
}

/** What somebody lives with is kept and told, but as no trouble. */
function toSubjects({ drift, orphans, ghosts }: Patrol): Record<keyof Patrol | 'waived', readonly string[]> {
  const subjects = (list: readonly Finding[], isWaived = false): string[] =>
    list.filter(({ waiver }) => (waiver !== undefined) === isWaived).map(({ code, subject = '' }) => `${code} ${subject}`)
  return {
    drift: subjects(drift),
    orphans: subjects(orphans),
    ghosts: subjects(ghosts),
    waived: subjects([...drift, ...orphans, ...ghosts], true),
  }
}
