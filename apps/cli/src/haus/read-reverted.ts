import { type HausStatus, revertedData } from '@sanctum/contracts'
import type { Ports } from '../ports.ts'

/** The generation that was taken back last, unless another one was confirmed since. */
export function readReverted({ journal, generations }: Ports): NonNullable<HausStatus['reverted']> | null {
  if (generations([]).readPointers().current.kind === 'none') return null
  const [last] = journal.read({ kind: 'generation-reverted', limit: 1 })
  const [confirmed] = journal.read({ kind: 'generation-confirmed', limit: 1 })
  const data = revertedData.safeParse(last?.data).data
  const generation = Number(/^generation (\d+)$/.exec(last?.subject ?? '')?.[1])
  if (last === undefined || data === undefined || !Number.isInteger(generation) || (confirmed?.seq ?? 0) > last.seq) return null
  return { generation, goal: data.to, at_ms: last.at_ms, why: [data.why, ...data.because].join('; ') }
}
