import {
  type Catalog,
  didYouMean,
  type Finding,
  type HostFacts,
  nearestNames,
  type Origin,
  type Service,
  type ServicePatch,
  servicePatch,
} from '@sanctum/contracts'
import { toServiceDefaults } from './built-in/service-defaults.ts'
import { describeOrigin, hostFinding, placeOf, relatedPlaces } from './host-finding.ts'
import type { StackedLayer } from './layer-stack.ts'
import { type Conflict, mergeBySchema, type Provenance, rankAt, type Say } from './merge-by-schema.ts'
import { movePort, type PortMove } from './move-port.ts'
import { isReservedKey } from './plain-data.ts'
import { toPointer } from './pointer.ts'

/** One service as all layers together describe it; defaults are in it, placeholders still stand. */
export interface MergedService {
  readonly id: string
  /** What each layer says, lowest first; the defaults are the first. */
  readonly says: readonly Say[]
  readonly value: Service
  readonly provenance: Provenance
  /** Set where a layer gave the port of the first provision by itself. */
  readonly portMove: PortMove | null
  /** Where a value of the service was said; the path starts below the service. */
  originOf(path: readonly string[]): Origin
}

/** Merges every service of the catalog, and those that a layer adds whole. */
export function mergeServices(
  stack: readonly StackedLayer[],
  catalog: Catalog,
  facts: HostFacts,
): { services: ReadonlyMap<string, MergedService>; findings: readonly Finding[] } {
  const findings: Finding[] = []
  const services = new Map<string, MergedService>()
  for (const [id, says] of collectSays(stack)) {
    const given = mergeBySchema(servicePatch, says).value as ServicePatch
    if (given.kind === undefined || given.tier === undefined) findings.push(...judgeUnknown(id, says, stack, catalog))
    else services.set(id, mergeService(id, given, says, stack, facts, findings))
  }
  return { services, findings }
}

function collectSays(stack: readonly StackedLayer[]): ReadonlyMap<string, readonly Say[]> {
  const byId = new Map<string, Say[]>()
  stack.forEach(({ layer, services }, rank) => {
    for (const [id, value] of Object.entries(services)) {
      if (isReservedKey(id)) continue
      const says = byId.get(id)
      if (says) says.push({ rank, layer, value })
      else byId.set(id, [{ rank, layer, value }])
    }
  })
  return new Map([...byId].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function mergeService(
  id: string,
  given: ServicePatch,
  givenSays: readonly Say[],
  stack: readonly StackedLayer[],
  facts: HostFacts,
  findings: Finding[],
): MergedService {
  const says = [{ rank: 0, layer: 'default', value: toServiceDefaults(id, given, facts) }, ...givenSays]
  const conflicts: Conflict[] = []
  const { value, provenance } = mergeBySchema(servicePatch, says, (conflict) => conflicts.push(conflict))
  const originIn = (rank: number, pointer: string): Origin =>
    (stack[rank] as StackedLayer).originAt(`${toPointer(['services', id])}${pointer}`)
  const move = movePort(value as ServicePatch, givenSays)
  for (const { pointer, ranks } of [...conflicts, ...move.conflicts])
    findings.push(
      toConflict(id, pointer, originIn(ranks[0], pointer), originIn(ranks[1], pointer === '/provides/0/port' ? '/port' : pointer)),
    )
  const originOf = (path: readonly string[]): Origin =>
    move.move && path[0] === 'provides' && path[1] === '0' && path[2] === 'port'
      ? originIn(move.move.rank, '/port')
      : originIn(rankAt(provenance, path), toPointer(path))
  return { id, says, value: move.service as Service, provenance, portMove: move.move, originOf }
}

function toConflict(id: string, pointer: string, first: Origin, second: Origin): Finding {
  const path = `services.${id}${pointer.replaceAll('/', '.')}`
  return hostFinding(
    'VALUES_CONFLICT',
    `${describeOrigin(first)} and ${describeOrigin(second)} say different things about ${path}, and both belong to the ${second.layer} layer`,
    {
      ...placeOf(second),
      ...relatedPlaces([{ origin: first, message: 'the other value' }]),
      fix: { text: `Keep one of the two, or move one to a higher layer such as an overlay.` },
    },
  )
}

const unknownCode = { machine: 'MACHINE_SERVICE_UNKNOWN', environment: 'VARIABLE_UNKNOWN', flag: 'SETTING_UNKNOWN' } as const

/** A layer names a service that neither the catalog nor the layer itself describes. */
function judgeUnknown(id: string, says: readonly Say[], stack: readonly StackedLayer[], catalog: Catalog): Finding[] {
  return says.map(({ rank }) => {
    const { layer, originAt } = stack[rank] as StackedLayer
    const at = placeOf(originAt(toPointer(['services', id])))
    const tombstone = Object.hasOwn(catalog.retired, id) ? catalog.retired[id] : undefined
    if (tombstone)
      return hostFinding('PATCH_OF_RETIRED', `${id} is retired since ${tombstone.retired}: ${tombstone.reason}`, {
        ...at,
        fix: { text: tombstone.replaced_by ? `Move the entry to ${tombstone.replaced_by}, or take it out.` : 'Take the entry out.' },
      })
    const near = nearestNames(id, Object.keys(catalog.services))
    return hostFinding(
      unknownCode[layer as keyof typeof unknownCode] ?? 'OVERLAY_SERVICE_UNKNOWN',
      `the catalog has no service ${id}.${didYouMean(near)}`,
      {
        ...at,
        fix: {
          text: near[0] === undefined ? `Take the entry out, or describe ${id} in catalog.yaml.` : `Write ${near[0]} instead of ${id}.`,
        },
      },
    )
  })
}
