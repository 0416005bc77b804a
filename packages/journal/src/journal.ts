import type { Event, NewEvent } from '@sanctum/contracts'
import type { Damage, JournalHead, JournalReading } from './journal-row.ts'

export interface EventFilter {
  readonly afterSeq?: number
  readonly sinceMs?: number
  readonly kind?: string
  readonly subject?: string
  /** The newest so many of those that match; they still come oldest first. */
  readonly limit?: number
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
  close(): void
}
