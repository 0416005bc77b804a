import type { Event, NewEvent } from '@sanctum/contracts'
import type { Damage, JournalHead, JournalReading } from './journal-row.ts'
import type { JournalEnd } from './judge-end.ts'
import type { Retention } from './retention.ts'

export interface EventFilter {
  readonly afterSeq?: number
  readonly sinceMs?: number
  readonly kind?: string
  readonly subject?: string
  /** The newest so many of those that match; they still come oldest first. */
  readonly limit?: number
}

export type Compaction =
  | { readonly kind: 'compacted'; readonly removed: number }
  | { readonly kind: 'damaged'; readonly damage: readonly Damage[] }

export interface Slices {
  /** Rows that are read and judged at once. */
  readonly rows: number
  /** Waits, so that others get their turn; false gives the compaction up, and nothing is removed. */
  readonly pause: () => Promise<boolean>
}

/** The append-only record of what happened. Every method may throw a Fault. */
export interface Journal {
  /** Durable when it returns. */
  append(event: NewEvent): Event
  /** Oldest first. Opens for reading only; changes no file. */
  read(filter?: EventFilter): JournalReading
  /** The last row; null where there is none. */
  head(): JournalHead | null
  /** Every row and the chain that they make. A tail that was cut off is seen by who kept the head. */
  verify(kept?: JournalHead): readonly Damage[]
  /** Whether it ends where the head says that is kept beside it; only that row is looked for. `whole` where none is kept. */
  end(): JournalEnd
  /**
   * Removes what is older than its kind is kept, at most `limit` events at once, and leaves a checkpoint by which the chain is still
   * verified. Nothing is removed from a journal that is damaged: that would hide it. The chain is read a slice at a time, with a pause of the
   * caller's after each, so that a very large journal holds nobody up; only what is removed is removed in one go.
   */
  compact(retention: Retention, limit: number, slices?: Slices): Promise<Compaction>
  close(): void
}
