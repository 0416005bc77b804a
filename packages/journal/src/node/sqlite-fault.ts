import { Fault, type FaultCode } from '@sanctum/contracts'

/** Primary result codes of SQLite (sqlite.org/rescode.html) that are the world's fault, not a bug of ours. */
const faults: Readonly<Record<number, readonly [FaultCode, string]>> = {
  3: ['NOT_PERMITTED', 'SQLITE_PERM'],
  5: ['LOCKED', 'SQLITE_BUSY'],
  8: ['READ_ONLY', 'SQLITE_READONLY'],
  10: ['WRITE_FAILED', 'SQLITE_IOERR'],
  11: ['DAMAGED', 'SQLITE_CORRUPT'],
  13: ['DISK_FULL', 'SQLITE_FULL'],
  14: ['NOT_PERMITTED', 'SQLITE_CANTOPEN'],
  26: ['DAMAGED', 'SQLITE_NOTADB'],
}

/** Turns an error of SQLite into a Fault that names the file; other errors pass unchanged. */
export function toSqliteFault(error: unknown, doing: string, path: string): unknown {
  const [code, errno] = faults[primaryCodeOf(error) ?? -1] ?? []
  if (code === undefined || errno === undefined) return error
  return new Fault(code, `${doing} ${path} failed: ${errno}`, { path, errno, cause: error, retryable: code === 'LOCKED' })
}

export function isBusy(error: unknown): boolean {
  return primaryCodeOf(error) === 5
}

function primaryCodeOf(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : null
}
