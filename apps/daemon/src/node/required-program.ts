import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `sanctumctl` of this installation: it lies beside this program. */
export function findRequiredProgram(): readonly string[] {
  return [process.execPath, join(dirname(fileURLToPath(import.meta.url)), 'sanctumctl.js')]
}

/** Asked every few seconds, so it opens nothing. */
export function hasLedger(home: string): boolean {
  return existsSync(join(home, 'state/soak.db'))
}
