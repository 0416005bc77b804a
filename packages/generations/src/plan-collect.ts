import type { Step } from '@sanctum/contracts'
import { homeLayout } from './home-layout.ts'

export interface CollectInput {
  readonly home: string
  /** Numbers of all generations. */
  readonly numbers: readonly number[]
  /** Those that stay whatever their age: current, confirmed, the pinned. */
  readonly held: readonly number[]
  /** How many of the newest stay. */
  readonly keep: number
}

export interface CollectPlan {
  readonly removed: readonly number[]
  readonly steps: readonly Step[]
}

/** Which generations go, and how: all lose their names first, durably, so that no half of one is ever seen under its own. */
export function planCollect({ home, numbers, held, keep }: CollectInput): CollectPlan {
  const layout = homeLayout(home)
  const newest = [...numbers].sort((a, b) => b - a).slice(0, keep)
  const staying = new Set([...newest, ...held])
  const removed = numbers.filter((number) => !staying.has(number)).sort((a, b) => a - b)
  if (removed.length === 0) return { removed, steps: [] }
  const steps: Step[] = [
    ...removed.map((number): Step => ({ do: 'rename', from: layout.generation(number), to: layout.trash(number) })),
    { do: 'sync-directory', path: layout.generations },
    ...removed.map((number): Step => ({ do: 'remove-tree', path: layout.trash(number) })),
  ]
  return { removed, steps }
}
