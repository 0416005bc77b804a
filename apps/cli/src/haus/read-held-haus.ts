import type { Finding, Haus } from '@sanctum/contracts'
import type { CommandContext } from '../command.ts'
import type { Ports } from '../ports.ts'
import { loadRunningHaus, readKeptHaus } from './kept-haus.ts'
import { readHeldService } from './read-held-service.ts'

/** What runs and what the catalog says, for a command that is about what runs, and must work also when the catalog cannot be used. */
export async function loadHeldHaus(
  context: CommandContext,
): Promise<{ readonly haus: Haus; readonly wanted: Haus; readonly findings: readonly Finding[] }> {
  const { haus: wanted, findings } = await loadRunningHaus(context)
  return { haus: readHeldHaus(context.ports, wanted), wanted, findings }
}

/**
 * The haus with the services that the generation which holds now has, as it describes them: that is what is meant to run. After a
 * rollback, and before what was edited is rendered, the catalog has services that nobody started yet, or lacks some that run.
 */
export function readHeldHaus(ports: Ports, haus: Haus): Haus {
  const { current } = ports.generations([]).readPointers()
  const kept = current.kind === 'set' ? readKeptHaus(ports, current.number) : null
  if (kept !== null) return withServicesOf(haus, kept)
  // One that does not say what it was made from is read file by file.
  const services = Object.values(haus.services).map((service) => readHeldService(ports, service))
  return { ...haus, services: Object.fromEntries(services.map((service) => [service.id, service])) }
}

export function withServicesOf(haus: Haus, { services, order, skipped }: Haus): Haus {
  return { ...haus, services, order, skipped }
}
