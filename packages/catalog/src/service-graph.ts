import { type Catalog, compareText, type ServiceKind, type Tier } from '@sanctum/contracts'
import { listEdges } from './lint/view.ts'

/** Services and what they require, as plain data. Both lists are sorted by id. */
export interface ServiceGraph {
  readonly nodes: readonly {
    readonly id: string
    readonly title: string
    readonly kind: ServiceKind
    readonly tier: Tier
    readonly fallback: boolean
  }[]
  readonly edges: readonly {
    readonly from: string
    readonly to: string
    readonly strength: 'hard' | 'soft'
    readonly running: boolean
    readonly reason: string | null
  }[]
}

export function serviceGraph(catalog: Pick<Catalog, 'services'>): ServiceGraph {
  const nodes = Object.entries(catalog.services).map(([id, { title, kind, tier, fallback_only }]) => ({
    id,
    title: title ?? id,
    kind,
    tier,
    fallback: fallback_only ?? false,
  }))
  const edges = listEdges(catalog).map(({ pointer, ...edge }) => edge)
  return {
    nodes: nodes.sort((a, b) => compareText(a.id, b.id)),
    edges: edges.sort((a, b) => compareText(a.from, b.from) || compareText(a.to, b.to)),
  }
}
