import { type Finding, type Haus, type HausStatus, hasErrors, type ResolvedService } from '@sanctum/contracts'
import { listPrerequisites } from '@sanctum/host-resolver'
import { planUp } from '@sanctum/supervisor'
import { findLacking } from '../checks/check-prerequisites.ts'
import type { Answer, CommandContext } from '../command.ts'
import { applyChange, type Change, takeBack } from '../haus/apply-change.ts'
import { bootstrapMachine } from '../haus/bootstrap-machine.ts'
import { findUnwritable } from '../haus/find-unwritable.ts'
import { keepReceipt } from '../haus/keep-receipt.ts'
import { type LoadedHaus, loadHaus } from '../haus/load-haus.ts'
import { observeHeldPorts } from '../haus/observe-held-ports.ts'
import { observeStatus } from '../haus/observe-status.ts'
import { planRender } from '../haus/plan-render.ts'
import { publishRoots } from '../haus/publish-roots.ts'
import { isBare } from '../haus/require-generation.ts'
import { requireThisMachine } from '../haus/require-this-machine.ts'
import { runUnits, toUnitGraph } from '../haus/run-units.ts'
import { refuseErrors, withWriter } from '../haus/with-writer.ts'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import { exitOfVerdict } from '../output/exit-of-verdict.ts'
import { reportChange } from '../output/report-change.ts'
import { countFindings, renderFindings } from '../views/findings.ts'
import { renderStatus } from '../views/status.ts'

/** Bootstrap if needed, render, start what is down, prove it, and say what is true. */
export async function run(context: CommandContext): Promise<Answer> {
  requireThisMachine(context, 'sanctumctl render --facts FILE --out DIR writes the files of another machine into a folder.')
  // A catalog that cannot be read leaves no trace on a bare machine.
  if (isBare(context)) refuseErrors(await findUnwritable(context, (await planRender(context, await loadHaus(context), {})).plan))
  return withWriter(context, async () => {
    await bootstrapMachine(context, { replaces: false })
    const loaded = await loadHaus(context)
    refuseErrors(findLacking(listPrerequisites(loaded.haus, loaded.facts).filter(({ id }) => id === 'node')))
    refuseErrors(await observeHeldPorts(context, loaded.haus, await listDown(context, loaded.haus)))
    const change = await applyChange(context, loaded, { force: false, command: 'up' })
    if (context.global.dryRun) return reportChange(await withStarts(context, loaded.haus, change), wording)
    if (change.kind === 'reverted') return reportChange(change, wording)
    const started = await startWhatIsDown(context, loaded.haus)
    if (hasErrors(started.findings)) {
      const taken = await takeBackUntried(context, loaded, change, started.findings)
      if (taken.kind === 'reverted') return reportChange(taken, wording)
    }
    const status = await observeStatus(context, loaded.haus)
    if (status.verdict === 'healthy') await confirm(context, loaded.haus, change)
    await keepReceipt(context, loaded, change)
    return answer({ change, started, status: await withPointers(context, status) })
  })
}

const wording = { diff: false, source: 'the catalog says' } as const

/** With the units that would be started although nothing about them changes. */
async function withStarts({ ports }: CommandContext, haus: Haus, change: Change): Promise<Change> {
  const { steps } = planUp(toUnitGraph(haus), await ports.units(haus).list())
  const changing = new Set(
    change.plan.impact.flatMap(({ service, action }) => (action === 'start' || action === 'restart' ? [service] : [])),
  )
  const starts = steps.filter(({ service }) => !changing.has(service))
  if (starts.length === 0) return change
  const named = new Set(starts.map(({ service }) => service))
  const impact = [
    ...change.plan.impact.filter(({ service }) => !named.has(service)),
    ...starts.map(({ service, why }) => ({ service, unit: haus.services[service]?.label ?? service, action: 'start' as const, why })),
  ]
  return { ...change, kind: 'planned', plan: { ...change.plan, isEmpty: false, impact } }
}

/** A generation that was made while the haus was down is proven only now; where it is not well, the last confirmed one comes back. */
async function takeBackUntried(context: CommandContext, loaded: LoadedHaus, change: Change, proof: readonly Finding[]): Promise<Change> {
  const generations = context.ports.generations(publishRoots(loaded.haus))
  const taken = await takeBack(context, loaded, { generations, from: change.generation as number, before: null, proof })
  if (taken.kind === 'reverted') await startWhatIsDown(context, loaded.haus)
  return { ...change, ...taken }
}

/** Services whose ports must be free before anything starts. */
async function listDown({ ports }: CommandContext, haus: Haus): Promise<ResolvedService[]> {
  const states = await ports.units(haus).list()
  return Object.values(haus.services).filter(({ id }) => states.find(({ service }) => service === id)?.pid == null)
}

interface Started {
  readonly services: readonly string[]
  readonly findings: readonly Finding[]
}

async function startWhatIsDown(context: CommandContext, haus: Haus): Promise<Started> {
  const plan = planUp(toUnitGraph(haus), await context.ports.units(haus).list())
  return { services: plan.steps.map(({ service }) => service), findings: await runUnits(context, haus, plan) }
}

async function confirm({ ports }: CommandContext, { policies }: Haus, { generation }: Change): Promise<void> {
  const generations = ports.generations([])
  const { confirmed } = generations.readPointers()
  if (generation === null || (confirmed.kind === 'set' && confirmed.number === generation)) return
  await generations.settle()
  await generations.confirm(generation)
  ports.journal.append({ kind: 'generation-confirmed', subject: `generation ${generation}`, data: { command: 'up' } })
  await generations.collect({ keep: policies.generations_kept })
}

async function withPointers({ ports }: CommandContext, status: HausStatus): Promise<HausStatus> {
  const { current, confirmed } = ports.generations([]).readPointers()
  return {
    ...status,
    generation: current.kind === 'set' ? current.number : null,
    confirmed: confirmed.kind === 'set' ? confirmed.number : null,
  }
}

function answer({ change, started, status }: { change: Change; started: Started; status: HausStatus }): Answer {
  const findings = [...change.findings, ...started.findings]
  const isWell = status.verdict === 'healthy' && !hasErrors(findings)
  const exit = hasErrors(findings) ? exitOfFindings(findings) : exitOfVerdict(status.verdict)
  return {
    exit,
    data: {
      outcome: change.kind === 'unchanged' && started.services.length > 0 ? 'started' : change.kind,
      generation: status.generation,
      changes: change.plan.changes,
      started: started.services,
      status,
    },
    findings,
    view: (style) =>
      [
        renderStatus(status, style),
        '',
        ...(findings.length > 0 ? [renderFindings(findings, style), ''] : []),
        isWell
          ? `${style.good('✓')} ${describe(change, started, status)}; everything here is healthy`
          : `${style.bad('✗')} not everything here is healthy${findings.length > 0 ? `: ${countFindings(findings)}` : ''}`,
        style.faint(
          isWell
            ? 'next: sanctumctl status · sanctumctl logs <id> -f · sanctumctl down'
            : 'next: sanctumctl doctor --quick · sanctumctl logs <id>',
        ),
      ].join('\n'),
  }
}

function describe({ kind }: Change, { services }: Started, { generation }: HausStatus): string {
  if (kind !== 'unchanged') return `generation ${generation} is in place`
  return services.length === 0 ? 'nothing to change' : `started ${services.join(', ')}`
}
