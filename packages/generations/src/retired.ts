import { type Finding, findingCodes, type Haus, type Surface, type Tombstone } from '@sanctum/contracts'
import { type Digest, judgeHeader } from './generated-header.ts'
import type { Seen } from './seen.ts'

/** Where a unit file of a service that was may still lie. */
export interface RetiredPlace {
  readonly service: string
  readonly path: string
}

/** The label that a retired service had. */
export function labelOf(service: string, { label }: Pick<Tombstone, 'label'>): string {
  return label ?? `com.sanctum.${service}`
}

/** Every path at which this machine may still hold a unit file of a retired service, whatever its own records say. */
export function listRetiredPlaces({ retired, manager, host }: Pick<Haus, 'retired' | 'manager' | 'host'>): RetiredPlace[] {
  const folders = [host.user_units, host.system_units].filter((folder) => folder !== null)
  return Object.entries(retired).flatMap(([service, tombstone]) =>
    endings[manager.kind].flatMap((ending) =>
      folders.map((folder) => ({ service, path: `${folder}/${labelOf(service, tombstone)}${ending}` })),
    ),
  )
}

const endings: Readonly<Record<Haus['manager']['kind'], readonly string[]>> = {
  embedded: [],
  launchd: ['.plist'],
  'systemd-system': ['.service', '.timer'],
  'systemd-user': ['.service', '.timer'],
}

/**
 * What was seen, with the files of retired services that say themselves that Sanctum made them taken for its own, also where no
 * generation that is kept remembers them. A file that does not say so, or not truly, is nobody's to remove.
 */
export function adoptRetired(
  seen: Seen,
  { places, wanted, digest }: { readonly places: readonly RetiredPlace[]; readonly wanted: readonly Surface[]; readonly digest: Digest },
): { readonly seen: Seen; readonly findings: readonly Finding[] } {
  const live = new Map(seen.live.map((sight) => [sight.path, sight]))
  const ledger = new Map(seen.ledger)
  // Of what stands in the way of another service its own judgement tells.
  const used = new Set(wanted.flatMap(({ publish }) => publish ?? []))
  const findings: Finding[] = []
  for (const { service, path } of places) {
    const sight = live.get(path)
    if (sight === undefined || sight.sight.kind === 'absent' || sight.linkAbove !== null || ledger.has(path)) continue
    const header = sight.sight.kind === 'file' && sight.text !== null ? judgeHeader(sight.text, digest) : null
    if (header === 'whole' && sight.sight.kind === 'file') ledger.set(path, new Set([sight.sight.digest]))
    // It was ours, and somebody changed it: the plan keeps it unless it is forced.
    else if (header === 'changed') ledger.set(path, new Set())
    else if (!used.has(path)) findings.push(toForeign(service, path))
  }
  return { seen: { ...seen, ledger }, findings }
}

function toForeign(service: string, path: string): Finding {
  return {
    code: 'RETIRED_FOREIGN',
    severity: findingCodes.RETIRED_FOREIGN.severity,
    message: `${path} has the name of a unit of ${service}, which is retired, but was not written by Sanctum and stays`,
    subject: path,
    evidence: { expected: 'nothing, or a file that Sanctum wrote', observed: 'a file of somebody else' },
    fix: {
      text: 'Look at it; remove it by hand if it belongs to what was retired.',
      command: `cat '${path.replaceAll("'", `'\\''`)}'`,
      safe: true,
    },
  }
}
