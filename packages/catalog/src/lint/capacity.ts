import type { Finding, LayerDocument } from '@sanctum/contracts'
import { createFinding } from '../create-finding.ts'
import { own, type View } from './view.ts'

/** Memory budgets that fit no node which could run the service. */
export function lintCapacity(view: View): Finding[] {
  return view.services.flatMap(([id, { capacity }]) => {
    if (capacity === undefined) return []
    const pools = view.nodesOf(id).map((node) => toPool(view, node))
    const known = pools.filter((pool) => pool !== null)
    const largest = Math.max(...known)
    if (known.length === 0 || known.length < pools.length || capacity.ram_budget_mb <= largest) return []
    return [
      createFinding(
        'BUDGET_TOO_LARGE',
        view.at(`/services/${id}/capacity/ram_budget_mb`),
        `${id} asks for ${capacity.ram_budget_mb} MB, but no node has more than ${largest} MB to give.`,
        `Lower it to ${largest} or less, or correct the capacity in instance.yaml or the overlay.`,
      ),
    ]
  })
}

/** Physical memory less what is reserved and the margin; null where the catalog leaves it to the machine. */
function toPool({ catalog }: View, node: string): number | null {
  const { ram_physical_mb, ram_reserved_mb, ram_safety_mb }: NonNullable<LayerDocument['capacity']> = {
    ...catalog.instance.value.capacity,
    ...own(catalog.overlays, node)?.value.capacity,
  }
  return ram_physical_mb === undefined ? null : ram_physical_mb - (ram_reserved_mb ?? 0) - (ram_safety_mb ?? 0)
}
