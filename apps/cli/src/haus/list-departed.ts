import type { Haus, UnitImpact } from '@sanctum/contracts'
import type { Ports } from '../ports.ts'

/**
 * Units of retired services that the service manager still has, whatever the generations of this home remember: it may have been
 * restored from an old copy, or lost them. Without a retired service nobody is asked.
 */
export async function listDeparted(ports: Pick<Ports, 'units'>, haus: Haus): Promise<UnitImpact[]> {
  if (Object.keys(haus.retired).length === 0) return []
  const states = await ports.units(haus).list()
  return states.flatMap(({ service, unit }) => {
    const tombstone = haus.services[service] === undefined ? haus.retired[service] : undefined
    if (tombstone === undefined) return []
    return [{ service, unit, action: 'stop' as const, why: `retired on ${tombstone.retired}: ${tombstone.reason}` }]
  })
}
