import { compareText, type ResolvedRequirement } from '@sanctum/contracts'

/** What the order is made from: for each service here, what it requires here. */
export type Edges = ReadonlyMap<string, readonly Pick<ResolvedRequirement, 'service' | 'strength'>[]>

/**
 * The services, each after what it requires; where several could be next, by id. In a circle the soft requirements give way
 * first; what is left of it comes last, by id, and is the catalog's business to report.
 */
export function resolveOrder(edges: Edges): string[] {
  const waiting = new Map<string, Set<string>>()
  const dependents = new Map<string, string[]>()
  for (const [id, requirements] of edges) {
    const required = new Set(requirements.map(({ service }) => service).filter((service) => service !== id && edges.has(service)))
    waiting.set(id, required)
    for (const service of required) {
      const others = dependents.get(service)
      if (others) others.push(id)
      else dependents.set(service, [id])
    }
  }
  const order: string[] = []
  let level = idsThat(waiting, ({ size }) => size === 0)
  while (waiting.size > 0) {
    if (level.length === 0) level = breakCircle(edges, waiting)
    for (const id of level) waiting.delete(id)
    order.push(...level)
    level = release(level, waiting, dependents)
  }
  return order
}

function idsThat(waiting: ReadonlyMap<string, ReadonlySet<string>>, test: (required: ReadonlySet<string>) => boolean): string[] {
  return [...waiting].flatMap(([id, required]) => (test(required) ? [id] : [])).sort(compareText)
}

function release(
  level: readonly string[],
  waiting: ReadonlyMap<string, Set<string>>,
  dependents: ReadonlyMap<string, readonly string[]>,
): string[] {
  const next: string[] = []
  for (const id of level)
    for (const dependent of dependents.get(id) ?? []) {
      const required = waiting.get(dependent)
      if (required?.delete(id) && required.size === 0) next.push(dependent)
    }
  return next.sort(compareText)
}

function breakCircle(edges: Edges, waiting: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const softOnly = [...waiting.keys()].filter((id) =>
    (edges.get(id) ?? []).every(({ service, strength }) => strength === 'soft' || service === id || !waiting.has(service)),
  )
  return (softOnly.length > 0 ? softOnly : [...waiting.keys()]).sort(compareText)
}
