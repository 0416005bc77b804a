import { Fault, type Finding, hasErrors, type UpgradeDocument } from '@sanctum/contracts'
import { numberOf } from '@sanctum/generations'
import { judgeUpgrade, toLeftCode, toShort } from '@sanctum/upgrade'
import { type CommandContext, Refused } from '../command.ts'
import type { Ports, UpgradePort } from '../ports.ts'
import { findProgram } from './find-program.ts'

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
  const { ports, global } = context
  if (global.dryRun) return []
  const { readRecord, readUpgrade, setAside, toDamage } = await import('./upgrade-record.ts')
  const record = await readRecord(ports)
  if (record.kind === 'none') return []
  if (record.kind === 'damaged') {
    if (goesOn !== 'not') throw new Refused(await toDamage(ports))
    return [await setAside(ports, record.why)]
  }
  const { run } = record
  if (run.outcome === 'unfinished') return settleLeft(context, run, goesOn)
  if (run.outcome !== null) return []
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
    if (judgement.kind === 'left') return []
    const settled = await takeBackOrFinish(context, port, { run: now, judgement })
    // Nothing is changed on top of what could not be taken back; who only goes back is told of it beside its own end.
    if (hasErrors(settled) && goesOn !== 'not') throw new Refused(settled, 'stuck')
    if (judgement.kind === 'finish' && isOtherCode(ports, now, port) && goesOn === 'by-itself')
      throw new Fault('LOCKED', `${settled[0]?.message ?? `the ${now.kind} was finished`}, and this is the program from before it`, {
        hint: 'Run the same command again; the new program does it then.',
        retryable: true,
      })
    return settled
  } finally {
    lock.release()
  }
}

/**
 * The checkout of a confirmed upgrade is asked to follow once more. Where it cannot, only the confirmed build may change this machine: the
 * one that the checkout shows would render its older code over it.
 */
async function settleLeft(context: CommandContext, run: UpgradeDocument, goesOn: GoesOn): Promise<readonly Finding[]> {
  const port = await context.ports.upgrade()
  const lock = await port.lock(0)
  if (lock === null) return []
  try {
    const { followLeft } = await import('./take-back-or-finish.ts')
    const settled = await followLeft(context.ports, port, run)
    if (goesOn === 'by-itself' && isOtherCode(context.ports, run, port))
      throw new Refused([toLeftCode(run, run.why ?? 'it stayed where it is')])
    return settled
  } finally {
    lock.release()
  }
}

/** A change that swapped has its own code; this program is another. */
function isOtherCode(ports: Ports, run: UpgradeDocument, port: UpgradePort): boolean {
  const { installation, versions, self } = port
  if (!run.plan.includes('swap')) return false
  if (versions.read(run.to) !== null) return installation.root !== versions.folder(run.to)
  const program = findProgram(ports, port, run)
  return program !== null && program[1] !== self[1]
}

const PATIENCE_MS = 60_000
