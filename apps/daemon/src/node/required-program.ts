import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { SoakWindow } from '@sanctum/journal'

/** `sanctumctl` of this installation: it lies beside this program. */
export function findRequiredProgram(): readonly string[] {
  return [process.execPath, join(dirname(fileURLToPath(import.meta.url)), 'sanctumctl.js')]
}

/** Asked every few seconds, so it opens nothing. */
export function hasLedger(home: string): boolean {
  return existsSync(join(home, 'state/soak.db'))
}

type Environment = Readonly<Record<string, string | undefined>>

/** What a program needs of this role, and what the window says of the haus. The marks of a unit are not handed on: nothing else reads them. */
export function toRequiredEnvironment(home: string, { folder, variables }: SoakWindow, environment: Environment): Environment {
  const { PATH = '/usr/local/bin:/usr/bin:/bin', HOME, USER, LANG, TZ, XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS } = environment
  const handed = { PATH, HOME, USER, LANG, TZ, XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS }
  return { ...handed, SANCTUM_CATALOG: folder, ...variables, SANCTUM_HOME: home }
}
