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
import { keepMsOf, type Retention } from '../retention.ts'
import { createPrivateFile } from './create-file.ts'
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

/** The journal in one file, which the first append creates. `now` gives ms since the epoch. */
export function openJournal({ path, now }: { readonly path: string; readonly now: () => number }): Journal {
  let writer: DatabaseSync | null = null

  function openWriter(): DatabaseSync {
    writer ??= prepareWriter(path)
    return writer
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
        database.exec('COMMIT')
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
      return database === null ? selectReadOnly(path, filter) : patiently(() => selectRows(database, filter))
    })
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
      let lastSeq = 0
      const begun = guard('reading', path, () => patiently(() => newestCheckpoint(openWriter())))
      for (;;) {
        const rows = guard('reading', path, () => patiently(() => selectSlice(openWriter(), lastSeq, slices.rows)))
        survey.take(rows)
        lastSeq = rows.at(-1)?.seq ?? lastSeq
        if (rows.length < slices.rows) break
        if (!(await slices.pause())) return { kind: 'compacted', removed: 0 }
      }
      const { damage, gaps, old } = survey.end(lastSeq)
      // Somebody else compacted between two slices: rows that this walk counted on are gone, and none of them is missed.
      if (begun !== guard('reading', path, () => patiently(() => newestCheckpoint(openWriter())))) return { kind: 'compacted', removed: 0 }
      if (damage.length > 0) return { kind: 'damaged', damage }
      if (old.length === 0) return { kind: 'compacted', removed: 0 }
      const removed = old.filter(({ kind }) => kind !== CHECKPOINT_KIND).length
      const isDone = guard('compacting', path, () => removeRows(openWriter(), { old, gaps: mergeGaps(gaps, old), nowMs: now() }))
      return { kind: 'compacted', removed: isDone ? removed : 0 }
    },
    close: () => {
      writer?.close()
      writer = null
    },
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
 * if a writer came meanwhile, what was read is read again in the ordinary way.
 */
function selectReadOnly(path: string, filter: EventFilter): JournalRow[] {
  if (!existsSync(path)) return []
  if (existsSync(`${path}-wal`)) return selectFrom(path, path, filter)
  const before = statSync(path)
  const url = pathToFileURL(path)
  url.search = '?immutable=1'
  const attempt = () => selectFrom(url, path, filter)
  const hasMoved = () => existsSync(`${path}-wal`) || statSync(path).mtimeMs !== before.mtimeMs
  try {
    const rows = attempt()
    return hasMoved() ? selectFrom(path, path, filter) : rows
  } catch (error) {
    if (hasMoved()) return selectFrom(path, path, filter)
    throw error
  }
}

function selectFrom(location: string | URL, path: string, filter: EventFilter): JournalRow[] {
  const database = new DatabaseSync(location, { readOnly: true, timeout: APPEND_PATIENCE_MS })
  try {
    return requireKnownVersion(database, path) === 0 ? [] : selectRows(database, filter)
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
