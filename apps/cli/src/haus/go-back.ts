import { type Finding, type Haus, hasErrors, type TrialDocument, type UnitImpact } from '@sanctum/contracts'
import { planRollback, toRefused, toReverted } from '@sanctum/generations'
import { planApply } from '@sanctum/supervisor'
import type { CommandContext } from '../command.ts'
import type { Generations } from '../ports.ts'
import { impactHere, recover } from './apply-change.ts'
import { findReprobed } from './find-reprobed.ts'
import { loadRunningHaus, readKeptHaus } from './kept-haus.ts'
import { performChange } from './perform-change.ts'
import { publishRoots } from './publish-roots.ts'
import { findSupervisor } from './roles.ts'
import { toUnitGraph } from './run-units.ts'
import { toReverting } from './trial.ts'

/** What the way back came to. `stuck`: it was refused, and nothing was touched; or it was gone, and what came back is not well either. */
export interface WayBack {
  readonly kind: 'reverted' | 'stuck'
  readonly generation: number
  readonly findings: readonly Finding[]
}

/**
 * Goes back from a generation on trial by the same planner and the same proof as a render. The catalog has no say: order, probes
 * and folders are those that the generations keep. The caller holds the lock. The trial is over only when all of it is done.
 */
export async function goBack(context: CommandContext, trial: TrialDocument, why: string): Promise<WayBack> {
  const { ports, say } = context
  const { goal, generation: from } = trial
  const haus = readKeptHaus(ports, goal) ?? readKeptHaus(ports, from) ?? (await loadRunningHaus(context)).haus
  const generations = ports.generations([...new Set([haus, readKeptHaus(ports, from) ?? haus].flatMap(publishRoots))])
  await recover(generations)
  const reading = generations.read(goal)
  const back = planRollback(reading, { seen: generations.observe(reading.kind === 'whole' ? reading.surfaces : []) })
  if (back.kind === 'refused') return refuse(context, generations, trial, back.findings)
  if (hasErrors(back.plan.findings)) return refuse(context, generations, trial, back.plan.findings)
  say(`generation ${from} goes back to generation ${goal}: ${why}`)
  const { plan } = back
  const impact = await impactFor(context, haus, (await impactHere(context, { haus }, plan)).impact)
  const reprobed = await findReprobed(context, { haus }, { plan, impact })
  const units = planApply(impact, toUnitGraph(haus))
  const reverting = toReverting(ports, haus, trial, { why, units, reprobed })
  const { findings } = await performChange(context, { haus }, { plan, generations, impact, reprobed, trial: reverting, command: 'revert' })
  const data = { to: goal, why, because: trial.because, by: ports.machine.self().pid }
  ports.journal.append({ kind: 'generation-reverted', subject: `generation ${from}`, data })
  await generations.endTrial()
  return { kind: hasErrors(findings) ? 'stuck' : 'reverted', generation: goal, findings: [toReverted(trial, why), ...findings] }
}

/** A supervisor that died meanwhile comes first, or nobody would follow. */
async function impactFor({ ports }: CommandContext, haus: Haus, impact: readonly UnitImpact[]): Promise<readonly UnitImpact[]> {
  const supervisor = findSupervisor(haus)
  if (supervisor === null || impact.every(({ action }) => action === 'stay')) return impact
  const state = (await ports.units(haus).list()).find(({ service }) => service === supervisor)
  if (state === undefined || state.pid !== null || state.wanted === false) return impact
  return impact.map(
    (entry): UnitImpact =>
      entry.service === supervisor && entry.action === 'stay' ? { ...entry, action: 'start', why: 'it does not run' } : entry,
  )
}

async function refuse(
  { ports }: CommandContext,
  generations: Generations,
  trial: TrialDocument,
  findings: readonly Finding[],
): Promise<WayBack> {
  const why = findings
    .filter(({ severity }) => severity === 'error')
    .map(({ message }) => message)
    .join('; ')
  await generations.noteTrial({ ...trial, state: 'stuck', why })
  ports.journal.append({
    kind: 'revert-refused',
    subject: `generation ${trial.generation}`,
    data: { to: trial.goal, why, because: trial.because },
  })
  return { kind: 'stuck', generation: trial.generation, findings: [toRefused(trial, why), ...findings] }
}
