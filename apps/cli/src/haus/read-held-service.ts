import { parseDocument } from '@sanctum/catalog'
import type { ResolvedProvision, ResolvedService } from '@sanctum/contracts'
import { defaultPace } from '@sanctum/probes'
import type { Ports } from '../ports.ts'
import { readKeptHaus } from './kept-haus.ts'

/**
 * The services as the generation that holds now describes them, which is what runs. They are not those of the catalog after a rollback,
 * after an `up` with settings of its own, and while a change is being taken back.
 */
export function readHeldServices(ports: Ports, services: readonly ResolvedService[]): ResolvedService[] {
  const { current } = ports.generations([]).readPointers()
  // What it was made from is read in one go; a generation that does not say so is read file by file.
  const kept = current.kind === 'set' ? readKeptHaus(ports, current.number) : null
  return services.map((service) => {
    const held = kept?.services[service.id]
    return held === undefined ? readHeldService(ports, service) : { ...service, provides: held.provides, health: held.health }
  })
}

/** One of them, by its manifest. */
export function readHeldService(ports: Ports, service: ResolvedService): ResolvedService {
  const generations = ports.generations([])
  const current = generations.readPointers().current
  const file = `services/${service.id}.yaml`
  const text = current.kind === 'set' ? generations.readSurface(current.number, file) : null
  const held = text === null ? null : parseDocument(text, { file, kind: 'service-manifest' }).value
  if (!held) return service
  const provides = (held.provides ?? []).map((provision) => ({ ...defaultProvision, ...provision }) as ResolvedProvision)
  const probes = Object.entries(held.health ?? {}).map(([purpose, probe]) => [purpose, { ...defaultPace, ...probe }])
  return { ...service, provides, health: Object.fromEntries(probes) as ResolvedService['health'] }
}

const defaultProvision = { protocol: 'tcp', address: '127.0.0.1', security: 'plain' } as const
