import { type Event, event } from '@sanctum/contracts'

/** One row as it is stored. */
export interface JournalRow {
  readonly seq: number
  readonly at_ms: number
  readonly kind: string
  readonly subject: string
  /** JSON. */
  readonly data: string
  /** Checksum of the row before; empty for the first. */
  readonly previous: string
  readonly checksum: string
}

/** A row that is not what was written, or a place where one is missing. */
export interface Damage {
  readonly seq: number
  readonly why: string
}

export interface JournalReading {
  readonly events: readonly Event[]
  /** Rows that were asked for but cannot be trusted; they are not among the events. */
  readonly damage: readonly Damage[]
}

/** The last row of a journal, as somebody outside may keep it. */
export type JournalHead = Pick<JournalRow, 'seq' | 'checksum'>

export type Digest = (text: string) => string

/** The row of an event that follows another row. */
export function toRow({ seq, at_ms, kind, subject, data }: Event, previous: string, digest: Digest): JournalRow {
  const row = { seq, at_ms, kind, subject, data: JSON.stringify(data), previous }
  return { ...row, checksum: digest(toText(row)) }
}

/** Each row judged by its own checksum. */
export function parseRows(rows: readonly JournalRow[], digest: Digest): JournalReading {
  const events: Event[] = []
  const damage: Damage[] = []
  for (const row of rows) {
    const parsed = parseRow(row, digest)
    if (parsed === null) damage.push({ seq: Number(row.seq), why: 'its content does not match its checksum' })
    else events.push(parsed)
  }
  return { events, damage }
}

/** The row that a compaction leaves: what it and those before it removed. The newest one speaks for all. */
export const CHECKPOINT_KIND = 'journal-compacted'

/** A stretch of rows that is not there, and how the chain goes into it and comes out of it. */
export interface Gap {
  readonly from: number
  readonly to: number
  /** Checksum of the row before it; empty at the beginning. */
  readonly before: string
  /** Checksum of its last row, as the row after it has it. */
  readonly last: string
}

type Link = Pick<JournalRow, 'seq' | 'previous' | 'checksum'>

/** The gaps that remain where rows are removed beside those that were there already. */
export function mergeGaps(gaps: readonly Gap[], removed: readonly Link[]): Gap[] {
  const stretches = [
    ...gaps,
    ...removed.map(({ seq, previous, checksum }): Gap => ({ from: seq, to: seq, before: previous, last: checksum })),
  ].sort((a, b) => a.from - b.from)
  const merged: Gap[] = []
  for (const stretch of stretches) {
    const last = merged.at(-1)
    if (last !== undefined && last.to + 1 === stretch.from) merged[merged.length - 1] = { ...last, to: stretch.to, last: stretch.last }
    else merged.push(stretch)
  }
  return merged
}

/** Content of a checkpoint: how many rows are gone, the checksum of the last of them, and a digest over every gap. */
export function toCheckpoint(gaps: readonly Gap[], digest: Digest): Event['data'] {
  return {
    removed: gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0),
    last_removed: gaps.at(-1)?.last ?? null,
    gaps: gaps.length,
    digest: digest(JSON.stringify(gaps)),
  }
}

/** All rows, in order, judged as one chain: also what is missing between them and no compaction removed, or was put there by somebody else. */
export function judgeChain(rows: readonly JournalRow[], digest: Digest): Damage[] {
  const judge = createChainJudge(digest)
  judge.take(rows)
  return judge.end().damage
}

/** The same for a journal that is too long to be read in one go: it takes rows in their order, a slice at a time. */
export interface ChainJudge {
  take(rows: readonly JournalRow[]): void
  end(): { readonly damage: Damage[]; readonly gaps: readonly Gap[] }
}

export function createChainJudge(digest: Digest): ChainJudge {
  const damage: Damage[] = []
  const gaps: Gap[] = []
  let checkpoint: JournalRow | null = null
  let seq = 0
  let previous = ''

  function takeRow(row: JournalRow): void {
    const isWhole = parseRow(row, digest) !== null
    if (!isWhole) damage.push({ seq: Number(row.seq), why: 'its content does not match its checksum' })
    else if (row.kind === CHECKPOINT_KIND) checkpoint = row
    if (row.seq <= seq) damage.push({ seq: seq + 1, why: 'rows are out of order' })
    else if (row.seq === seq + 1 && row.previous !== previous) damage.push({ seq: row.seq, why: 'it does not follow the row before it' })
    if (row.seq > seq + 1) gaps.push({ from: seq + 1, to: row.seq - 1, before: previous, last: row.previous })
    seq = row.seq
    previous = row.checksum
  }

  return {
    take(rows) {
      for (const row of rows) takeRow(row)
    },
    end: () => ({ damage: [...damage, ...judgeGaps(gaps, checkpoint, digest)].sort((a, b) => a.seq - b.seq), gaps }),
  }
}

function judgeGaps(gaps: readonly Gap[], checkpoint: JournalRow | null, digest: Digest): Damage[] {
  const told = gaps.filter(({ to }) => to < (checkpoint?.seq ?? 0))
  const isAsLeft = checkpoint === null || JSON.stringify(JSON.parse(checkpoint.data)) === JSON.stringify(toCheckpoint(told, digest))
  const wrong = isAsLeft ? gaps.filter((gap) => !told.includes(gap)) : gaps
  if (!isAsLeft && gaps.length === 0) return [{ seq: checkpoint?.seq ?? 1, why: 'rows are there that a compaction had removed' }]
  return wrong.map(({ from, to }) => ({
    seq: from,
    why: `rows ${from} to ${to} are missing${isAsLeft ? '' : ', and these are not the gaps that the last compaction left'}`,
  }))
}

/** Whether the rows still hold the one that was the last. */
export function judgeHead(rows: readonly JournalRow[], kept: JournalHead): Damage[] {
  const row = rows.find(({ seq }) => seq === kept.seq)
  if (row?.checksum === kept.checksum) return []
  const last = rows.at(-1)?.seq ?? 0
  const why = row === undefined && last < kept.seq ? `rows ${last + 1} to ${kept.seq} were cut off` : 'it is not the row that was written'
  return [{ seq: row === undefined ? last + 1 : row.seq, why }]
}

function parseRow(row: JournalRow, digest: Digest): Event | null {
  if (digest(toText(row)) !== row.checksum) return null
  const { seq, at_ms, kind, subject, data } = row
  return event.parse({ seq, at_ms, kind, subject, data: JSON.parse(data) })
}

function toText({ seq, at_ms, kind, subject, data, previous }: Omit<JournalRow, 'checksum'>): string {
  return JSON.stringify([seq, at_ms, kind, subject, data, previous])
}
