import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { type Event, event, Fault, type NewEvent } from '@sanctum/contracts'
import type { EventFilter, Journal } from '../journal.ts'
import {
  CHECKPOINT_KIND,
  createChainJudge,
  type Gap,
  type JournalHead,
  type JournalRow,
  judgeChain,
  judgeHead,
  mergeGaps,
  parseRows,
  toCheckpoint,
  toRow,
} from '../journal-row.ts'
import { describeEnd, type EndSight, type JournalEnd, judgeEnd } from '../judge-end.ts'
import { keepMsOf, type Retention } from '../retention.ts'
import { createPrivateFile } from './create-file.ts'
import { type KeptHead, noteHead, readKeptHead } from './kept-head.ts'
import { isBusy, toSqliteFault } from './sqlite-fault.ts'

const SCHEMA_VERSION = 1

/** How long an append waits for that of another process. */
const APPEND_PATIENCE_MS = 5_000

/**
 * How long it waits between two attempts. SQLite's own wait grows to 100 ms, and of several processes that append one event after
 * another it lets one starve for longer than its patience: the lock is free for a tenth of a millisecond at a time.
 */
const APPEND_PAUSE_MS = 1

const STAY =
  "CREATE TRIGGER IF NOT EXISTS events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;"

const schema = `
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY, at_ms REAL NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
    data TEXT NOT NULL, previous TEXT NOT NULL, checksum TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS events_by_kind ON events (kind, seq);
  CREATE INDEX IF NOT EXISTS events_by_subject ON events (subject, seq);
  CREATE TRIGGER IF NOT EXISTS events_keep BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
  ${STAY}
  PRAGMA user_version = ${SCHEMA_VERSION};
`

export interface JournalOptions {
  readonly path: string
  /** Ms since the epoch. */
  readonly now: () => number
  /** Whether the last row is noted in `<path>-head`, by which a journal is seen that was cut off, emptied or removed. It is where nothing is said. */
  readonly keepsHead?: boolean
}

/** The journal in one file, which the first append creates. */
export function openJournal({ path, now, keepsHead = true }: JournalOptions): Journal {
  const headPath = keepsHead ? `${path}-head` : null
  let writer: DatabaseSync | null = null
  let inode: number | null = null

  function openWriter(): DatabaseSync {
    // A file that was moved away under it must not be written on: nobody would read that, and it would be told as the journal that is there.
    if (writer !== null && isElsewhere(path, inode)) close()
    if (writer === null) {
      writer = prepareWriter(path)
      inode = statSync(path).ino
    }
    return writer
  }

  function close(): void {
    writer?.close()
    writer = null
  }

  function append(fresh: NewEvent): Event {
    return guard('writing', path, () => {
      const database = openWriter()
      patiently(() => database.exec('BEGIN IMMEDIATE'))
      try {
        const last = database.prepare('SELECT seq, checksum FROM events ORDER BY seq DESC LIMIT 1').get() as
          | Pick<JournalRow, 'seq' | 'checksum'>
          | undefined
        const full = event.parse({ seq: (last?.seq ?? 0) + 1, at_ms: now(), ...fresh })
        const row = toRow(full, last?.checksum ?? '', sha256)
        insertRow(database, row)
        const mayNote = headPath !== null && isWholeFor(database, headPath)
        database.exec('COMMIT')
        if (mayNote) tryNote(headPath, row)
        return full
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK')
        throw error
      }
    })
  }

  function select(filter: EventFilter): JournalRow[] {
    return guard('reading', path, () => {
      const database = writer
      return database === null ? readOnly(path, (reader) => selectRows(reader, filter), []) : patiently(() => selectRows(database, filter))
    })
  }

  function lookAtEnd(): JournalEnd {
    // The head first: what is appended meanwhile is more than it knows, never less.
    const kept = headPath === null ? null : readKeptHead(headPath)
    if (kept === null || kept.kind === 'none') return { kind: 'whole' }
    if (kept.kind === 'unreadable') return { kind: 'head-unreadable' }
    if (!existsSync(path)) return { kind: 'missing', kept: kept.head }
    const empty = { kept: kept.head, checksum: null, lastSeq: 0, checkpointSeq: 0 }
    return judgeEnd(guard('reading', path, () => readOnly(path, (database) => toSight(database, kept.head), empty)))
  }

  /** Twice where it is not whole: another process may be in the middle of noting a head, or of putting the file in its place. */
  function endOf(): JournalEnd {
    const first = lookAtEnd()
    return first.kind === 'whole' ? first : lookAtEnd()
  }

  return {
    append,
    read: (filter = {}) => parseRows(select(filter), sha256),
    head: () => {
      const row = select({ limit: 1 }).at(-1)
      return row === undefined ? null : { seq: row.seq, checksum: row.checksum }
    },
    verify: (kept) => {
      const rows = select({})
      return [...judgeChain(rows, sha256), ...(kept === undefined ? [] : judgeHead(rows, kept))]
    },
    compact: async (retention, limit, slices = { rows: SLICE_ROWS, pause: async () => true }) => {
      if (!existsSync(path)) return { kind: 'compacted', removed: 0 }
      const survey = createSurvey({ retention, limit, nowMs: now() })
      const database = guard('reading', path, openWriter)
      let lastSeq = 0
      const begun = guard('reading', path, () => patiently(() => newestCheckpoint(database)))
      for (;;) {
        const rows = guard('reading', path, () => patiently(() => selectSlice(database, lastSeq, slices.rows)))
        survey.take(rows)
        lastSeq = rows.at(-1)?.seq ?? lastSeq
        if (rows.length < slices.rows) break
        // One file throughout: it is closed where another was put in its place meanwhile, and what was seen of it is of no use.
        if (!(await slices.pause()) || writer !== database) return { kind: 'compacted', removed: 0 }
      }
      const { damage, gaps, old } = survey.end(lastSeq)
      const end = endOf()
      if (end.kind !== 'whole') return { kind: 'damaged', damage: [...damage, { seq: lastSeq + 1, why: describeEnd(end) }] }
      // Somebody else compacted between two slices: rows that this walk counted on are gone, and none of them is missed.
      if (begun !== guard('reading', path, () => patiently(() => newestCheckpoint(database)))) return { kind: 'compacted', removed: 0 }
      if (damage.length > 0) return { kind: 'damaged', damage }
      if (old.length === 0) return { kind: 'compacted', removed: 0 }
      const removed = old.filter(({ kind }) => kind !== CHECKPOINT_KIND).length
      const isDone = guard('compacting', path, () => removeRows(database, { old, gaps: mergeGaps(gaps, old), nowMs: now() }))
      return { kind: 'compacted', removed: isDone ? removed : 0 }
    },
    end: endOf,
    close,
  }
}

/** Whether another file lies there by now, or none. Where nobody may look, the one that is open is still the best there is. */
function isElsewhere(path: string, inode: number | null): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.ino !== inode
  } catch {
    return false
  }
}

/** A head that cannot be noted, on a full disk or in a folder of another user, lags behind; what happened is recorded none the less. */
function tryNote(path: string, { seq, checksum }: JournalHead): void {
  try {
    noteHead(path, { seq, checksum })
  } catch {
    // The next row that is noted makes up for it.
  }
}

/** Whether the head may move on. Where rows were cut off it stays, or the next event would hide that. */
function isWholeFor(database: DatabaseSync, headPath: string): boolean {
  const kept = tryRead(headPath)
  if (kept.kind !== 'kept') return kept.kind === 'none'
  return judgeEnd(toSight(database, kept.head)).kind === 'whole'
}

function tryRead(headPath: string): KeptHead {
  try {
    return readKeptHead(headPath)
  } catch {
    return { kind: 'unreadable' }
  }
}

function toSight(database: DatabaseSync, kept: JournalHead): EndSight {
  const row = database.prepare('SELECT checksum FROM events WHERE seq = ?').get(kept.seq)
  const last = database.prepare('SELECT max(seq) AS seq FROM events').get()
  return {
    kept,
    checksum: row === undefined ? null : String(row['checksum']),
    lastSeq: Number(last?.['seq'] ?? 0),
    checkpointSeq: newestCheckpoint(database),
  }
}

/** So many rows are judged within some milliseconds. */
const SLICE_ROWS = 1_000

interface CompactionRequest {
  readonly retention: Retention
  readonly limit: number
  readonly nowMs: number
}

type OldRow = Pick<JournalRow, 'seq' | 'kind' | 'previous' | 'checksum'>

/** One walk over the rows: is the chain whole, and which of them are older than their kind is kept, or a checkpoint that the next one replaces. */
function createSurvey({ retention, limit, nowMs }: CompactionRequest) {
  const judge = createChainJudge(sha256)
  const keepMs = new Map<string, number>()
  const old: OldRow[] = []
  const checkpoints: OldRow[] = []

  function note({ seq, kind, at_ms, previous, checksum }: JournalRow): void {
    const row = { seq, kind, previous, checksum }
    if (kind === CHECKPOINT_KIND) {
      checkpoints.push(row)
      return
    }
    if (old.length >= limit) return
    const longest = keepMs.get(kind) ?? keepMsOf(kind, retention)
    keepMs.set(kind, longest)
    if (at_ms < nowMs - longest) old.push(row)
  }

  return {
    take(rows: readonly JournalRow[]): void {
      judge.take(rows)
      for (const row of rows) note(row)
    },
    /** Never one of the newest. */
    end(lastSeq: number) {
      const newest = Math.min(lastSeq - 1, lastSeq - retention.keepNewest)
      const gone = old.filter(({ seq }) => seq <= newest)
      return { ...judge.end(), old: gone.length === 0 ? [] : [...gone, ...checkpoints.filter(({ seq }) => seq < lastSeq)] }
    },
  }
}

function selectSlice(database: DatabaseSync, afterSeq: number, rows: number): JournalRow[] {
  return database.prepare('SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?').all(afterSeq, rows) as unknown as JournalRow[]
}

/** Its number; 0 where nothing was ever compacted. */
function newestCheckpoint(database: DatabaseSync): number {
  const row = database.prepare('SELECT max(seq) AS seq FROM events WHERE kind = ?').get(CHECKPOINT_KIND)
  return Number(row?.['seq'] ?? 0)
}

interface Removal {
  readonly old: readonly OldRow[]
  readonly gaps: readonly Gap[]
  readonly nowMs: number
}

/** In one transaction, so that a kill leaves the journal as it was or as it is to be. False where somebody else compacted meanwhile. */
function removeRows(database: DatabaseSync, { old, gaps, nowMs }: Removal): boolean {
  patiently(() => database.exec('BEGIN IMMEDIATE'))
  try {
    const last = database.prepare('SELECT seq, checksum FROM events ORDER BY seq DESC LIMIT 1').get() as unknown as JournalHead
    database.exec('DROP TRIGGER events_stay')
    const remove = database.prepare('DELETE FROM events WHERE seq = ?')
    if (!old.every(({ seq }) => remove.run(seq).changes === 1)) {
      database.exec('ROLLBACK')
      return false
    }
    database.exec(STAY)
    const data = toCheckpoint(gaps, sha256)
    insertRow(database, toRow({ seq: last.seq + 1, at_ms: nowMs, kind: CHECKPOINT_KIND, subject: 'journal', data }, last.checksum, sha256))
    database.exec('COMMIT')
    return true
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function insertRow(database: DatabaseSync, row: JournalRow): void {
  database.prepare('INSERT INTO events VALUES (:seq, :at_ms, :kind, :subject, :data, :previous, :checksum)').run({ ...row })
}

function prepareWriter(path: string): DatabaseSync {
  createPrivateFile(path)
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    patiently(() => {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
      if (requireKnownVersion(database, path) < SCHEMA_VERSION) database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`)
    })
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Tries until no other process is in the way. */
function patiently<T>(effect: () => T): T {
  const deadline = performance.now() + APPEND_PATIENCE_MS
  for (;;) {
    try {
      return effect()
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, APPEND_PAUSE_MS)
    }
  }
}

function selectRows(database: DatabaseSync, { afterSeq = 0, sinceMs, kind, subject, limit }: EventFilter): JournalRow[] {
  const conditions = [
    'seq > :afterSeq',
    ...(sinceMs === undefined ? [] : ['at_ms >= :sinceMs']),
    ...(kind === undefined ? [] : ['kind = :kind']),
    ...(subject === undefined ? [] : ['subject = :subject']),
  ]
  const newest = `SELECT * FROM events WHERE ${conditions.join(' AND ')} ORDER BY seq DESC LIMIT :limit`
  const values: Record<string, SQLInputValue> = {
    afterSeq,
    limit: limit ?? -1,
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(kind === undefined ? {} : { kind }),
    ...(subject === undefined ? {} : { subject }),
  }
  return database.prepare(`SELECT * FROM (${newest}) ORDER BY seq`).all(values) as unknown as JournalRow[]
}

/**
 * Reads without a trace. A reader of a WAL database makes files beside it, so one that no writer has open is read as immutable;
 * if a writer came meanwhile, what was read is read again in the ordinary way. `none` where there is no table yet.
 */
function readOnly<T>(path: string, query: (database: DatabaseSync) => T, none: T): T {
  if (!existsSync(path)) return none
  const plainly = () => queryFrom(path, path, query, none)
  if (existsSync(`${path}-wal`)) return plainly()
  const before = statSync(path)
  const url = pathToFileURL(path)
  url.search = '?immutable=1'
  const hasMoved = () => existsSync(`${path}-wal`) || statSync(path).mtimeMs !== before.mtimeMs
  try {
    const seen = queryFrom(url, path, query, none)
    return hasMoved() ? plainly() : seen
  } catch (error) {
    if (hasMoved()) return plainly()
    throw error
  }
}

function queryFrom<T>(location: string | URL, path: string, query: (database: DatabaseSync) => T, none: T): T {
  const database = new DatabaseSync(location, { readOnly: true, timeout: APPEND_PATIENCE_MS })
  try {
    return requireKnownVersion(database, path) === 0 ? none : query(database)
  } finally {
    database.close()
  }
}

/** 0 for a database that has no table yet. */
function requireKnownVersion(database: DatabaseSync, path: string): number {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version > SCHEMA_VERSION)
    throw new Fault(
      'UNAVAILABLE',
      `${path} was written by a newer Sanctum (version ${version} of its form, this one knows ${SCHEMA_VERSION})`,
      {
        path,
        hint: 'Use the newer Sanctum, or move the file away.',
      },
    )
  return version
}

function guard<T>(doing: string, path: string, effect: () => T): T {
  try {
    return effect()
  } catch (error) {
    throw toSqliteFault(error, doing, path)
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
