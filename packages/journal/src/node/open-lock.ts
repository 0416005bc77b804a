import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Acquisition, Lock, LockState } from '../lock.ts'
import { createPrivateFile } from './create-file.ts'
import { findHolder } from './find-holder.ts'
import { isBusy, toSqliteFault } from './sqlite-fault.ts'

const RETRY_EVERY_MS = 20

/** The lock in one empty file, which the first acquisition creates. Nothing is ever written to it. */
export function openLock({ path }: { readonly path: string }): Lock {
  return {
    acquire: async ({ waitMs = 0 } = {}) => {
      const deadline = performance.now() + waitMs
      for (;;) {
        const acquisition = tryAcquire(path)
        const leftMs = deadline - performance.now()
        if (acquisition.kind === 'held' || leftMs <= 0) return acquisition
        await sleep(Math.min(RETRY_EVERY_MS, leftMs))
      }
    },
    inspect: () => inspect(path),
  }
}

function tryAcquire(path: string): Acquisition {
  createPrivateFile(path)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    // With its rollback journal in memory, an exclusive transaction that writes nothing is a lock and nothing else.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    if (isBusy(error)) return { kind: 'busy', holder: findHolder(path) ?? { pid: null, command: null, sinceMs: null } }
    throw toSqliteFault(error, 'locking', path)
  }
  const mine = database
  held.add(mine)
  return {
    kind: 'held',
    release: () => {
      if (held.delete(mine)) mine.close()
    },
  }
}

/** A database that nobody refers to any more is closed by the garbage collector, and its lock with it. */
const held = new Set<DatabaseSync>()

function inspect(path: string): LockState {
  if (!existsSync(path)) return { kind: 'free' }
  const holder = findHolder(path)
  if (holder === null) return { kind: 'free' }
  if (holder.pid !== null) return { kind: 'held', holder }
  // The kernel does not say: only asking for the lock tells.
  const acquisition = tryAcquire(path)
  if (acquisition.kind === 'busy') return { kind: 'held', holder }
  acquisition.release()
  return { kind: 'free' }
}
