import { exitCodes, Fault, type FaultCode, type Finding, faultCodes, type TrialDocument } from '@sanctum/contracts'
import { describeTrial, numberOf, toRefused, toReverted } from '@sanctum/generations'
import { type CommandContext, Interrupted } from '../command.ts'
import type { Ports, ReverterEnd } from '../ports.ts'
import { type GoesOn, settleUpgrade } from '../upgrade/settle-upgrade.ts'
import type { Change, SickChange } from './apply-change.ts'
import { seeTrial } from './trial.ts'

/**
 * Lets another process go back from a change that is not well, and says what came of it. The caller holds no lock. Any other change
 * passes as it is. `before`: what was found before the change.
 */
export async function revertChange(context: CommandContext, change: Change | SickChange, before: readonly Finding[] = []): Promise<Change> {
  if (change.kind !== 'sick') return { ...change, findings: [...before, ...change.findings] }
  const { ports, say } = context
  const { trial, ...rest } = change
  say(`generation ${trial.generation} is not well; another process goes back to generation ${trial.goal}`)
  const end = await goBack(context)
  const isBack = isGoneBack(ports, trial) && end.code !== exitCodes.stuck.code
  const findings = [...before, ...change.findings, ...(isBack ? toBack(trial, trial.why, end) : toUntold(trial, end))]
  return { ...rest, kind: isBack ? 'reverted' : 'stuck', generation: currentOf(ports), findings }
}

/** A generation whose trial is over is taken back, by another process, before anything else changes. The findings say what was done. */
export async function revertDueTrial(context: CommandContext, goesOn: GoesOn = 'by-itself'): Promise<readonly Finding[]> {
  const { ports, say, global } = context
  if (global.dryRun) return []
  const { trial, judgement } = seeTrial(ports)
  if (trial === null || judgement.kind !== 'due') return settleUpgrade(context, goesOn)
  say(`${describeTrial(trial, judgement)}; this comes first`)
  const end = await goBack(context)
  if (isGoneBack(ports, trial)) return [...toBack(trial, judgement.why, end).map(soften), ...(await settleUpgrade(context, goesOn))]
  if (end.code === exitCodes.stuck.code) return toTold(end).map(soften)
  throw toFault(trial, end)
}

/** As long as the way back of somebody else may take before it is taken for stuck. */
const OTHER_MS = 120_000
const LOOK_MS = 50

/** The watchdog may be at it already; then the process that was asked has nothing to do, and the end of the other one counts. */
async function goBack({ ports, signal }: CommandContext): Promise<ReverterEnd> {
  const end = await ports.goBack()
  const deadline = ports.clock.monotonic() + OTHER_MS
  while (seeTrial(ports).judgement.kind === 'waiting' && ports.clock.monotonic() < deadline) {
    if (signal.aborted) throw new Interrupted()
    await ports.clock.pause(LOOK_MS, signal)
  }
  return end
}

/** The trial is closed and what it was to go back to holds; whoever did it. */
function isGoneBack(ports: Ports, { goal }: TrialDocument): boolean {
  return currentOf(ports) === goal && seeTrial(ports).judgement.kind === 'none'
}

function currentOf({ generations }: Ports): number | null {
  const { current } = generations([]).readPointers()
  return numberOf(current)
}

function toTold({ answer }: ReverterEnd): readonly Finding[] {
  return answer?.data.findings ?? []
}

/** Where another process was quicker, as the watchdog may be, the one asked had nothing left to do and nothing to tell. */
function toBack(trial: TrialDocument, why: string | null, end: ReverterEnd): readonly Finding[] {
  const told = toTold(end)
  if (told.some(({ code }) => code === 'GENERATION_REVERTED')) return told
  return [toReverted(trial, why ?? 'it was not confirmed'), ...told]
}

/** A way back that was refused has findings of its own; one that was cut short is tried again by the watchdog. */
function toUntold(trial: TrialDocument, end: ReverterEnd): readonly Finding[] {
  const told = toTold(end)
  if (end.code === exitCodes.stuck.code && told.length > 0) return told
  return [...told, toRefused(trial, `${describeEnd(end)}; the watchdog tries again`)]
}

function describeEnd({ code, answer }: ReverterEnd): string {
  const [first] = answer?.errors ?? []
  return first?.message ?? `sanctumctl revert ended with ${code ?? 'a signal'} and without an answer`
}

function toFault(trial: TrialDocument, end: ReverterEnd): Fault {
  const [first] = end.answer?.errors ?? []
  const code: FaultCode = first !== undefined && Object.hasOwn(faultCodes, first.code) ? (first.code as FaultCode) : 'UNAVAILABLE'
  return new Fault(code, `generation ${trial.generation} has to go back to ${trial.goal} first, and that failed: ${describeEnd(end)}`, {
    hint: first?.hint ?? 'Run sanctumctl revert; it says what is in the way.',
    retryable: true,
  })
}

/** What is told of an earlier change does not stop the one that was asked for. */
function soften(finding: Finding): Finding {
  return finding.severity === 'error' ? { ...finding, severity: 'warning' } : finding
}
