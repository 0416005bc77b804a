import { countWords, type Finding, type Haus, hasErrors } from '@sanctum/contracts'
import { type GenerationPlan, planGeneration } from '@sanctum/generations'
import { planApply, planDown, type UnitPlan } from '@sanctum/supervisor'
import type { CommandContext } from '../command.ts'
import type { Generations } from '../ports.ts'
import { recover } from './apply-change.ts'
import { loadRunningHaus, readKeptHaus } from './kept-haus.ts'
import { toMaking } from './perform-change.ts'
import { publishRoots } from './publish-roots.ts'
import { runUnits, toUnitGraph } from './run-units.ts'

/** What taking Sanctum off this machine comes to. */
export interface Uninstall {
  readonly haus: Haus
  readonly generations: Generations
  readonly plan: GenerationPlan
  readonly down: UnitPlan
  readonly stopping: readonly string[]
  /** Published files that are ours and as we left them. */
  readonly removing: readonly string[]
  /** Published files that somebody edited, or put there. */
  readonly keeping: readonly string[]
  /** The files are gone, but some unit was not told yet, or nobody has confirmed it. */
  readonly isUnfinished: boolean
  readonly findings: readonly Finding[]
}

/**
 * A plan for no file at all, by the same planner as a render: it makes one more generation, an empty one, and what was published is
 * removed as that of a retired service is. `current` and `confirmed` both name the empty generation afterwards: it needs no proof.
 * `up` makes the next one from the catalog; `rollback` puts back the files of the one before. Null where there never was a generation.
 */
export async function planUninstall(context: CommandContext): Promise<Uninstall | null> {
  const { ports } = context
  const haus = await loadInstalledHaus(context)
  if (haus === null) return null
  const generations = ports.generations(publishRoots(haus))
  const recovered = context.global.dryRun ? [] : await recover(generations)
  const plan = planGeneration({ wanted: [], seen: generations.observe([]) })
  const down = planDown(toUnitGraph(haus), await ports.units(haus).list())
  const outside = plan.changes.filter(({ place }) => place === 'published')
  const { current, confirmed } = generations.readPointers()
  const isProven = current.kind === 'set' && confirmed.kind === 'set' && current.number === confirmed.number
  return {
    haus,
    generations,
    plan,
    down,
    stopping: down.steps.map(({ service }) => service),
    removing: outside.filter(({ kind }) => kind === 'remove').map(({ path }) => path),
    keeping: outside.filter(({ kind }) => kind !== 'remove').map(({ path }) => path),
    isUnfinished: plan.writes || plan.impact.some(({ action }) => action !== 'stay') || !isProven,
    findings: [...recovered, ...plan.findings],
  }
}

/** Whatever ends it in the middle, the next run goes on: what is stopped stays stopped, what is gone stays gone. */
export async function uninstall(context: CommandContext, work: Uninstall): Promise<readonly Finding[]> {
  const { ports, say } = context
  const { haus, generations, plan, down } = work
  const stopped = await runUnits(context, haus, down)
  // A unit that still runs keeps its definition, so that it can be looked at and stopped.
  if (hasErrors(stopped)) return stopped
  if (!work.isUnfinished) return work.findings
  if (plan.writes) await generations.commit(plan, toMaking(context, { haus }))
  const published = await generations.publish()
  say(`removed ${countWords(work.removing.length, 'file')}`)
  const units = ports.units(haus)
  const gone = plan.impact.filter(({ action }) => action === 'stop')
  await units.reloadDefinitions(gone.map(({ service, unit }) => ({ service, unit })))
  const forgotten = await runUnits(context, haus, planApply(gone, { services: {}, order: [] }))
  const findings = [...work.findings, ...published, ...forgotten]
  if (hasErrors(findings)) return findings
  if (haus.manager.kind === 'embedded') await ports.files.perform([{ do: 'remove-tree', path: `${ports.home}/state/embedded` }], ports.home)
  await generations.settle()
  const number = plan.pointer.kind === 'keep' ? plan.seen.current?.number : plan.pointer.number
  if (number !== undefined) await generations.confirm(number)
  ports.journal.append({
    kind: 'haus-uninstalled',
    subject: haus.instance.slug,
    data: { stopped: work.stopping, removed: work.removing, kept: work.keeping },
  })
  return findings
}

/** What is installed is what a generation was resolved to, whatever the catalog says by now, and whether or not it can be read. */
async function loadInstalledHaus(context: CommandContext): Promise<Haus | null> {
  const { current, confirmed } = context.ports.generations([]).readPointers()
  if (current.kind === 'none' && confirmed.kind === 'none') return null
  for (const pointer of [current, confirmed]) {
    const kept = pointer.kind === 'set' ? readKeptHaus(context.ports, pointer.number) : null
    if (kept !== null) return kept
  }
  return (await loadRunningHaus(context)).haus
}
