import { chooseRollback, numberOf, planRollback } from '@sanctum/generations'
import { type Answer, type CommandContext, Interrupted, Refused, UsageProblem } from '../command.ts'
import { applyPlan, recover, refuseDueTrial } from '../haus/apply-change.ts'
import { findOtherProgram } from '../haus/find-other-program.ts'
import { loadRunningHaus, readKeptHaus } from '../haus/kept-haus.ts'
import { changeRoots } from '../haus/publish-roots.ts'
import { readNumber } from '../haus/read-number.ts'
import { toNotBootstrapped } from '../haus/require-generation.ts'
import { revertChange, revertDueTrial } from '../haus/revert-change.ts'
import { refuseErrors, withWriter } from '../haus/with-writer.ts'
import { reportChange } from '../output/report-change.ts'
import { generationSteps } from '../upgrade/generation-steps.ts'
import type { ProofStep } from '../upgrade/prove-generation.ts'
import { retype } from '../upgrade/retype.ts'
import { readRevisionName } from '../upgrade/upgrade-request.ts'
import { renderFindings } from '../views/findings.ts'

/** Goes back to what an older generation holds, with the same planner and the same proof as any other change. */
export async function run(context: CommandContext): Promise<Answer> {
  const to = readRevisionName(context.options['to'])
  if (to !== null && context.args[0] !== undefined)
    throw new UsageProblem('a number and --to do not go together', 'Name the generation or the revision.')
  // The generation of another revision comes back with its code. What works for an upgrade has settled that already.
  if (context.options['onTrialFor'] === undefined) {
    const { rollBackRevision } = await import('../upgrade/roll-back-revision.ts')
    const answer = await rollBackRevision(context, to)
    if (answer !== null) return answer
  }
  return rollBackGeneration(context)
}

async function rollBackGeneration(context: CommandContext): Promise<Answer> {
  const [given] = context.args as [string | undefined]
  const asked = given === undefined ? null : readNumber(given)
  // After an uninstall there is something to go back to.
  if (context.ports.generations([]).readPointers().current.kind === 'none')
    throw new Refused([toNotBootstrapped(context.ports.files.toShown(context.ports.home))])
  const loaded = await loadRunningHaus(context)
  const reverted = await revertDueTrial(context)
  // What was asked for has come to be already; going on would go back by two.
  if (asked === null && reverted.some(({ code }) => code === 'GENERATION_REVERTED')) return reportGone(context, reverted)
  if (asked === null) chooseNumber(context.ports.generations([]))
  const isProving = context.options['onTrialFor'] === undefined && !context.global.dryRun
  const prove = isProving ? await import('../upgrade/prove-generation.ts') : null
  const known = (await prove?.findRedBefore(context, loaded)) ?? new Set<string>()
  const change = await withWriter(context, async () => {
    const { ports } = context
    const before = ports.generations(changeRoots(ports, loaded.haus))
    if (!context.global.dryRun) refuseDueTrial(context)
    const recovered = context.global.dryRun ? [] : await recover(before)
    const number = asked ?? chooseNumber(before)
    const generations = ports.generations(changeRoots(ports, loaded.haus, number))
    const reading = generations.read(number)
    const wanted = reading.kind === 'whole' ? reading.surfaces : []
    const planned = planRollback(reading, { seen: generations.observe(wanted), force: context.options['force'] === true })
    if (planned.kind === 'refused') throw new Refused(planned.findings)
    refuseErrors(planned.plan.findings)
    // Order and probes are those of the generation that comes back.
    const target = { haus: readKeptHaus(context.ports, number) ?? loaded.haus }
    return applyPlan(context, target, {
      plan: planned.plan,
      generations,
      losses: [],
      findings: [...loaded.findings, ...recovered],
      command: 'rollback',
      ...(isProving ? { provenBy: ports.machine.self() } : {}),
    })
  })
  const proven = (await prove?.proveGeneration(context, change, known)) ?? { change, proof: [] }
  const ended = await revertChange(context, proven.change, reverted)
  if (context.signal.aborted && ended.kind === 'reverted') {
    context.say(`the rollback is reverted: generation ${ended.generation} holds again`)
    throw new Interrupted()
  }
  return reportRollback(
    context,
    reportChange(ended, { diff: false, source: 'is asked for', ...(context.options['plan'] === true ? { planOption: '--plan' } : {}) }),
    proven.proof,
  )
}

/** With what is to prove it, or what has. */
function reportRollback(context: CommandContext, answer: Answer, proof: readonly ProofStep[]): Answer {
  const isPlanned = answer.exit === 'pending'
  const typed = retype(context, 'rollback')()
  const others = isPlanned ? [] : findOtherProgram(context.ports)
  return {
    ...answer,
    findings: [...(answer.findings ?? []), ...others],
    data: { ...answer.data, plan: generationSteps, steps: proof, ...(isPlanned ? { next: typed } : {}) },
    view: (style) =>
      [
        answer.view(style),
        ...(isPlanned ? [`steps: ${generationSteps.join(' → ')}`, style.faint(`next: ${typed}`)] : []),
        ...proof.map(({ step, outcome, took_ms, says }) => {
          const mark = outcome === 'done' ? style.good('✓') : style.bad('✗')
          return `  ${mark} ${step}  ${(took_ms / 1000).toFixed(1)} s  ${says}`
        }),
        ...(others.length === 0 ? [] : [renderFindings(others, style)]),
      ].join('\n'),
  }
}

function reportGone({ ports }: CommandContext, findings: Answer['findings']): Answer {
  const { current } = ports.generations([]).readPointers()
  const generation = numberOf(current)
  return {
    exit: 'ok',
    data: { outcome: 'reverted', generation, changes: [], impact: [], losses: [], skipped: {}, plan: [], steps: [] },
    findings,
    view: (style) => [renderFindings(findings, style), `${style.good('✓')} generation ${generation} holds again`].join('\n'),
  }
}

function chooseNumber(generations: ReturnType<CommandContext['ports']['generations']>): number {
  const target = chooseRollback(generations.list(), generations.readPointers().confirmed)
  if (target.kind === 'found') return target.number
  throw new UsageProblem(`there is nothing to go back to: ${target.why}`, 'sanctumctl generations list shows what there is.')
}
