import { Fault, type Finding, type Haus, waive } from '@sanctum/contracts'
import { judgePatrol, type Patrol } from '@sanctum/supervisor'
import { readWaivers } from '../findings/waivers.ts'
import type { Ports } from '../ports.ts'
import { findUnread, findUnseen } from './find-unseen.ts'
import type { RuntimeLook } from './look-at-runtime.ts'
import { toUnchecked } from './observe-file-drift.ts'
import { findSupervisor } from './roles.ts'

/** Catalog, loaded units and listeners against each other. */
export interface PatrolReport {
  /** Null where one of them could not be asked. */
  readonly found: Patrol | null
  readonly unchecked: readonly Finding[]
}

/** What the watchdog does once a week, now and without it. It only reads. */
export async function observePatrol(ports: Ports, haus: Haus, look: () => Promise<RuntimeLook>): Promise<PatrolReport> {
  try {
    const { states, strangers, listeners, unread } = await look()
    const supervisor = findSupervisor(haus)
    const services = Object.values(haus.services).map(({ id, fallback_only, kind, provides }) => ({
      id,
      hasUnit: kind !== 'external' && kind !== 'network',
      starts: !fallback_only && kind !== 'oneshot',
      provides,
    }))
    const { found, silent } = judgePatrol({
      services,
      states,
      strangers,
      listeners,
      os: haus.node.os,
      supervisor,
      ignore: new Set<string>(),
    })
    const unchecked = findUnseen({ states, silent, unread, supervisor })
    return { found: findUnread(unread).length > 0 ? null : await withoutWaived(found, ports), unchecked }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { found: null, unchecked: [toUnchecked('units', `what runs could not be asked: ${error.message}`)] }
  }
}

/** What somebody lives with is nothing that differs. */
async function withoutWaived({ drift, orphans, ghosts }: Patrol, ports: Ports): Promise<Patrol> {
  const { waivers } = await readWaivers(ports)
  const today = new Date(ports.clock.now()).toISOString().slice(0, 10)
  const stands = (finding: Finding): boolean => waive(finding, waivers, today).waiver === undefined
  return { drift: drift.filter(stands), orphans: orphans.filter(stands), ghosts: ghosts.filter(stands) }
}
