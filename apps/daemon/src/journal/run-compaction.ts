import type { Compaction } from '@sanctum/journal'
import { type Log, toErrorFields } from '../log.ts'

export interface CompactionPorts {
  /** Removes at most so many events. */
  readonly compact: (limit: number) => Promise<Compaction>
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Not at the start, when everybody has something to do. */
const FIRST_MS = 10 * 60_000
const PERIOD_MS = 6 * 3_600_000
/** Between two portions others get to write. */
const NEXT_MS = 30_000
const PORTION = 2_000

/** Keeps the journal from growing without end. What cannot be compacted, because it is damaged or cannot be written, stays as it is. */
export async function runCompaction(log: Log, signal: AbortSignal, { compact, sleep }: CompactionPorts): Promise<void> {
  await sleep(FIRST_MS, signal)
  while (!signal.aborted) {
    const isMoreLeft = await compactOnce(log, compact)
    await sleep(isMoreLeft ? NEXT_MS : PERIOD_MS, signal)
  }
}

async function compactOnce(log: Log, compact: CompactionPorts['compact']): Promise<boolean> {
  try {
    const outcome = await compact(PORTION)
    if (outcome.kind === 'damaged') {
      const [first] = outcome.damage
      log('error', 'journal-damaged', {
        seq: first?.seq,
        why: first?.why,
        hint: 'Nothing is removed from it; sanctumctl doctor says more.',
      })
      return false
    }
    if (outcome.removed > 0) log('info', 'journal-compacted', { removed: outcome.removed })
    return outcome.removed >= PORTION
  } catch (error) {
    log('error', 'compaction-failed', toErrorFields(error))
    return false
  }
}
