import { type Finding, findingCodes, type Listener, type OsFamily, type UnitState } from '@sanctum/contracts'
import { handedOutFrom, ignoredPorts } from './ignored-ports.ts'

export interface GhostQuestion {
  readonly services: readonly { readonly provides: readonly Pick<Listener, 'protocol' | 'port'>[] }[]
  readonly states: readonly Pick<UnitState, 'pid'>[]
  readonly listeners: readonly Listener[]
  readonly os: OsFamily
  /** Listeners that a person knows of, such as `tcp 8123`. */
  readonly ignore?: ReadonlySet<string>
}

/** Listeners that nobody declared: neither a service, nor a process of ours, nor the system. */
export function findGhosts({ services, states, listeners, os, ignore = new Set() }: GhostQuestion): Listener[] {
  const declared = new Set(services.flatMap(({ provides }) => provides.map(nameOf)))
  const ours = new Set(states.flatMap(({ pid }) => pid ?? []))
  const ghosts = listeners.filter(
    (one) =>
      !declared.has(nameOf(one)) &&
      !ignore.has(nameOf(one)) &&
      ignoredPorts[one.port] === undefined &&
      one.port < handedOutFrom[os] &&
      !ours.has(one.pid ?? -1) &&
      !ours.has(one.process_group ?? -1),
  )
  // One program may listen on several addresses of one port.
  return [...new Map(ghosts.map((ghost) => [nameOf(ghost), ghost])).values()]
}

/** What a person is told of a ghost. */
export function toGhost(ghost: Listener): Finding {
  const { protocol, port, address } = ghost
  const who = nameProgram(ghost)
  const subject = nameOf(ghost)
  return {
    code: 'LISTENER_UNCATALOGUED',
    severity: findingCodes.LISTENER_UNCATALOGUED.severity,
    subject,
    message: `${who} listens on ${address}:${port} (${protocol}), and no service of the catalog has that port`,
    evidence: { expected: 'a service of the catalog', observed: who },
    fix: { text: `Describe it in the catalog, end it, or waive it in waivers.yaml with subject: ${subject}.` },
  }
}

/** Who listens, as far as this user may know. */
export function nameProgram({ pid, program }: Pick<Listener, 'pid' | 'program'>): string {
  return pid === null ? 'a program of another user' : `${program ?? 'a program'} (pid ${pid})`
}

function nameOf({ protocol, port }: Pick<Listener, 'protocol' | 'port'>): string {
  return `${protocol} ${port}`
}
