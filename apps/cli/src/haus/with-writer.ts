import { Fault } from '@sanctum/contracts'
import { type CommandContext, Refused } from '../command.ts'

/** What works for an upgrade waits for a lock that somebody holds for a moment: refused, it would throw a built revision away. */
const FOR_UPGRADE_MS = 60_000

/** Runs the work as the single writer of this home; refuses while another run is at it, at once unless told to wait. */
export async function withWriter<T>({ ports, global, options }: CommandContext, work: () => Promise<T>, waitMs?: number): Promise<T> {
  // A dry run writes nothing, so it needs no lock; its ports would refuse to write anyway.
  if (global.dryRun) return work()
  const patience = waitMs ?? (options['onTrialFor'] === undefined ? 0 : FOR_UPGRADE_MS)
  const attempt = await (patience === 0 ? ports.lock() : ports.lock({ waitMs: patience }))
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
