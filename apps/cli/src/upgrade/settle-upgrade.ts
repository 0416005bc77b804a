import { Fault, type Finding } from '@sanctum/contracts'
import { numberOf } from '@sanctum/generations'
import { judgeUpgrade } from '@sanctum/upgrade'
import type { CommandContext } from '../command.ts'

/**
 * Puts an upgrade in order that was cut off: one that was confirmed is finished, any other is taken back. What was on trial has gone back
 * already. The findings say what was done. Whoever works for an upgrade leaves it alone.
 */
export async function settleUpgrade(context: CommandContext): Promise<readonly Finding[]> {
  const { readUpgrade } = await import('./upgrade-record.ts')
  const { ports, global } = context
  const run = await readUpgrade(ports)
  if (global.dryRun || run === null || run.outcome !== null || ports.machine.isAlive(run.by)) return []
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
    return await takeBackOrFinish(context, port, { run: now, judgement })
  } finally {
    lock.release()
  }
}

const PATIENCE_MS = 60_000
