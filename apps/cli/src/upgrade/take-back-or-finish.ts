import type { Finding, UpgradeDocument, UpgradeOutcome } from '@sanctum/contracts'
import { toFinished, toLeft, toNotTakenBack, toTakenBack, type UpgradeJudgement } from '@sanctum/upgrade'
import type { CommandContext } from '../command.ts'
import { seeTrial } from '../haus/trial.ts'
import { withWriter } from '../haus/with-writer.ts'
import type { Ports, UpgradePort } from '../ports.ts'
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
    await endTrial(context)
    const left = await followCheckout(port, mine, { isResumed: true })
    await close(left === null ? 'done' : 'unfinished', left)
    return [left === null ? toFinished(run) : toLeft(run, left)]
  }
  const why = `it was cut off at ${run.step ?? 'its beginning'}`
  const stuck = judgement.isBack ? null : await bringBack(context, port, mine, why)
  await close(stuck === null ? 'reverted' : 'stuck', stuck === null ? why : `${why}; ${stuck}`)
  return [stuck === null ? toTakenBack(run) : toNotTakenBack(run, stuck)]
}

/** Cut off between the pointer and the end of its trial, a confirmed generation would be told of as one on trial. */
async function endTrial(context: CommandContext): Promise<void> {
  const { ports } = context
  if (ports.generations([]).readTrial() === null) return
  await withWriter(
    context,
    async () => {
      if (seeTrial(ports).judgement.kind === 'none') await ports.generations([]).endTrial()
    },
    WRITER_PATIENCE_MS,
  )
}

const WRITER_PATIENCE_MS = 60_000

/** A checkout that could not follow tries again. The caller holds the lock of upgrades. */
export async function followLeft(ports: Ports, port: UpgradePort, run: UpgradeDocument): Promise<readonly Finding[]> {
  const left = await followCheckout(port, run, {
    isResumed: run.steps.every(({ step, outcome }) => step !== 'fast-forward' || outcome === 'done'),
  })
  if (left !== null) return [toLeft(run, left)]
  await noteEnd(ports, { ...run, outcome: 'done', why: null })
  return [toFinished(run)]
}
