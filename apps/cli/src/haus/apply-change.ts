import { type Finding, hasErrors, type Loss, type ResolvedService, type UnitImpact } from '@sanctum/contracts'
import { type GenerationPlan, planRollback } from '@sanctum/generations'
import { planApply } from '@sanctum/supervisor'
import type { CommandContext } from '../command.ts'
import type { Generations } from '../ports.ts'
import { askToReplace } from './ask-to-replace.ts'
import { findReprobed } from './find-reprobed.ts'
import { findUnwritable } from './find-unwritable.ts'
import { readKeptHaus, toKeptHaus } from './kept-haus.ts'
import type { LoadedHaus, RunningHaus } from './load-haus.ts'
import { observeHeldPorts } from './observe-held-ports.ts'
import { planRender } from './plan-render.ts'
import { publishRoots } from './publish-roots.ts'
import { proveReady, runUnits, toUnitGraph } from './run-units.ts'
import { refuseErrors } from './with-writer.ts'

/** A plan with what a report of it needs. */
export interface PlannedChange {
  readonly plan: GenerationPlan
  readonly generations: Generations
  readonly losses: readonly Loss[]
  readonly findings: readonly Finding[]
  /** The command that makes the change, for the journal. */
  readonly command: string
}

/** What a change came to. */
export interface Change {
  /** `untried`: the files are in place, but the haus is down, so nothing has proven them yet. */
  readonly kind: 'unchanged' | 'planned' | 'applied' | 'untried' | 'reverted' | 'stuck'
  readonly plan: GenerationPlan
  /** The generation that holds now. */
  readonly generation: number | null
  readonly losses: readonly Loss[]
  readonly skipped: LoadedHaus['haus']['skipped']
  readonly findings: readonly Finding[]
}

/** Renders the haus and makes this machine match it. */
export async function applyChange(
  context: CommandContext,
  loaded: LoadedHaus,
  options: { readonly force: boolean; readonly command: string },
): Promise<Change> {
  const recovered = context.global.dryRun ? [] : await recover(context.ports.generations(publishRoots(loaded.haus)))
  const { plan, generations, losses, findings } = await planRender(context, loaded, options)
  return applyPlan(context, loaded, {
    plan,
    generations,
    losses,
    findings: [...loaded.findings, ...recovered, ...findings],
    command: options.command,
  })
}

/** Finishes or takes back what an interrupted run left; what cannot be finished stops this one too. */
export async function recover(generations: Generations): Promise<readonly Finding[]> {
  const { findings, fault } = await generations.recover()
  if (fault !== null) throw fault
  return findings
}

/** Commits, publishes, lets the units follow, proves that they are well, and confirms; or goes back to where it was. */
export async function applyPlan(context: CommandContext, loaded: RunningHaus, change: PlannedChange): Promise<Change> {
  const { plan, generations } = change
  refuseErrors(plan.findings)
  refuseErrors(await findUnwritable(context, plan))
  const report = (kind: Change['kind'], generation: number | null, findings: readonly Finding[] = []): Change => ({
    kind,
    plan,
    generation,
    losses: change.losses,
    skipped: loaded.haus.skipped,
    findings: [...change.findings, ...plan.findings, ...findings],
  })
  const before = plan.seen.current?.number ?? null
  if (plan.isEmpty || isIdle(plan)) return report('unchanged', before)
  const { impact, isHeldBack } = await impactHere(context, loaded, plan)
  refuseErrors(await observeHeldPorts(context, loaded.haus, toStarting(loaded.haus, impact)))
  if (context.global.dryRun) return report('planned', before)
  await askToReplace(context, plan)
  const { generation, findings } = await perform(context, loaded, { ...change, impact })
  if (!hasErrors(findings) && isHeldBack) return report('untried', generation, findings)
  if (!hasErrors(findings)) {
    await finish(context, loaded, generations, { generation, command: change.command })
    return report('applied', generation, findings)
  }
  const taken = await takeBack(context, loaded, { generations, from: generation, before, proof: findings })
  return report(taken.kind, taken.generation, taken.findings)
}

/** Differs only by files that somebody else wrote or edited and that stay as they are. */
function isIdle({ changes, impact, writes }: GenerationPlan): boolean {
  return !writes && changes.every(({ kind }) => kind === 'edited' || kind === 'foreign') && impact.every(({ action }) => action === 'stay')
}

/** A unit that nobody has started yet is not started by a render; `up` does that, and proves the generation then. */
async function impactHere(
  { ports }: CommandContext,
  { haus }: RunningHaus,
  plan: GenerationPlan,
): Promise<{ impact: readonly UnitImpact[]; isHeldBack: boolean }> {
  const states = await ports.units(haus).list()
  const isUp = states.some(({ wanted, pid }) => wanted === true && pid !== null)
  if (isUp) return { impact: plan.impact, isHeldBack: false }
  const impact = plan.impact.map(
    (entry): UnitImpact => (isHolding(entry) ? entry : { ...entry, action: 'stay', why: `${entry.why}; the haus is down` }),
  )
  return { impact, isHeldBack: !plan.impact.every(isHolding) }
}

function isHolding({ action }: UnitImpact): boolean {
  return action === 'stop' || action === 'stay'
}

function toStarting({ services }: RunningHaus['haus'], impact: readonly UnitImpact[]): ResolvedService[] {
  const starting = new Set(impact.filter(({ action }) => action === 'start' || action === 'restart').map(({ service }) => service))
  return Object.values(services).filter(({ id }) => starting.has(id))
}

async function perform(
  context: CommandContext,
  loaded: RunningHaus,
  { plan, generations, impact, command }: PlannedChange & { readonly impact: readonly UnitImpact[] },
): Promise<{ generation: number; findings: readonly Finding[] }> {
  const { ports, say } = context
  const generation = plan.writes
    ? await generations.commit({ ...plan, impact }, toMaking(context, loaded))
    : (plan.seen.current?.number as number)
  const published = await generations.publish()
  if (plan.writes) {
    ports.journal.append({
      kind: 'generation-committed',
      subject: `generation ${generation}`,
      data: { command, changes: plan.changes.length },
    })
    say(`committed generation ${generation}: ${plan.changes.length} changes`)
  }
  const acting = impact.filter(({ action }) => action !== 'stay')
  const units = ports.units(loaded.haus)
  await units.reloadDefinitions(acting.map(({ service, unit }) => ({ service, unit })))
  const followed = await runUnits(context, loaded.haus, planApply(acting, toUnitGraph(loaded.haus)))
  const proved = hasErrors(followed)
    ? followed
    : [...followed, ...(await proveReady(context, loaded.haus, await findReprobed(context, loaded, { plan, impact })))]
  if (!hasErrors(proved)) await generations.settle()
  return { generation, findings: [...published, ...proved] }
}

/** What a generation says about its making. */
export function toMaking({ ports }: CommandContext, { haus }: RunningHaus) {
  return {
    node: haus.node.id,
    createdAt: new Date(ports.clock.now()).toISOString(),
    madeFrom: { catalog: haus.digests.catalog, facts: haus.digests.facts, sanctum: ports.version },
    haus: toKeptHaus(haus),
  }
}

async function finish(
  { ports }: CommandContext,
  { haus }: RunningHaus,
  generations: Generations,
  { generation, command }: { readonly generation: number; readonly command: string },
): Promise<void> {
  await generations.confirm(generation)
  ports.journal.append({ kind: 'generation-confirmed', subject: `generation ${generation}`, data: { command } })
  await generations.collect({ keep: haus.policies.generations_kept })
}

/** What a change that is not well came to, and the generation that holds now. */
export interface TakenBack {
  readonly kind: 'reverted' | 'stuck'
  readonly generation: number
  readonly findings: readonly Finding[]
}

/**
 * Goes back by the same planner to the generation that was last confirmed, or else to the one before. Without any there is
 * nothing to go back to: the new one stays, unconfirmed.
 */
export async function takeBack(
  context: CommandContext,
  loaded: RunningHaus,
  tried: { readonly generations: Generations; readonly from: number; readonly before: number | null; readonly proof: readonly Finding[] },
): Promise<TakenBack> {
  const { generations, from, before, proof } = tried
  const { confirmed } = generations.readPointers()
  const goal = confirmed.kind === 'set' ? confirmed.number : before
  const stuck: TakenBack = { kind: 'stuck', generation: from, findings: proof }
  if (goal === null || goal === from) return stuck
  const reading = generations.read(goal)
  const back = planRollback(reading, { seen: generations.observe(reading.kind === 'whole' ? reading.surfaces : []) })
  if (back.kind === 'refused' || hasErrors(back.plan.findings)) return stuck
  context.say(`generation ${from} is not well; going back to generation ${goal}`)
  const impact = back.plan.impact
  // Order and probes are those of the generation that comes back.
  const { findings } = await perform(
    context,
    { haus: readKeptHaus(context.ports, goal) ?? loaded.haus },
    { plan: back.plan, generations, losses: [], findings: [], command: 'revert', impact },
  )
  context.ports.journal.append({
    kind: 'generation-reverted',
    subject: `generation ${from}`,
    data: { to: goal, because: proof.map(({ code, subject }) => `${code} ${subject ?? ''}`.trim()) },
  })
  return { kind: hasErrors(findings) ? 'stuck' : 'reverted', generation: goal, findings: [...proof, ...findings] }
}
