import { chooseRollback, planRollback } from '@sanctum/generations'
import { type Answer, type CommandContext, Refused, UsageProblem } from '../command.ts'
import { applyPlan, recover } from '../haus/apply-change.ts'
import { loadRunningHaus, readKeptHaus } from '../haus/kept-haus.ts'
import { publishRoots } from '../haus/publish-roots.ts'
import { readNumber } from '../haus/read-number.ts'
import { toNotBootstrapped } from '../haus/require-generation.ts'
import { refuseErrors, withWriter } from '../haus/with-writer.ts'
import { reportChange } from '../output/report-change.ts'

/** Goes back to what an older generation holds, with the same planner and the same proof as any other change. */
export async function run(context: CommandContext): Promise<Answer> {
  const [given] = context.args as [string | undefined]
  const asked = given === undefined ? null : readNumber(given)
  // After an uninstall there is something to go back to.
  if (context.ports.generations([]).readPointers().current.kind === 'none')
    throw new Refused([toNotBootstrapped(context.ports.files.toShown(context.ports.home))])
  const loaded = await loadRunningHaus(context)
  return withWriter(context, async () => {
    const generations = context.ports.generations(publishRoots(loaded.haus))
    const recovered = context.global.dryRun ? [] : await recover(generations)
    const number = asked ?? chooseNumber(generations)
    const reading = generations.read(number)
    const wanted = reading.kind === 'whole' ? reading.surfaces : []
    const planned = planRollback(reading, { seen: generations.observe(wanted), force: context.options['force'] === true })
    if (planned.kind === 'refused') throw new Refused(planned.findings)
    refuseErrors(planned.plan.findings)
    // Order and probes are those of the generation that comes back.
    const target = { haus: readKeptHaus(context.ports, number) ?? loaded.haus }
    const change = await applyPlan(context, target, {
      plan: planned.plan,
      generations,
      losses: [],
      findings: [...loaded.findings, ...recovered],
      command: 'rollback',
    })
    return reportChange(change, { diff: false, source: 'is asked for' })
  })
}

function chooseNumber(generations: ReturnType<CommandContext['ports']['generations']>): number {
  const target = chooseRollback(generations.list(), generations.readPointers().confirmed)
  if (target.kind === 'found') return target.number
  throw new UsageProblem(`there is nothing to go back to: ${target.why}`, 'sanctumctl generations list shows what there is.')
}
