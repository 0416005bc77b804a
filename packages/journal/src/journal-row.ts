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

/** All rows, in order, judged as one chain: also what is missing between them, or was put there by somebody else. */
export function judgeChain(rows: readonly JournalRow[], digest: Digest): Damage[] {
  const damage: Damage[] = [...parseRows(rows, digest).damage]
  let seq = 0
  let previous = ''
  for (const row of rows) {
    if (row.seq !== seq + 1)
      damage.push({ seq: seq + 1, why: row.seq > seq ? `rows ${seq + 1} to ${row.seq - 1} are missing` : 'rows are out of order' })
    else if (row.previous !== previous) damage.push({ seq: row.seq, why: 'it does not follow the row before it' })
    seq = row.seq
    previous = row.checksum
  }
  return damage.sort((a, b) => a.seq - b.seq)
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
