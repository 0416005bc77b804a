import type { JournalHead } from './journal-row.ts'

/** Whether a journal still ends where its kept head says, or further on. */
export type JournalEnd =
  /** Also where no head was ever kept: a first start, or a journal of an older Sanctum. */
  | { readonly kind: 'whole' }
  /** There is no file. */
  | { readonly kind: 'missing'; readonly kept: JournalHead }
  /** It ends before the row that was the last; `last` is 0 where no row is left. */
  | { readonly kind: 'cut'; readonly kept: JournalHead; readonly last: number }
  /** Another row stands where that one was, or none. */
  | { readonly kind: 'replaced'; readonly kept: JournalHead }
  /** What was kept does not say which row was the last. */
  | { readonly kind: 'head-unreadable' }

/** What is seen of a journal beside its kept head. */
export interface EndSight {
  readonly kept: JournalHead
  /** Checksum of the row with the number of the kept one; null where it is not there. */
  readonly checksum: string | null
  readonly lastSeq: number
  /** Of the newest compaction; 0 where there was none. */
  readonly checkpointSeq: number
}

/** A head lags behind where its writer was killed, or the power was cut; a compaction may then have taken its row. */
export function judgeEnd({ kept, checksum, lastSeq, checkpointSeq }: EndSight): JournalEnd {
  if (checksum === kept.checksum) return { kind: 'whole' }
  if (lastSeq < kept.seq) return { kind: 'cut', kept, last: lastSeq }
  return checksum === null && checkpointSeq > kept.seq ? { kind: 'whole' } : { kind: 'replaced', kept }
}

export function describeEnd(end: Exclude<JournalEnd, { kind: 'whole' }>): string {
  switch (end.kind) {
    case 'missing':
      return `the file is gone, and ${end.kept.seq} was its last event`
    case 'cut':
      return end.last === 0
        ? `it is empty, and ${end.kept.seq} was its last event`
        : `events ${end.last + 1} to ${end.kept.seq} were cut off`
    case 'replaced':
      return `event ${end.kept.seq} is not the one that was written`
    case 'head-unreadable':
      return 'what is kept beside it does not say which event was the last'
  }
}
