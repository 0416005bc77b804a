import type { Finding, Haus } from '@sanctum/contracts'
import type { Ports } from '../ports.ts'
import { readKeptHaus } from './kept-haus.ts'
import { readHeldService } from './read-held-service.ts'

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

/** Says that the catalog has other services than what holds; null where it has the same. It is no fault of what holds. */
export function findUnrendered(wanted: Haus, held: Haus): Finding | null {
  const added = Object.keys(wanted.services).filter((id) => !Object.hasOwn(held.services, id))
  const dropped = Object.keys(held.services).filter((id) => !Object.hasOwn(wanted.services, id))
  if (added.length + dropped.length === 0) return null
  const told = [
    ...(added.length > 0 ? [`has ${added.join(', ')} besides`] : []),
    ...(dropped.length > 0 ? [`does not have ${dropped.join(', ')}`] : []),
  ]
  return {
    code: 'CHANGE_PENDING',
    severity: 'warning',
    message: `the catalog ${told.join(' and ')}; that is not rendered here, and this table tells of what is`,
    subject: 'catalog',
    evidence: { expected: Object.keys(wanted.services).join(', '), observed: Object.keys(held.services).join(', ') },
    fix: { text: 'Look what a render would change.', command: 'sanctumctl render --check', safe: true },
  }
}
