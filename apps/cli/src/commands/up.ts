import { type Finding, type Haus, type HausStatus, hasErrors } from '@sanctum/contracts'
import { listPrerequisites } from '@sanctum/host-resolver'
import { planUp } from '@sanctum/supervisor'
import { findLacking } from '../checks/check-prerequisites.ts'
import type { Answer, CommandContext } from '../command.ts'
import { applyChange, type Change } from '../haus/apply-change.ts'
import { bootstrapMachine } from '../haus/bootstrap-machine.ts'
import { findHeldPorts } from '../haus/find-held-ports.ts'
import { type LoadedHaus, loadHaus } from '../haus/load-haus.ts'
import { observeStatus } from '../haus/observe-status.ts'
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
  return withWriter(context, async () => {
    await bootstrapMachine(context, { replaces: false })
    const loaded = await loadHaus(context)
    refuseErrors(findLacking(listPrerequisites(loaded.haus, loaded.facts).filter(({ id }) => id === 'node')))
    await refuseHeldPorts(context, loaded)
    const change = await applyChange(context, loaded, { force: false, command: 'up' })
    if (context.global.dryRun) return reportChange(change, { diff: false, source: 'the catalog says' })
    if (change.kind === 'reverted') return reportChange(change, { diff: false, source: 'the catalog says' })
    const started = await startWhatIsDown(context, loaded.haus)
    const status = await observeStatus(context, loaded.haus)
    if (status.verdict === 'healthy') await confirm(context, change)
    return answer({ change, started, status: await withPointers(context, status) })
  })
}

async function refuseHeldPorts({ ports }: CommandContext, { haus }: LoadedHaus): Promise<void> {
  const states = await ports.units(haus).list()
  const down = Object.values(haus.services).filter(({ id }) => states.find(({ service }) => service === id)?.pid == null)
  if (down.length === 0) return
  const { listeners } = await ports.host.observations()
  refuseErrors(findHeldPorts({ services: down, listeners, states }))
}

async function startWhatIsDown(context: CommandContext, haus: Haus): Promise<readonly Finding[]> {
  const states = await context.ports.units(haus).list()
  return runUnits(context, haus, planUp(toUnitGraph(haus), states))
}

async function confirm({ ports }: CommandContext, { generation }: Change): Promise<void> {
  const generations = ports.generations([])
  const { confirmed } = generations.readPointers()
  if (generation === null || (confirmed.kind === 'set' && confirmed.number === generation)) return
  await generations.settle()
  await generations.confirm(generation)
  ports.journal.append({ kind: 'generation-confirmed', subject: `generation ${generation}`, data: { command: 'up' } })
}

async function withPointers({ ports }: CommandContext, status: HausStatus): Promise<HausStatus> {
  const { current, confirmed } = ports.generations([]).readPointers()
  return {
    ...status,
    generation: current.kind === 'set' ? current.number : null,
    confirmed: confirmed.kind === 'set' ? confirmed.number : null,
  }
}

function answer({ change, started, status }: { change: Change; started: readonly Finding[]; status: HausStatus }): Answer {
  const findings = [...change.findings, ...started]
  const isWell = status.verdict === 'healthy' && !hasErrors(findings)
  const exit = hasErrors(findings) ? exitOfFindings(findings) : exitOfVerdict(status.verdict)
  return {
    exit,
    data: { outcome: change.kind, generation: status.generation, changes: change.plan.changes.length, status },
    findings,
    view: (style) =>
      [
        renderStatus(status, style),
        '',
        ...(findings.length > 0 ? [renderFindings(findings, style), ''] : []),
        isWell
          ? `${style.good('✓')} ${change.kind === 'unchanged' ? 'nothing to change' : `generation ${status.generation} is in place`}; everything here is healthy`
          : `${style.bad('✗')} not everything here is healthy${findings.length > 0 ? `: ${countFindings(findings)}` : ''}`,
        style.faint(
          isWell
            ? 'next: sanctumctl status · sanctumctl logs <id> -f · sanctumctl down'
            : 'next: sanctumctl doctor --quick · sanctumctl logs <id>',
        ),
      ].join('\n'),
  }
}
