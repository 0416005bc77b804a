import { type ExitName, exitCodes, Fault, faultCodes } from '@sanctum/contracts'
import { parseCommandLine } from './command-line.ts'
import { type Log, toErrorFields } from './log.ts'
import { renderHelp } from './render-help.ts'
import { wireLog, wireRoles } from './wire.ts'

export interface DaemonInput {
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The home folder of the operator. */
  readonly home: string
  readonly version: string
  /** What it was built from; null where nobody knows. */
  readonly revision: string | null
  readonly pid: number
  readonly signal: AbortSignal
  readonly write: { readonly stdout: (text: string) => void; readonly stderr: (text: string) => void }
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly onHangup: (handle: () => void) => void
  readonly onInputEnd: (handle: () => void) => void
  /** Called by a role once its heap may grow as it needs. */
  readonly growNursery: () => void
  /** Hands over what is to be done about an error that nothing catches: it is said, and the exit code is returned. */
  readonly onCrash: (handle: (error: unknown) => number) => void
}

/** Runs what the command line asks for and returns the exit code. */
export async function runDaemon(input: DaemonInput): Promise<number> {
  const line = parseCommandLine(input.argv)
  if (line.kind === 'help') return say(input.write.stdout, renderHelp())
  if (line.kind === 'version') return say(input.write.stdout, `sanctumd ${input.version}`)
  if (line.kind === 'wrong') {
    input.write.stderr(`sanctumd: ${line.message}. ${line.hint}\n`)
    return exitCodes.usage.code
  }
  const log = wireLog(line.role, input.write.stdout)
  input.onCrash((error) => {
    logBug(log, error)
    return exitCodes.bug.code
  })
  const home = line.home ?? input.environment.SANCTUM_HOME ?? `${input.home}/.sanctum`
  if (!home.startsWith('/')) {
    log('error', 'home-invalid', { home, hint: 'Set SANCTUM_HOME to an absolute folder.' })
    return exitCodes.hostConfig.code
  }
  const run = wireRoles(input)[line.role]
  try {
    return exitCodes[await run({ ...line, home, version: input.version, revision: input.revision, signal: input.signal, log })].code
  } catch (error) {
    return exitCodes[toExit(log, error)].code
  }
}

function say(write: (text: string) => void, text: string): number {
  write(`${text}\n`)
  return exitCodes.ok.code
}

function toExit(log: Log, error: unknown): ExitName {
  if (error instanceof Fault) {
    log('error', 'role-failed', { ...toErrorFields(error), ...(error.path === undefined ? {} : { path: error.path }) })
    return faultCodes[error.code].exit
  }
  logBug(log, error)
  return 'bug'
}

function logBug(log: Log, error: unknown): void {
  log('error', 'role-crashed', { ...toErrorFields(error), stack: error instanceof Error ? error.stack : undefined })
}
