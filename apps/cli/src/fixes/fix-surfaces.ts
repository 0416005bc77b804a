import { Fault, hasErrors } from '@sanctum/contracts'
import { type GenerationPlan, planRollback } from '@sanctum/generations'
import type { DoctorContext } from '../checks/doctor-context.ts'
import { recover } from '../haus/apply-change.ts'
import { listRedefined } from '../haus/list-redefined.ts'
import { toMaking } from '../haus/perform-change.ts'
import { planRender } from '../haus/plan-render.ts'
import { changeRoots } from '../haus/publish-roots.ts'
import type { Generations } from '../ports.ts'
import type { Fixer } from './fixer.ts'

/** Files that are not as committed are put back from the committed generation. No unit is started, stopped or told anything but to read again. */
export const fixSurfaces: Fixer = {
  codes: ['DRIFT_MODIFIED', 'DRIFT_MISSING', 'DRIFT_METADATA', 'DRIFT_EXTRA', 'DRIFT_STALE', 'GENERATION_FILE_DAMAGED'],
  async plan(context, all) {
    // Only those that the planner itself may put right without being forced: a file that somebody edited is no longer ours alone.
    const findings = all.filter(({ fix }) => fix?.command === 'sanctumctl render')
    if (findings.length === 0) return []
    const found = await planRestore(context)
    if (found === null) return []
    const steps = describeSteps(context, found.plan)
    if (steps.length === 0) return []
    return [{ findings, steps, apply: () => restore(context) }]
  },
}

interface Restoring {
  readonly plan: GenerationPlan
  readonly generations: Generations
}

/** Null where the committed set cannot be had: it is damaged, and the catalog has gone on since. */
async function planRestore({ command, wanted }: DoctorContext): Promise<Restoring | null> {
  const { ports } = command
  const generations = ports.generations(changeRoots(ports, wanted))
  const { current } = generations.readPointers()
  if (current.kind !== 'set') return null
  const reading = generations.read(current.number)
  if (reading.kind === 'whole') {
    const back = planRollback(reading, { seen: generations.observe(reading.surfaces) })
    return back.kind === 'planned' && !hasErrors(back.plan.findings) ? { plan: back.plan, generations } : null
  }
  const { plan } = await planRender(command, { haus: wanted }, {})
  const repaired = new Set(plan.repairs.map(({ path }) => path))
  const hasGoneOn = plan.changes.some(({ place, path }) => place === 'generation' && !repaired.has(path))
  return hasGoneOn || hasErrors(plan.findings) ? null : { plan, generations }
}

function describeSteps({ command: { ports } }: DoctorContext, { repairs, publications }: GenerationPlan): string[] {
  return [
    ...repairs.map(({ path, damaged }) => `put ${path} back into the generation${damaged === null ? '' : '; the damaged copy is kept'}`),
    // What would need a backup is not ours, or was edited.
    ...publications
      .filter(({ backup }) => backup === null)
      .map(({ path, put }) => (put === null ? `remove ${ports.files.toShown(path)}` : `publish ${ports.files.toShown(path)} again`)),
  ]
}

async function restore(context: DoctorContext): Promise<void> {
  const { command, wanted } = context
  await recover(command.ports.generations(changeRoots(command.ports, wanted)))
  const found = await planRestore(context)
  if (found === null) throw new Fault('UNAVAILABLE', 'the committed files cannot be had any more', { hint: 'Run sanctumctl render.' })
  const { plan, generations } = found
  if (plan.publications.some(({ backup }) => backup !== null))
    throw new Fault('UNAVAILABLE', 'a file that is not ours stands in the way', { hint: 'See sanctumctl render --check --diff.' })
  const impact = [] as const
  if (plan.writes) await generations.commit({ ...plan, impact }, toMaking(command, { haus: wanted }), null)
  const published = await generations.publish()
  const [trouble] = published.filter(({ severity }) => severity === 'error')
  if (trouble) throw new Fault('WRITE_FAILED', trouble.message)
  await command.ports.units(wanted).reloadDefinitions(listRedefined({ ...plan, impact }))
  await generations.settle()
}
