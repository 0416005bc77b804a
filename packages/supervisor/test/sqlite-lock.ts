import { DatabaseSync } from 'node:sqlite'
import type { SupervisorLock } from '@sanctum/supervisor/node'

/** An exclusive lock that the kernel frees when its holder dies. */
export function takeLock(path: string): SupervisorLock {
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return { kind: 'held', release: () => database.close() }
  } catch {
    database.close()
    return { kind: 'busy', holder: 'another supervisor' }
  }
}
