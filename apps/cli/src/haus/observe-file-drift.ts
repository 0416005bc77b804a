import type { Finding, GenerationDocument, Haus } from '@sanctum/contracts'
import { type FileDrift, homeLayout, judgeDrift, type LoadFolder, loadPath, type Seen } from '@sanctum/generations'
import type { QuickPorts } from '../ports.ts'

/** How the files of this machine differ from what was committed, and what could not be looked at. */
export interface FileDriftReport {
  readonly drift: readonly FileDrift[]
  readonly unchecked: readonly Finding[]
}

/** What was seen of the committed files themselves; `owners`: whose they are, where that was seen with them. */
export type SeenFiles = Pick<Seen, 'damage' | 'live' | 'ledger'> & {
  readonly current: GenerationDocument
  readonly owners?: ReadonlyMap<string, number>
}

/** What a look around the files has to know of a haus. */
export interface Whereabouts {
  /** Where service managers look for definitions. */
  readonly folders: readonly LoadFolder[]
  /** The user whose haus it is. */
  readonly uid: number
}

export function toWhereabouts({ manager, host }: Haus): Whereabouts {
  return { folders: loadPath(manager.kind, host), uid: host.user.uid }
}

/** Looks around the published files and judges all of it. `desired`: digest by published path that the catalog wants now, where it was asked. */
export function observeFileDrift(
  ports: QuickPorts,
  { folders, uid }: Whereabouts,
  seen: SeenFiles,
  desired: ReadonlyMap<string, string> | null,
): FileDriftReport {
  const { current, damage, live, ledger } = seen
  const surfaces = homeLayout(ports.home).surfaces(current.number)
  const committed = current.surfaces.map(({ path }) => `${surfaces}/${path}`)
  const looked = ports.drift.surroundings({
    published: current.surfaces.flatMap(({ publish }) => publish ?? []),
    owned: seen.owners === undefined ? committed : [],
    folders,
  })
  const around = { ...looked, owners: new Map([...(seen.owners ?? []), ...looked.owners]) }
  // What the system installed for everybody belongs to root.
  const owners = new Set([uid, 0])
  return {
    drift: judgeDrift({ current, surfaces, damage, live, ledger, around, owners, desired }),
    unchecked: around.unread.map(({ path, why }) => toUnchecked(path, `${path} could not be read: ${why}`)),
  }
}

/** Says what is not known, which is not the same as well. */
export function toUnchecked(subject: string, message: string): Finding {
  return {
    code: 'DRIFT_UNCHECKED',
    severity: 'error',
    message,
    subject,
    evidence: { expected: 'something that can be looked at', observed: message },
    fix: { text: 'Mend what stands in the way, or look as a user who may read it.', command: 'sanctumctl doctor --quick', safe: true },
  }
}
