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

/** Which generations go, and how: each loses its name first, so that no half of one is ever seen under it. */
export function planCollect({ home, numbers, held, keep }: CollectInput): CollectPlan {
  const layout = homeLayout(home)
  const newest = [...numbers].sort((a, b) => b - a).slice(0, keep)
  const staying = new Set([...newest, ...held])
  const removed = numbers.filter((number) => !staying.has(number)).sort((a, b) => a - b)
  const steps = removed.flatMap((number): Step[] => [
    { do: 'rename', from: layout.generation(number), to: layout.trash(number) },
    { do: 'remove-tree', path: layout.trash(number) },
  ])
  return { removed, steps }
}
