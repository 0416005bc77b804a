import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fault, type UnitManagerKind } from '@sanctum/contracts'

export interface ReverterStart {
  readonly home: string
  /** Null where nobody knows. */
  readonly manager: UnitManagerKind | null
  /** Of this process; what a program needs of it is handed on. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** The other program of this package; it lies beside this one. */
const program = join(dirname(fileURLToPath(import.meta.url)), 'sanctumctl.js')

/**
 * Runs `sanctumctl revert` in a session of its own, for the way back may restart this role. systemd ends all that a unit has started
 * and lets it write nowhere else, so there it becomes a unit of its own. Resolves with its exit code.
 */
export async function startReverter({ home, manager, environment }: ReverterStart): Promise<number | null> {
  if (!existsSync(program)) throw new Fault('UNAVAILABLE', `${program} does not exist`, { hint: 'Install Sanctum again.', path: program })
  const env = toEnvironment(home, environment)
  const words = [process.execPath, program, 'revert', '--json']
  const scope = manager === null ? undefined : scopes[manager]
  const [command, ...args] = (scope === undefined ? words : [...toUnit(scope, env), ...words]) as [string, ...string[]]
  const log = await openLog(`${home}/logs/revert.log`)
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(command, args, { detached: true, stdio: ['ignore', log.fd, log.fd], env: { ...env, ...busOf(environment) } })
      child.on('error', reject)
      child.on('close', resolve)
    })
  } finally {
    await log.close()
  }
}

const scopes: Readonly<Partial<Record<UnitManagerKind, readonly string[]>>> = { 'systemd-system': [], 'systemd-user': ['--user'] }

/** `--wait` gives the exit code; `--collect` leaves no failed unit behind. */
function toUnit(scope: readonly string[], env: Readonly<Record<string, string>>): string[] {
  const settings = Object.entries(env).map(([name, value]) => `--setenv=${name}=${value}`)
  return ['systemd-run', ...scope, '--quiet', '--collect', '--wait', ...settings]
}

/** The marks of a unit are not handed on: whoever adopts units would take it for this role. */
function toEnvironment(home: string, { PATH = '/usr/local/bin:/usr/bin:/bin', HOME, USER, LANG, TZ }: ReverterStart['environment']) {
  const handed = { PATH, HOME, USER, LANG, TZ, SANCTUM_HOME: home }
  return Object.fromEntries(Object.entries(handed).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function busOf({ XDG_RUNTIME_DIR, DBUS_SESSION_BUS_ADDRESS }: ReverterStart['environment']): Record<string, string> {
  return {
    ...(XDG_RUNTIME_DIR === undefined ? {} : { XDG_RUNTIME_DIR }),
    ...(DBUS_SESSION_BUS_ADDRESS === undefined ? {} : { DBUS_SESSION_BUS_ADDRESS }),
  }
}

async function openLog(path: string) {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  return await open(path, 'a', 0o600)
}
