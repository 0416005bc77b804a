import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault, type NewEvent, type SoakRow, type SoakRowKind, soakRows, toFault } from '@sanctum/contracts'

import type { Damage, JournalHead } from '../journal-row.ts'
import { parseWindow, type SoakWindow } from '../soak/soak-window.ts'
import { createPrivateFile } from './create-file.ts'
import { readKeptHead, toHeadText } from './kept-head.ts'
import { openJournal } from './open-journal.ts'
import { openLock } from './open-lock.ts'

export interface SoakReading {
  /** Null where no window was ever started. */
  readonly window: SoakWindow | null
  /** What was changed, removed or cut off. With any of it the ledger proves nothing. */
  readonly damage: readonly Damage[]
}

type RowData<Kind extends SoakRowKind> = Omit<SoakRow<Kind>, 'boot_id' | 'up_ms'>

/** The record of a stability window. Two programs write it: who starts a window, and who records. */
export interface SoakLedger {
  read(): SoakReading
  /** Durable when it resolves, and so is the head that is kept beside it. Throws a Fault where the ledger is damaged: nothing is built on that. */
  append<Kind extends SoakRowKind>(kind: Kind, subject: string, data: RowData<Kind>): Promise<void>
  close(): void
}

export interface SoakLedgerOptions {
  /** SANCTUM_HOME/state. */
  readonly folder: string
  readonly now: () => number
  readonly bootId: () => string
  readonly upMs: () => number
}

const PATIENCE_MS = 5_000

export function openSoakLedger({ folder, now, bootId, upMs }: SoakLedgerOptions): SoakLedger {
  const path = join(folder, 'soak.db')
  const headPath = join(folder, 'stability.json')
  const journal = openJournal({ path, now, keepsHead: false })
  const lock = openLock({ path: join(folder, 'soak.lock') })

  function read(): SoakReading {
    // The head first: what is appended meanwhile is more than it knows, never less.
    const kept = readKeptHead(headPath)
    const damage = kept.kind === 'kept' ? journal.verify(kept.head) : journal.verify()
    const { events } = journal.read()
    const unheld = kept.kind === 'unreadable' || (kept.kind === 'none' && events.length > 0) ? [toUnheld(kept.kind, headPath)] : []
    return { window: parseWindow(events), damage: [...unheld, ...damage] }
  }

  async function append(kind: SoakRowKind, subject: string, data: object): Promise<void> {
    const held = await lock.acquire({ waitMs: PATIENCE_MS })
    if (held.kind === 'busy') throw new Fault('LOCKED', `another process writes ${path}`, { path, retryable: true })
    try {
      const [damage] = read().damage
      if (damage !== undefined) throw new Fault('DAMAGED', `${path} is not what was written: row ${damage.seq}: ${damage.why}`, { path })
      journal.append({ kind, subject, data: soakRows[kind].parse({ ...data, boot_id: bootId(), up_ms: upMs() }) } satisfies NewEvent)
      const head = journal.head()
      if (head !== null) writeHead(headPath, head)
    } finally {
      // Rows are rare, and a ledger that was moved away must not be written on through an open file.
      journal.close()
      held.release()
    }
  }

  return { read, append, close: () => journal.close() }
}

function toUnheld(kind: 'none' | 'unreadable', path: string): Damage {
  return { seq: 1, why: kind === 'none' ? `${path} is gone` : `${path} does not say which row is the last` }
}

/** Durable before the lock is let go: a power cut leaves the old head, with which the longer ledger agrees. */
function writeHead(path: string, head: JournalHead): void {
  const beside = `${path}.${process.pid}.new`
  try {
    rmSync(beside, { force: true })
    createPrivateFile(beside)
    writeFileSync(beside, `${toHeadText(head)}\n`)
    flush(beside)
    renameSync(beside, path)
    flush(dirname(path))
  } catch (error) {
    throw toFault(error, 'writing', path)
  }
}

function flush(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
