import type { Haus } from '@sanctum/contracts'
import type { Ports } from '../ports.ts'
import { readKeptHaus } from './kept-haus.ts'
import { readHeldServices } from './read-held-service.ts'

/** The haus with the services that the generation which holds now has, as it describes them: that is what is meant to run. */
export function readHeldHaus(ports: Ports, haus: Haus): Haus {
  const { current } = ports.generations([]).readPointers()
  const set = withServicesOf(haus, current.kind === 'set' ? readKeptHaus(ports, current.number) : null)
  const services = readHeldServices(ports, Object.values(set.services))
  return { ...set, services: Object.fromEntries(services.map((service) => [service.id, service])) }
}

/**
 * After a rollback, and before what was edited is rendered, the catalog has services that nobody started yet, or lacks some that run. The
 * former are pending, which is told as such, and no fault of what holds.
 */
export function withServicesOf(haus: Haus, kept: Haus | null): Haus {
  if (kept === null) return haus
  const services = Object.values(kept.services).map((service) => haus.services[service.id] ?? service)
  return {
    ...haus,
    services: Object.fromEntries(services.map((service) => [service.id, service])),
    order: kept.order,
    skipped: kept.skipped,
  }
}
