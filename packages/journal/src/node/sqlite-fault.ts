import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { Fault, type FaultCode, toFault } from '@sanctum/contracts'

/** Primary result codes of SQLite (sqlite.org/rescode.html) that are the world's fault, not a bug of ours. */
const faults: Readonly<Record<number, readonly [FaultCode, string]>> = {
  3: ['NOT_PERMITTED', 'SQLITE_PERM'],
  5: ['LOCKED', 'SQLITE_BUSY'],
  8: ['READ_ONLY', 'SQLITE_READONLY'],
  10: ['WRITE_FAILED', 'SQLITE_IOERR'],
  11: ['DAMAGED', 'SQLITE_CORRUPT'],
  13: ['DISK_FULL', 'SQLITE_FULL'],
  14: ['WRITE_FAILED', 'SQLITE_CANTOPEN'],
  26: ['DAMAGED', 'SQLITE_NOTADB'],
}

/** Turns an error of SQLite into a Fault that names the file; other errors pass unchanged. */
export function toSqliteFault(error: unknown, doing: string, path: string): unknown {
  const [code, errno] = faults[primaryCodeOf(error) ?? -1] ?? []
  if (code === undefined || errno === undefined) return error
  const cause = errno === 'SQLITE_CANTOPEN' ? findObstacle(path) : null
  if (cause !== null) return toFault(cause, doing, path)
  const hint = code === 'DAMAGED' ? { hint: wayBackFrom(path) } : {}
  return new Fault(code, `${doing} ${path} failed: ${errno}`, { path, errno, cause: error, retryable: code === 'LOCKED', ...hint })
}

/** Nothing mends such a file, be it the journal, the ledger of stability or the lock: only a new one does, without what the old one held. */
function wayBackFrom(path: string): string {
  return `Move ${path} and the files that begin with its name to another folder; after sanctumctl restart watchdog a new one begins, without what it held.`
}

/** SQLite keeps to itself why the system did not open one of its files; asking again tells, unless it was only for a moment. */
function findObstacle(path: string): unknown {
  try {
    accessSync(dirname(path), constants.W_OK)
    for (const file of [path, `${path}-wal`, `${path}-shm`].filter((each) => existsSync(each))) closeSync(openSync(file, 'r+'))
    return null
  } catch (error) {
    return error
  }
}

export function isBusy(error: unknown): boolean {
  return primaryCodeOf(error) === 5
}

function primaryCodeOf(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : null
}
