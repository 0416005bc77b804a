import type { Finding, UpgradeDocument, UpgradeOutcome } from '@sanctum/contracts'
import { toFinished, toLeft, toTakenBack, type UpgradeJudgement } from '@sanctum/upgrade'
import type { CommandContext } from '../command.ts'
import type { UpgradePort } from '../ports.ts'
import { bringBack } from './bring-back.ts'
import { followCheckout } from './follow-checkout.ts'
import { noteEnd } from './note-end.ts'
import { keepUpgrade } from './upgrade-record.ts'

interface CutOff {
  readonly run: UpgradeDocument
  readonly judgement: Extract<UpgradeJudgement, { kind: 'finish' | 'take-back' }>
}

/** The caller holds the lock of upgrades. The record names this process meanwhile, so that what it starts leaves the upgrade alone. */
export async function takeBackOrFinish(
  context: CommandContext,
  port: UpgradePort,
  { run, judgement }: CutOff,
): Promise<readonly Finding[]> {
  const { ports, say } = context
  if (run.child !== null) port.endGroup(run.child)
  const mine = { ...run, child: null, by: ports.machine.self() }
  await keepUpgrade(ports, mine)
  say(
    `a ${run.kind} was cut off at ${run.step ?? 'its beginning'}; ${judgement.kind === 'finish' ? 'it is finished now' : 'it is taken back'}`,
  )
  const close = (outcome: UpgradeOutcome, why: string | null) => noteEnd(ports, { ...mine, outcome, why })
  if (judgement.kind === 'finish') {
    const left = await followCheckout(port, mine, { isResumed: true })
    await close(left === null ? 'done' : 'unfinished', left)
    return [left === null ? toFinished(run) : toLeft(run, left)]
  }
  const why = `it was cut off at ${run.step ?? 'its beginning'}`
  const stuck = judgement.isBack ? null : await bringBack(context, port, mine, why)
  await close(stuck === null ? 'reverted' : 'stuck', stuck === null ? why : `${why}; ${stuck}`)
  if (stuck === null) return [toTakenBack(run)]
  return [{ ...toTakenBack(run), code: 'UPGRADE_UNFINISHED', message: `the ${run.kind} was cut off and could not be taken back: ${stuck}` }]
}
