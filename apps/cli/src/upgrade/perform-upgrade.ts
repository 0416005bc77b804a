import { Fault, type UpgradeDocument, type UpgradeStep } from '@sanctum/contracts'
import { reduceUpgrade, toShort, type UpgradeEvent } from '@sanctum/upgrade'
import { type CommandContext, Interrupted } from '../command.ts'
import type { UpgradePort } from '../ports.ts'
import { bringBack } from './bring-back.ts'
import { noteEnd } from './note-end.ts'
import { keepUpgrade } from './upgrade-record.ts'
import { type StepEnd, type StepParts, upgradeSteps } from './upgrade-steps.ts'

/** What an upgrade came to. */
export interface PerformedUpgrade {
  readonly run: UpgradeDocument
  /** The step that failed could not have what it needs. */
  readonly isUnavailable: boolean
}

/** Performs what the reducer says, one act after the other; the record is durable before each. The caller holds the lock of upgrades. */
export async function performUpgrade(
  context: CommandContext,
  port: UpgradePort,
  { run: begun, catalog, known }: { readonly run: UpgradeDocument; readonly catalog: string; readonly known: ReadonlySet<string> },
): Promise<PerformedUpgrade> {
  const { ports, say, signal } = context
  const { kind, from, to, change, despite, id } = begun
  let isUnavailable = false
  let move = reduceUpgrade(begun, { kind: 'begun' })
  await keepUpgrade(ports, move.run)
  ports.journal.append({ kind: 'upgrade-begun', subject: toShort(to), data: { id, kind, from, to, change, despite } })
  while (move.act.do !== 'end') {
    const { run, act } = move
    if (act.do === 'go-back') {
      say(`${act.why}; going back to ${toShort(from)}`)
      move = reduceUpgrade(run, await goBack(context, port, run, act.why))
    } else {
      const { event, end } = await performStep(act.step, run, { context, port, catalog, known })
      isUnavailable = end.kind === 'failed' && end.isUnavailable === true
      move = reduceUpgrade(run, event)
    }
    // What the record says already has it taken back; that it cannot be written anew must not keep anybody from that.
    if (move.act.do === 'go-back') await keepUpgrade(ports, move.run).catch(tellFault(say))
    else if (move.act.do === 'step') await keepUpgrade(ports, move.run)
  }
  const { outcome, why } = move.run
  // A disk that is full keeps the end from being noted, and nobody from being told how it ended: the next command goes by what stands there.
  const isBack = outcome === 'reverted' || outcome === 'stuck'
  await (isBack ? noteEnd(ports, move.run).catch(tellFault(say)) : noteEnd(ports, move.run))
  // What came to hold although it was told to stop is reported like any other.
  if (signal.aborted && outcome !== 'done' && outcome !== 'unfinished') {
    say(`the ${kind} is ${outcome}: ${why ?? 'it was told to stop'}`)
    throw new Interrupted()
  }
  return { run: move.run, isUnavailable }
}

async function goBack(context: CommandContext, port: UpgradePort, run: UpgradeDocument, why: string): Promise<UpgradeEvent> {
  try {
    const stuck = await bringBack(context, port, run, why)
    return stuck === null ? { kind: 'gone-back' } : { kind: 'not-gone-back', why: stuck }
  } catch (error) {
    if (error instanceof Fault) return { kind: 'not-gone-back', why: error.message }
    throw error
  }
}

async function performStep(
  step: UpgradeStep,
  run: UpgradeDocument,
  parts: Omit<StepParts, 'onStart'>,
): Promise<{ event: UpgradeEvent; end: StepEnd }> {
  const { ports, say } = parts.context
  const place = `[${run.plan.indexOf(step) + 1}/${run.plan.length}] ${step}`
  say(`${place} …`)
  const begun = ports.clock.monotonic()
  const onStart = (pid: number) => keepUpgrade(ports, { ...run, child: ports.machine.identify(pid) })
  const end = await endOf(step, run, { ...parts, onStart })
  const tookMs = Math.round(ports.clock.monotonic() - begun)
  const says = `${end.says ?? 'done'} (${(tookMs / 1000).toFixed(1)} s)`
  say(end.kind === 'done' ? `${place}: ${says}` : `${place} failed: ${says}`)
  try {
    ports.journal.append({
      kind: 'upgrade-step-ended',
      subject: toShort(run.to),
      data: { id: run.id, step, outcome: end.kind, took_ms: tookMs, says: end.says },
    })
  } catch (error) {
    tellFault(say)(error)
  }
  if (end.kind === 'failed') return { event: { kind: 'step-failed', tookMs, says: end.says }, end }
  const generation = end.generation === undefined ? {} : { generation: end.generation }
  return { event: { kind: 'step-done', tookMs, says: end.says, ...generation }, end }
}

/** What the machine refuses fails the step; a bug crashes, and the next command takes the upgrade back. */
async function endOf(step: UpgradeStep, run: UpgradeDocument, parts: StepParts): Promise<StepEnd> {
  const { signal } = parts.context
  // Behind the confirmation there is no way back, so the checkout follows all the same.
  if (signal.aborted && step !== 'fast-forward') return { kind: 'failed', says: 'it was told to stop' }
  if (step === 'fetch' || step === 'classify') throw new Error(`${step} is over before an upgrade begins`)
  try {
    return await upgradeSteps[step](run, parts)
  } catch (error) {
    if (error instanceof Fault) return { kind: 'failed', says: error.message, isUnavailable: error.code === 'UNAVAILABLE' }
    throw error
  }
}

/** What the machine refuses is said, and stops nothing; a bug is thrown on. */
function tellFault(say: CommandContext['say']): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Fault)) throw error
    say(error.message)
  }
}
