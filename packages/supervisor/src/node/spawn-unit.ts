import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import type { EmbeddedUnit } from '@sanctum/contracts'
import { marks } from './process-table.ts'

/** Of the process that starts others; only PATH, HOME, USER, LANG and TZ of it are handed on. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface UnitStart {
  readonly definition: EmbeddedUnit
  readonly home: string
  readonly incarnation: string
  /** Written by a job with its exit code when it ends, so that its end is known even to a supervisor that did not start it; null for a daemon. */
  readonly endFile: string | null
  readonly environment: Environment
}

/**
 * Starts the process of a unit: in a session of its own, so that no terminal takes it along; with files for what it writes, so that it
 * survives whoever reads; with no permission for group and others on what it makes; and with no environment but its own.
 * Throws what opening its logs throws; whether the program could be started comes as an event of the child.
 */
export function spawnUnit({ definition, home, incarnation, endFile, environment }: UnitStart): ChildProcess {
  const out = openLog(definition.stdout)
  const err = definition.stderr === definition.stdout ? out : openLog(definition.stderr)
  const [program, ...args] = endFile === null ? definition.command : [...recorder, endFile, ...definition.command]
  const mask = process.umask(0o077)
  try {
    const child = spawn(program as string, args, {
      cwd: definition.cwd,
      detached: true,
      stdio: ['ignore', out, err],
      env: {
        ...baseOf(environment),
        ...definition.env,
        [marks.service]: definition.service,
        [marks.incarnation]: incarnation,
        [marks.home]: home,
      },
    })
    child.unref()
    return child
  } finally {
    process.umask(mask)
    for (const file of new Set([out, err])) closeSync(file)
  }
}

/** What a person can do about a start that failed: the system only says ENOENT. */
export function explainSpawnError(error: NodeJS.ErrnoException, { command, cwd }: EmbeddedUnit): string {
  if (error.code === 'ENOENT' && !existsSync(cwd)) return `its working directory ${cwd} does not exist`
  if (error.code === 'ENOENT') return `its program ${command[0]} does not exist`
  if (error.code === 'EACCES') return `its program ${command[0]} may not be executed`
  return `it could not be started: ${error.message}`
}

/** The shell reads none of the words: it only runs them and writes down how they ended. */
const recorder = [
  '/bin/sh',
  '-c',
  'end=$1; shift; "$@"; code=$?; echo "$code" >"$end.tmp" && mv -f "$end.tmp" "$end"; exit "$code"',
  'sanctum-job',
]

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  return openSync(path, 'a', 0o600)
}

function baseOf({ PATH = '/usr/local/bin:/usr/bin:/bin', HOME, USER, LANG, TZ }: Environment): Record<string, string> {
  const { username, homedir } = HOME === undefined || USER === undefined ? readUser() : { username: USER, homedir: HOME }
  return {
    PATH,
    HOME: HOME ?? homedir,
    USER: USER ?? username,
    ...(LANG === undefined ? {} : { LANG }),
    ...(TZ === undefined ? {} : { TZ }),
  }
}

/** An account without an entry of its own, as in a bare container. */
function readUser(): { username: string; homedir: string } {
  try {
    return userInfo()
  } catch {
    return { username: String(process.getuid?.() ?? ''), homedir: '/' }
  }
}
