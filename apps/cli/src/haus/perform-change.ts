import { countWords, type Finding, hasErrors, type TrialDocument, type UnitImpact } from '@sanctum/contracts'
import type { GenerationPlan } from '@sanctum/generations'
import { planApply, type UnitReply } from '@sanctum/supervisor'
import type { CommandContext } from '../command.ts'
import type { Generations, Ports } from '../ports.ts'
import { toKeptHaus } from './kept-haus.ts'
import { listRedefined } from './list-redefined.ts'
import type { RunningHaus } from './load-haus.ts'
import { proveReady, runUnits, toUnitGraph } from './run-units.ts'

/** A change that is decided and allowed. */
export interface DecidedChange {
  readonly plan: GenerationPlan
  readonly generations: Generations
  /** What the units do here and now. */
  readonly impact: readonly UnitImpact[]
  /** Services whose probes became others while their processes stay. */
  readonly reprobed: readonly string[]
  /** Noted before anything holds; null where there is nothing to go back to. */
  readonly trial: TrialDocument | null
  /** The command that makes the change, for the journal. */
  readonly command: string
}

/** Commits, publishes, lets the units follow and looks whether they are well. Order and probes are those of the haus given. */
export async function performChange(
  context: CommandContext,
  loaded: RunningHaus,
  { plan, generations, impact, reprobed, trial, command }: DecidedChange,
): Promise<{ generation: number; findings: readonly Finding[] }> {
  const { ports, say } = context
  if (!plan.writes && trial !== null) await generations.noteTrial(trial)
  const generation = plan.writes
    ? await generations.commit({ ...plan, impact }, toMaking(context, loaded), trial)
    : (plan.seen.current?.number as number)
  const published = await generations.publish()
  if (plan.writes) {
    ports.journal.append({
      kind: 'generation-committed',
      subject: `generation ${generation}`,
      data: { command, changes: plan.changes.length },
    })
    say(`committed generation ${generation}: ${countWords(plan.changes.length, 'change')}`)
  }
  const acting = impact.filter(({ action }) => action !== 'stay')
  const replies = await ports.units(loaded.haus).reloadDefinitions(listRedefined({ ...plan, impact }))
  const followed = [...replies.flatMap(toUnread), ...(await runUnits(context, loaded.haus, planApply(impact, toUnitGraph(loaded.haus))))]
  const proved = hasErrors(followed) ? followed : [...followed, ...(await proveReady(context, loaded.haus, reprobed))]
  if (!hasErrors(proved)) {
    await generations.settle()
    noteRetired(context, loaded, acting)
  }
  return { generation, findings: [...published, ...proved] }
}

/** That a service was taken off this machine for good is remembered beyond the generation that had it. */
function noteRetired({ ports }: CommandContext, { haus }: RunningHaus, acting: readonly UnitImpact[]): void {
  const stopped = new Map(acting.filter(({ action }) => action === 'stop').map(({ service, unit }) => [service, unit]))
  for (const [service, unit] of stopped) {
    const tombstone = haus.retired[service]
    if (tombstone === undefined || haus.services[service] !== undefined) continue
    ports.journal.append({
      kind: 'service-retired',
      subject: service,
      data: { unit, retired: tombstone.retired, reason: tombstone.reason },
    })
  }
}

/** What a generation says about its making. */
export function toMaking({ ports }: CommandContext, { haus }: RunningHaus) {
  return {
    node: haus.node.id,
    createdAt: new Date(ports.clock.now()).toISOString(),
    madeFrom: { catalog: haus.digests.catalog, facts: haus.digests.facts, sanctum: ports.version, ...toCode(ports) },
    haus: toKeptHaus(haus),
  }
}

/** The commit of the code that makes it, where it is known. */
function toCode({ program }: Ports): { revision?: string } {
  const revision = program.revision()
  return revision === null ? {} : { revision }
}

/** A manager that is down, or no longer knows a unit, is told of by the step that needs it. */
function toUnread(reply: UnitReply): Finding[] {
  if (reply.kind !== 'refused' && reply.kind !== 'failed' && reply.kind !== 'timed-out') return []
  const { service, why } = reply
  return [
    {
      code: 'UNIT_REFUSED',
      severity: 'error',
      message: `the service manager did not read the new definition of ${service}: ${why}`,
      subject: service,
      evidence: { expected: 'the definition read anew', observed: why },
      fix: { text: 'Look for the cause.', command: 'sanctumctl doctor --quick', safe: true },
    },
  ]
}
