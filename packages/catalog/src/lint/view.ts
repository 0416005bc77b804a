import type { Catalog, Layer, NodeEntry, Places, Position, Service } from '@sanctum/contracts'
import { createNearest, type Nearest } from '../nearest.ts'

export interface Draft {
  readonly catalog: Catalog
  /** False if a part could not be read: then nothing may be concluded from what is absent. */
  readonly whole: boolean
  /** `services/<id>`, `nodes/<id>`, `agents/<id>`: declared, even if with an error that keeps it out of the catalog. */
  readonly declared: ReadonlySet<string>
  /** Kinds of ids of which a file that could not be read may declare any: none of them is unknown. */
  readonly open: ReadonlySet<IdKind>
}

export type IdKind = 'services' | 'nodes' | 'agents'

/** A catalog as the rules look at it. */
export interface View {
  readonly catalog: Catalog
  readonly whole: boolean
  readonly services: readonly (readonly [string, Service])[]
  readonly nodes: readonly (readonly [string, NodeEntry])[]
  readonly edges: readonly Edge[]
  readonly nearest: Nearest
  /** All layers that are files of the catalog: instance.yaml, then the overlays. */
  readonly layers: readonly Layer[]
  hasService(id: string): boolean
  hasNode(id: string): boolean
  hasAgent(id: string): boolean
  /** The service, but never what an object inherits. */
  service(id: string): Service | undefined
  /** Where a value of the catalog was written, or the nearest thing above it. */
  at(pointer: string): Position | undefined
  /** The nodes that may run it, as far as placement and switches say. */
  nodesOf(id: string): readonly string[]
  /** Whether it is on, on a node or, without one, in general. */
  isOn(id: string, node?: string): boolean
}

/** One requirement, in either of its spellings. */
export interface Edge {
  readonly from: string
  readonly to: string
  readonly strength: 'hard' | 'soft'
  readonly running: boolean
  readonly reason: string | null
  readonly pointer: string
}

export function createView({ catalog, whole, declared, open }: Draft): View {
  const services = Object.entries(catalog.services)
  const nodes = Object.entries(catalog.instance.value.nodes ?? {})
  const isOn = createSwitches(catalog)
  const placed = new Map<string, readonly string[]>()
  const agents = catalog.capabilities?.agents ?? {}
  return {
    catalog,
    whole,
    services,
    nodes,
    edges: listEdges(catalog),
    nearest: createNearest(),
    layers: [catalog.instance, ...Object.values(catalog.overlays)],
    hasService: (id) =>
      open.has('services') || Object.hasOwn(catalog.services, id) || declared.has(`services/${id}`) || declared.has(`auxiliary/${id}`),
    hasNode: (id) => open.has('nodes') || Object.hasOwn(catalog.instance.value.nodes ?? {}, id) || declared.has(`nodes/${id}`),
    hasAgent: (id) => open.has('agents') || Object.hasOwn(agents, id) || declared.has(`agents/${id}`),
    service: (id) => own(catalog.services, id),
    at: (pointer) => placeAbove(catalog.places, pointer),
    nodesOf: (id) => {
      const known =
        placed.get(id) ??
        nodes.filter(([node, entry]) => fits(own(catalog.services, id), node, entry) && isOn(id, node)).map(([node]) => node)
      placed.set(id, known)
      return known
    },
    isOn,
  }
}

/** The requirements of all services, in their order. */
export function listEdges({ services }: Pick<Catalog, 'services'>): Edge[] {
  return Object.entries(services).flatMap(([from, service]) =>
    (service.requires ?? []).map((requirement, index): Edge => {
      const written = typeof requirement === 'string' ? { service: requirement } : requirement
      return {
        from,
        to: written.service,
        strength: written.strength ?? 'hard',
        running: written.running ?? false,
        reason: written.reason ?? null,
        pointer: `/services/${from}/requires/${index}`,
      }
    }),
  )
}

export function own<Value>(table: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return table && Object.hasOwn(table, key) ? table[key] : undefined
}

export function placeAbove(places: Places, pointer: string): Position | undefined {
  for (let rest = pointer; rest !== ''; rest = rest.slice(0, rest.lastIndexOf('/'))) {
    const at = own(places, rest)
    if (at) return at
  }
  return own(places, '')
}

/** Every condition of a placement holds. A node that does not say its system may have any. */
export function fits(service: Service | undefined, id: string, node: NodeEntry): boolean {
  const { nodes, types, capabilities, os } = service?.on ?? {}
  return (
    (nodes?.includes(id) ?? true) &&
    (types?.includes(node.type) ?? true) &&
    (capabilities?.some((capability) => node.capabilities?.includes(capability)) ?? true) &&
    (os === undefined || node.os === undefined || os.includes(node.os))
  )
}

function createSwitches({ services, instance, overlays }: Catalog): View['isOn'] {
  const general = instance.value.services
  const nodes = instance.value.nodes
  return (id, node) => {
    const here =
      node === undefined
        ? undefined
        : (own(own(overlays, node)?.value.services, id)?.enabled ?? own(own(nodes, node)?.services, id)?.enabled)
    return here ?? own(general, id)?.enabled ?? own(services, id)?.enabled ?? true
  }
}
