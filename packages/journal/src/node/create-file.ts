import { closeSync, existsSync, fchmodSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { toFault } from '@sanctum/contracts'

/**
 * Makes an empty file that only its owner may read, with its folder; one that exists is not even opened: closing it would
 * free every lock that this process holds on it.
 */
export function createPrivateFile(path: string): void {
  if (existsSync(path)) return
  try {
    makeFolder(dirname(path))
    const descriptor = openSync(path, 'wx', 0o600)
    fchmodSync(descriptor, 0o600)
    closeSync(descriptor)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return
    throw toFault(error, 'creating', path)
  }
}

/** Step by step: the recursive call of Node says of a read-only disk that there is no such folder. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return
    throw toFault(error, 'creating', path)
  }
}
