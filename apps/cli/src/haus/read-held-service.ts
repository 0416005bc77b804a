import { parseDocument } from '@sanctum/catalog'
import type { ResolvedProvision, ResolvedService } from '@sanctum/contracts'
import { defaultPace } from '@sanctum/probes'
import type { Ports } from '../ports.ts'

/**
 * A service as the manifest of the generation that holds now describes it, which is what runs. It is not that of the catalog after a
 * rollback, after an `up` with settings of its own, and while a change is being taken back.
 */
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
