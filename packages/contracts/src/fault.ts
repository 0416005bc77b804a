import type { ExitName } from './exit-codes.ts'
import { scrub } from './scrub.ts'

/** Why the world refused an effect. Each maps to one exit code. */
export const faultCodes = {
  DISK_FULL: { exit: 'cannotWrite', hint: 'Free some space, then run the same command again.' },
  READ_ONLY: { exit: 'cannotWrite', hint: 'Make the file system writable, or choose another SANCTUM_HOME.' },
  WRITE_FAILED: { exit: 'cannotWrite', hint: 'Look at the path named here, then run the same command again.' },
  NOT_PERMITTED: { exit: 'permission', hint: 'Run as the owner of the path named here, or correct its mode.' },
  TOO_MANY_FILES: { exit: 'unavailable', hint: 'Raise the limit of open files (ulimit -n), then run the same command again.' },
  LOCKED: { exit: 'locked', hint: 'Wait for the other run to end, then run the same command again.' },
  OUTSIDE_ROOT: { exit: 'invalid', hint: 'Remove the link or the .. from the path named here; Sanctum writes inside its roots only.' },
  UNIT_MANAGER_FAILED: {
    exit: 'unavailable',
    hint: 'Read the message of the service manager above; sanctumctl doctor --quick names the cause where it can.',
  },
  DAMAGED: { exit: 'stuck', hint: 'Run sanctumctl doctor --quick; it names what is damaged and the way back.' },
  UNAVAILABLE: { exit: 'unavailable', hint: 'Start or install what is named here, then run the same command again.' },
  TIMED_OUT: { exit: 'unavailable', hint: 'Run the same command again; if it times out again, sanctumctl doctor --quick.' },
} as const satisfies Record<string, { exit: ExitName; hint: string }>

export type FaultCode = keyof typeof faultCodes

/** The world failed. Thrown by effects only; a bug is a plain Error. Known secrets are removed from every text. */
export class Fault extends Error {
  readonly code: FaultCode
  readonly hint: string
  readonly retryable: boolean
  readonly path: string | undefined
  /** The operating system's name of the error, such as ENOSPC. */
  readonly errno: string | undefined

  constructor(
    code: FaultCode,
    message: string,
    options: {
      readonly hint?: string
      readonly cause?: unknown
      readonly retryable?: boolean
      readonly path?: string
      readonly errno?: string
    } = {},
  ) {
    super(scrub(message), options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'Fault'
    this.code = code
    this.hint = scrub(options.hint ?? faultCodes[code].hint)
    this.retryable = options.retryable ?? false
    this.path = options.path
    this.errno = options.errno
  }
}

const faultOfErrno: Readonly<Record<string, FaultCode>> = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EROFS: 'READ_ONLY',
  EACCES: 'NOT_PERMITTED',
  EPERM: 'NOT_PERMITTED',
  EMFILE: 'TOO_MANY_FILES',
  ENFILE: 'TOO_MANY_FILES',
}

/** Turns an error of the operating system into a Fault that names path and errno; other errors pass unchanged. */
export function toFault(error: unknown, doing: string, path?: string): unknown {
  if (error instanceof Fault || !isSystemError(error)) return error
  const where = path ?? error.path
  return new Fault(faultOfErrno[error.code] ?? 'WRITE_FAILED', `${doing}${where === undefined ? '' : ` ${where}`} failed: ${error.code}`, {
    cause: error,
    errno: error.code,
    ...(where === undefined ? {} : { path: where }),
  })
}

function isSystemError(error: unknown): error is Error & { code: string; path?: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code)
}
