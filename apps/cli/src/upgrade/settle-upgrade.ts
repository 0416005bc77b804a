import { Fault, type Finding } from '@sanctum/contracts'
import { numberOf } from '@sanctum/generations'
import { judgeUpgrade, toShort } from '@sanctum/upgrade'
import type { CommandContext } from '../command.ts'

/** How a command goes on after an upgrade was put in order. */
export type GoesOn =
  /** By its own code, which must not be another than that which holds. */
  | 'by-itself'
  /** By programs of the revisions. */
  | 'by-revisions'
  /** It only goes back. */
  | 'not'

/**
 * Puts an upgrade in order that was cut off: one that was confirmed is finished, any other is taken back. What was on trial has gone back
 * already. The findings say what was done. Beside one that is at work nothing else may change this machine, but what works for it.
 */
export async function settleUpgrade(context: CommandContext, goesOn: GoesOn): Promise<readonly Finding[]> {
  const { readUpgrade } = await import('./upgrade-record.ts')
  const { ports, global } = context
  const run = await readUpgrade(ports)
  if (global.dryRun || run === null || run.outcome !== null) return []
  if (ports.machine.isAlive(run.by)) {
    if (goesOn === 'not' || context.options['onTrialFor'] === String(run.by.pid)) return []
    throw new Fault('LOCKED', `the ${run.kind} to ${toShort(run.to)} is at work: ${run.step ?? 'it begins'}`, { retryable: true })
  }
  const { takeBackOrFinish } = await import('./take-back-or-finish.ts')
  const port = await ports.upgrade()
  const lock = await port.lock(PATIENCE_MS)
  if (lock === null) throw new Fault('LOCKED', `another run puts the ${run.kind} in order that was cut off`, { retryable: true })
  try {
    const now = await readUpgrade(ports)
    const { current, confirmed } = ports.generations([]).readPointers()
    const isRunnerAlive = now !== null && ports.machine.isAlive(now.by)
    const judgement = judgeUpgrade(now, { isRunnerAlive, current: numberOf(current), confirmed: numberOf(confirmed) })
    if (now === null || judgement.kind === 'none' || judgement.kind === 'running') return []
    const settled = await takeBackOrFinish(context, port, { run: now, judgement })
    const isOther = judgement.kind === 'finish' && port.installation.root !== port.versions.folder(now.to)
    if (isOther && goesOn === 'by-itself')
      throw new Fault('LOCKED', `${settled[0]?.message ?? `the ${now.kind} was finished`}, and this is the program from before it`, {
        hint: 'Run the same command again; the new program does it then.',
        retryable: true,
      })
    return settled
  } finally {
    lock.release()
  }
}

const PATIENCE_MS = 60_000
