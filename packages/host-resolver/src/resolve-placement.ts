import type { Haus, NodeEntry, Origin, Placement, Service } from '@sanctum/contracts'
import { hasProfile } from './built-in/profile-layers.ts'
import { describeOrigin } from './host-finding.ts'
import { rankAt } from './merge-by-schema.ts'
import type { MergedService } from './merge-services.ts'
import type { MergedHost } from './merged-host.ts'
import { ownValue, sortedKeys, valueAt } from './plain-data.ts'

export type Skip = Haus['skipped'][string]

export interface PlacementResult {
  /** Sorted. */
  readonly here: ReadonlySet<string>
  readonly skipped: ReadonlyMap<string, Skip>
}

/** Decides which services run on this node, and for each other one the sentence that says why not. */
export function resolvePlacement(host: MergedHost, capabilities: readonly string[]): PlacementResult {
  const skipped = new Map<string, Skip>()
  const here = new Set<string>()
  for (const service of host.services.values()) {
    const skip = judgeHere(service, host, capabilities)
    if (skip) skipped.set(service.id, skip)
    else here.add(service.id)
  }
  skipDependents(host, here, skipped)
  return { here, skipped: new Map([...skipped].sort(([a], [b]) => (a < b ? -1 : 1))) }
}

function judgeHere(service: MergedService, host: MergedHost, capabilities: readonly string[]): Skip | null {
  const { value, originOf } = service
  const { id: node, entry } = host.node
  if (value.on?.os && !value.on.os.includes(host.facts.os.family))
    return { reason: 'os', why: `it is for ${value.on.os.join(' or ')}, this machine is ${host.facts.os.family}` }
  const switched = readSwitch(service, host)
  if (switched?.enabled === true) return null
  if (switched?.enabled === false) return { reason: 'disabled', why: `node ${node} switches it off (${describeOrigin(switched.origin)})` }
  if (value.enabled === false) return { reason: 'disabled', why: `it is switched off (${describeOrigin(originOf(['enabled']))})` }
  const misplaced = describeMisplacement(value.on, node, entry, capabilities)
  if (misplaced) return { reason: 'placement', why: misplaced }
  const profile = value.profile ?? 'minimal'
  if (!hasProfile(host.profile, profile))
    return { reason: 'profile', why: `it belongs to the profile ${profile}, this machine has ${host.profile}` }
  return null
}

/** The node's own switch, unless a higher layer speaks about the service itself. It stands above placement and profile. */
export function readSwitch({ id, value, provenance }: MergedService, host: MergedHost): { enabled: boolean; origin: Origin } | null {
  const path = ['nodes', host.node.id, 'services', id, 'enabled']
  const enabled = valueAt(host.document, path)
  if (typeof enabled !== 'boolean') return null
  if (value.enabled !== undefined && rankAt(provenance, ['enabled']) > rankAt(host.provenance, path)) return null
  return { enabled, origin: host.originOf(path) }
}

function describeMisplacement(on: Placement | undefined, node: string, entry: NodeEntry, capabilities: readonly string[]): string | null {
  if (on?.nodes && !on.nodes.includes(node)) return `it lives on ${on.nodes.join(' or ')}, this is ${node}`
  if (on?.types && !on.types.includes(entry.type)) return `it lives on a ${on.types.join(' or ')}, ${node} is a ${entry.type}`
  if (on?.capabilities && !on.capabilities.some((needed) => capabilities.includes(needed)))
    return `it needs ${on.capabilities.join(' or ')}, which ${node} has not`
  return null
}

/** Whoever cannot do without a service that lives nowhere does not run either; one pass over the edges, whatever their order. */
function skipDependents(host: MergedHost, here: Set<string>, skipped: Map<string, Skip>): void {
  const dependents = new Map<string, string[]>()
  for (const id of here)
    for (const required of hardRequirements(host.services.get(id)?.value)) {
      const others = dependents.get(required)
      if (others) others.push(id)
      else dependents.set(required, [id])
    }
  const gone = [...skipped.keys()].filter((id) => dependents.has(id) && !livesElsewhere(id, host))
  for (let next = gone.pop(); next !== undefined; next = gone.pop())
    for (const id of dependents.get(next) ?? []) {
      if (!here.delete(id)) continue
      skipped.set(id, { reason: 'requirement', why: `it cannot do without ${next}: ${skipped.get(next)?.why ?? 'it does not run here'}` })
      if (!livesElsewhere(id, host)) gone.push(id)
    }
}

function hardRequirements(service: Service | undefined): string[] {
  return (service?.requires ?? []).flatMap((requirement) =>
    typeof requirement === 'string' ? [requirement] : requirement.strength === 'soft' ? [] : [requirement.service],
  )
}

/** Whether some other node runs it, as far as one can tell from here: by the switch of that node, else by placement. */
function livesElsewhere(id: string, host: MergedHost): boolean {
  const service = host.services.get(id)
  if (!service) return false
  const nodes = host.document.nodes ?? {}
  return sortedKeys(nodes)
    .filter((node) => node !== host.node.id)
    .some((node) => livesOn(service, node, nodes[node] as NodeEntry, host))
}

function livesOn({ id, value, says }: MergedService, node: string, entry: NodeEntry, { stack }: MergedHost): boolean {
  if (value.on?.os && entry.os && !value.on.os.includes(entry.os)) return false
  const switched = ownValue(entry.services, id) as { enabled: boolean } | undefined
  if (switched) return switched.enabled
  // What an overlay or this machine's own layer says of the service holds here only.
  const enabled = says.findLast(({ rank, value }) => isShared(stack[rank]?.layer) && (value as Service).enabled !== undefined)
  if ((enabled?.value as Service | undefined)?.enabled === false) return false
  return describeMisplacement(value.on, node, entry, entry.capabilities ?? []) === null
}

function isShared(layer: string | undefined): boolean {
  return layer === 'default' || layer === 'os' || layer === 'profile' || layer === 'catalog'
}
