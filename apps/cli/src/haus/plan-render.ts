import type { Finding, Loss, RenderTarget, Surface } from '@sanctum/contracts'
import { adoptRetired, type GenerationPlan, listRetiredPlaces, planGeneration } from '@sanctum/generations'
import { renderHaus } from '@sanctum/render'
import type { CommandContext } from '../command.ts'
import type { Generations } from '../ports.ts'
import { listDeparted } from './list-departed.ts'
import type { RunningHaus } from './load-haus.ts'
import { changeRoots } from './publish-roots.ts'
import { refuseErrors } from './with-writer.ts'

/** What the haus comes to. */
export interface Rendered {
  readonly losses: readonly Loss[]
  readonly surfaces: readonly Surface[]
  /** Warnings and notes of the renderer. */
  readonly findings: readonly Finding[]
}

export interface RenderPlan extends Rendered {
  readonly plan: GenerationPlan
  readonly generations: Generations
}

/**
 * What a render would do to this machine now. Refuses where the haus cannot be rendered. Changes nothing. `rendered`: of the same haus,
 * where it was rendered already.
 */
export async function planRender(
  { ports }: CommandContext,
  { haus }: RunningHaus,
  { force = false, rendered }: { readonly force?: boolean; readonly rendered?: Rendered | undefined },
): Promise<RenderPlan> {
  const rendering = rendered ?? renderHaus(haus, { digest: ports.digest })
  refuseErrors(rendering.findings)
  const generations = ports.generations(changeRoots(ports, haus))
  const places = listRetiredPlaces(haus)
  const looked = generations.observe(
    rendering.surfaces,
    places.map(({ path }) => path),
  )
  const { seen, findings } = adoptRetired(looked, { places, wanted: rendering.surfaces, digest: ports.digest })
  const reloadable = Object.values(haus.services).flatMap(({ id, run }) => (run?.reload_signal ? [id] : []))
  const plan = planGeneration({ wanted: rendering.surfaces, seen, force, reloadable, departed: await listDeparted(ports, haus) })
  return { plan, generations, surfaces: rendering.surfaces, losses: rendering.losses, findings: [...rendering.findings, ...findings] }
}

/** The plan as far as it concerns some targets; for looking only, since a generation is always whole. */
export function narrowPlan(plan: GenerationPlan, targets: ReadonlySet<RenderTarget>): Pick<GenerationPlan, 'changes' | 'impact'> {
  const subjects = new Set(plan.surfaces.flatMap(({ target, unit }) => (targets.has(target) && unit ? [unit.service] : [])))
  return {
    changes: plan.changes.filter(({ target }) => target !== null && targets.has(target)),
    impact: plan.impact.filter(({ service }) => subjects.has(service)),
  }
}
