import { UsageProblem } from '../command.ts'

/** The person at the keyboard, as the system knows them. */
export function whoAsks(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['SUDO_USER'] || environment['USER'] || environment['LOGNAME'] || 'somebody'
}

/** A reason is one line that a person reads. */
export function readReason(given: unknown, what: string): string {
  const reason = typeof given === 'string' ? given.trim() : ''
  if (reason === '') throw new UsageProblem(`${what} needs a reason`, 'Say in a few words why, such as --reason "new disk".')
  if (reason.length > 200 || /[\p{Cc}\p{Cf}]/u.test(reason))
    throw new UsageProblem('a reason is one line of at most 200 characters', 'Say in a few words why.')
  return reason
}
