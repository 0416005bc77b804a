import { compareText, type Haus, type ResolvedService } from '@sanctum/contracts'

export interface AdmissionQuestion {
  readonly service: string
  readonly services: Readonly<Record<string, Pick<ResolvedService, 'id' | 'capacity'>>>
  /** Services whose process lives now; one that is started again does not count itself. */
  readonly running: readonly string[]
  readonly capacity: Haus['capacity']
}

export type Admission =
  | { readonly kind: 'admitted'; readonly freeMb: number }
  | {
      readonly kind: 'refused'
      readonly because: 'no-room' | 'exclusive'
      /** The service that stands in the way; itself where it would not fit alone. */
      readonly blocker: string
      readonly why: string
      readonly remedy: string
    }

/**
 * Whether a start fits beside what runs: its memory budget within what is free of the pool, and none running that excludes it or that it
 * excludes. Computed from what runs now, never from what was once admitted.
 */
export function judgeAdmission({ service, services, running, capacity }: AdmissionQuestion): Admission {
  const own = services[service]?.capacity ?? null
  const others = [...new Set(running)].filter((id) => id !== service).sort(compareText)
  const rival = others.find(
    (id) => own?.exclusive_with.includes(id) === true || services[id]?.capacity?.exclusive_with.includes(service) === true,
  )
  if (rival !== undefined) {
    const why = `${service} and ${rival} exclude each other, and ${rival} runs`
    return { kind: 'refused', because: 'exclusive', blocker: rival, why, remedy: `stop ${rival} first` }
  }
  // Nobody said how much there is, so nothing can be too much.
  if (capacity.pool_mb <= 0) return { kind: 'admitted', freeMb: 0 }
  const heavy = others.flatMap((id) => toHeavy(id, services[id]?.capacity ?? null))
  const freeMb = capacity.pool_mb - heavy.reduce((sum, { budgetMb }) => sum + budgetMb, 0)
  const needMb = own?.ram_budget_mb ?? 0
  if (needMb === 0 || needMb <= freeMb) return { kind: 'admitted', freeMb }
  return { kind: 'refused', because: 'no-room', ...explainRoom({ service, needMb, freeMb, poolMb: capacity.pool_mb, heavy }) }
}

interface Heavy {
  readonly id: string
  readonly budgetMb: number
  readonly priority: number
  readonly evictable: boolean
}

function toHeavy(id: string, capacity: ResolvedService['capacity']): Heavy[] {
  return capacity === null ? [] : [{ id, budgetMb: capacity.ram_budget_mb, priority: capacity.priority, evictable: capacity.evictable }]
}

interface Room {
  readonly service: string
  readonly needMb: number
  readonly freeMb: number
  readonly poolMb: number
  readonly heavy: readonly Heavy[]
}

function explainRoom({ service, needMb, freeMb, poolMb, heavy }: Room): { blocker: string; why: string; remedy: string } {
  const why = `${service} needs ${needMb} MB and ${Math.max(0, freeMb)} of ${poolMb} MB are free`
  if (needMb > poolMb)
    return {
      blocker: service,
      why: `${why}; it would not fit alone`,
      remedy: `lower ram_budget_mb of ${service}, or run it on a larger machine`,
    }
  const enough = heavy.filter(({ budgetMb }) => budgetMb + freeMb >= needMb)
  const chosen = (enough.length > 0 ? enough : [...heavy]).sort(compareCost)[0]
  if (chosen === undefined) return { blocker: service, why, remedy: `lower ram_budget_mb of ${service}` }
  return { blocker: chosen.id, why: `${why}; ${chosen.id} has ${chosen.budgetMb} MB`, remedy: `stop ${chosen.id} first` }
}

/** What costs least to stop: what may be evicted, then the least important, then the largest. */
function compareCost(a: Heavy, b: Heavy): number {
  return Number(b.evictable) - Number(a.evictable) || a.priority - b.priority || b.budgetMb - a.budgetMb || compareText(a.id, b.id)
}
