import { type ProbeKind, toTarget } from '../probe-kind.ts'

export interface MemoryTarget {
  readonly minFreePercent: number
  /** Null: the swap is not asked for. */
  readonly maxSwapPercent: number | null
}

export const memoryKind: ProbeKind<'memory', MemoryTarget> = {
  type: 'memory',
  title: 'memory that can still be had',
  needsNetwork: false,
  concurrency: 2,
  seesHang: false,
  suits: ['daemon', 'periodic', 'oneshot', 'container', 'network', 'external'],
  aim: ({ min_free_percent, max_swap_percent }) => toTarget({ minFreePercent: min_free_percent, maxSwapPercent: max_swap_percent ?? null }),
  describe: () => 'memory and swap',
}
