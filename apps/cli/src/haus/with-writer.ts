import { Fault } from '@sanctum/contracts'
import { type CommandContext, Refused } from '../command.ts'

/** Runs the work as the single writer of this home; refuses at once while another run is at it. */
export async function withWriter<T>({ ports, global }: CommandContext, work: () => Promise<T>): Promise<T> {
  // A dry run writes nothing, so it needs no lock; its ports would refuse to write anyway.
  if (global.dryRun) return work()
  const attempt = await ports.lock()
  if (attempt.kind === 'busy')
    throw new Fault(
      'LOCKED',
      `another run is at work on ${ports.files.toShown(ports.home)}${attempt.holder === null ? '' : `: ${attempt.holder}`}`,
      { retryable: true },
    )
  try {
    return await work()
  } finally {
    attempt.release()
  }
}

/** Stops with these findings if one of them is an error. */
export function refuseErrors(findings: Refused['findings']): void {
  if (findings.some(({ severity }) => severity === 'error')) throw new Refused(findings)
}
