import {
  Fault,
  type Finding,
  hasErrors,
  type Loss,
  type ProcessIdentity,
  type ResolvedService,
  type TrialDocument,
  type UnitImpact,
} from '@sanctum/contracts'
import { describeTrial, type GenerationPlan, toNoWayBack, toPerformedFindings } from '@sanctum/generations'
import { planApply } from '@sanctum/supervisor'
import type { CommandContext } from '../command.ts'
import type { Generations } from '../ports.ts'
import { askToReplace } from './ask-to-replace.ts'
import { confirmGeneration } from './confirm-generation.ts'
import { findReprobed } from './find-reprobed.ts'
import { findUnwritable } from './find-unwritable.ts'
import { type HeldBack, holdBack } from './hold-back.ts'
import type { LoadedHaus, RunningHaus } from './load-haus.ts'
import { observeHeldPorts } from './observe-held-ports.ts'
import { performChange } from './perform-change.ts'
import { planRender, type Rendered } from './plan-render.ts'
import { changeRoots } from './publish-roots.ts'
import { toUnitGraph } from './run-units.ts'
import { seeTrial, toFailed, toTrial } from './trial.ts'
import { readHolder, toHeld } from './trial-holder.ts'
import { wakeRedefined } from './wake-redefined.ts'
import { refuseErrors } from './with-writer.ts'

/** A plan with what a report of it needs. */
export interface PlannedChange {
  readonly plan: GenerationPlan
  readonly generations: Generations
  readonly losses: readonly Loss[]
  readonly findings: readonly Finding[]
  /** The command that makes the change, for the journal. */
  readonly command: string
  /** This process proves it further after this, and confirms it then. */
  readonly provenBy?: ProcessIdentity
}

/** What a change came to. */
export interface Change {
  /**
   * `untried`: the files are in place, but the haus is down, so nothing has proven them yet. `on-trial`: another process proves and
   * confirms it.
   */
  readonly kind: 'unchanged' | 'planned' | 'applied' | 'untried' | 'on-trial' | 'reverted' | 'stuck'
  readonly plan: GenerationPlan
  /** The generation that holds now. */
  readonly generation: number | null
  readonly losses: readonly Loss[]
  readonly skipped: LoadedHaus['haus']['skipped']
  readonly findings: readonly Finding[]
}

/** A change that holds but is not well. Its trial is noted as failed; another process has to go back once the lock is free. */
export interface SickChange extends Omit<Change, 'kind' | 'generation'> {
  readonly kind: 'sick'
  readonly generation: number
  readonly trial: TrialDocument
}

/** Renders the haus and makes this machine match it. */
export async function applyChange(
  context: CommandContext,
  loaded: LoadedHaus,
  options: { readonly force: boolean; readonly command: string; readonly rendered?: Rendered | undefined },
): Promise<Change | SickChange> {
  if (!context.global.dryRun) refuseDueTrial(context)
  const recovered = context.global.dryRun ? [] : await recover(context.ports.generations(changeRoots(context.ports, loaded.haus)))
  const { plan, generations, losses, findings } = await planRender(context, loaded, options)
  return applyPlan(context, loaded, {
    plan,
    generations,
    losses,
    findings: [...loaded.findings, ...recovered, ...findings],
    command: options.command,
  })
}

/** Refuses while a generation is on trial. Only one that failed after this run had looked is still due here; whoever tried it is about to ask for the lock. */
export function refuseDueTrial({ ports }: CommandContext): void {
  const { trial, judgement } = seeTrial(ports)
  if (trial === null || judgement.kind === 'none' || judgement.kind === 'stuck') return
  // Whoever holds a trial without holding the lock proves it at this moment; a change on top of it would prove nothing.
  if (judgement.kind === 'waiting')
    throw new Fault('LOCKED', `sanctumctl ${trial.command} is at work: ${describeTrial(trial, judgement)}`, { retryable: true })
  throw new Fault('LOCKED', `generation ${trial.generation} is about to be taken back: ${judgement.why}`, { retryable: true })
}

/** Finishes or takes back what an interrupted run left; what cannot be finished stops this one too. */
export async function recover(generations: Generations): Promise<readonly Finding[]> {
  const { findings, fault } = await generations.recover()
  if (fault !== null) throw fault
  return findings
}

/** Commits, publishes, lets the units follow, proves that they are well, and confirms; or notes that somebody has to go back. */
export async function applyPlan(context: CommandContext, loaded: RunningHaus, change: PlannedChange): Promise<Change | SickChange> {
  const { plan, generations } = change
  refuseErrors(plan.findings)
  refuseErrors(await findUnwritable(context, plan))
  const report = (kind: Change['kind'], generation: number | null, findings: readonly Finding[] = []): Change => ({
    kind,
    plan,
    generation,
    losses: change.losses,
    skipped: loaded.haus.skipped,
    findings: [...change.findings, ...(writesNothing(kind) ? plan.findings : toPerformedFindings(plan)), ...findings],
  })
  const before = plan.seen.current?.number ?? null
  if (plan.isEmpty || isIdle(plan)) return report('unchanged', before)
  const { impact, isHeldBack } = await impactHere(context, loaded, plan)
  refuseErrors(await observeHeldPorts(context, loaded.haus, toStarting(loaded.haus, impact)))
  if (context.global.dryRun) return report('planned', before)
  await askToReplace(context, plan)
  const reprobed = await findReprobed(context, loaded, { plan, impact })
  const holder = change.provenBy ?? readHolder(context)
  const own = isHeldBack ? null : trialOf(context, loaded, { plan, impact, reprobed, command: change.command })
  const trial = own === null ? null : toHeld(own, holder, change.provenBy === undefined ? 'upgrade' : change.command)
  const { generation, findings } = await performChange(context, loaded, { ...change, impact, reprobed, trial })
  if (!hasErrors(findings) && isHeldBack) return report('untried', generation, findings)
  if (!hasErrors(findings) && holder !== null && trial !== null) return report('on-trial', generation, findings)
  if (!hasErrors(findings)) {
    await confirmGeneration(context.ports, loaded.haus, generations, { generation, command: change.command })
    return report('applied', generation, findings)
  }
  return await toUnwell(context, report('stuck', generation, findings), trial)
}

function trialOf(
  { ports }: CommandContext,
  { haus }: RunningHaus,
  {
    plan,
    impact,
    reprobed,
    command,
  }: Pick<PlannedChange, 'plan' | 'command'> & {
    readonly impact: readonly UnitImpact[]
    readonly reprobed: readonly string[]
  },
): TrialDocument | null {
  const before = plan.seen.current?.number ?? null
  const generation = plan.pointer.kind === 'keep' ? before : plan.pointer.number
  if (generation === null) return null
  const units = planApply(impact, toUnitGraph(haus))
  return toTrial(ports, haus, { generation, before, command, units, reprobed })
}

/** Notes that a trial has failed. Without one there is nothing to go back to: the generation stays, unconfirmed. */
export async function toUnwell({ ports }: CommandContext, change: Change, trial: TrialDocument | null): Promise<Change | SickChange> {
  const generations = ports.generations([])
  const generation = change.generation as number
  if (trial === null) {
    const isProven = generations.readPointers().confirmed.kind === 'set'
    return isProven ? change : { ...change, findings: [...change.findings, toNoWayBack(generation)] }
  }
  const failed = toFailed(trial, change.findings)
  await generations.noteTrial(failed)
  return { ...change, kind: 'sick', generation, trial: failed }
}

function writesNothing(kind: Change['kind']): boolean {
  return kind === 'unchanged' || kind === 'planned'
}

/** Differs only by files that somebody else wrote or edited and that stay as they are. */
function isIdle({ changes, impact, writes }: GenerationPlan): boolean {
  return !writes && changes.every(({ kind }) => kind === 'edited' || kind === 'foreign') && impact.every(({ action }) => action === 'stay')
}

/** A unit that nobody has started yet is not started by a render; `up` does that, and proves the generation then. */
export async function impactHere({ ports }: CommandContext, { haus }: RunningHaus, plan: GenerationPlan): Promise<HeldBack> {
  const states = await ports.units(haus).list()
  const isUp = states.some(({ wanted, pid }) => wanted === true && pid !== null)
  return isUp ? { impact: wakeRedefined(plan, states), isHeldBack: false } : holdBack(plan)
}

function toStarting({ services }: RunningHaus['haus'], impact: readonly UnitImpact[]): ResolvedService[] {
  const starting = new Set(impact.filter(({ action }) => action === 'start' || action === 'restart').map(({ service }) => service))
  return Object.values(services).filter(({ id }) => starting.has(id))
}
