import { hasErrors } from '@sanctum/contracts'
import { findLacking } from '../checks/check-prerequisites.ts'
import type { Answer, CommandContext } from '../command.ts'
import { applyChange, type Change, type SickChange } from '../haus/apply-change.ts'
import { bootstrapMachine } from '../haus/bootstrap-machine.ts'
import { findUnwritable } from '../haus/find-unwritable.ts'
import { loadHaus } from '../haus/load-haus.ts'
import { observeHeldPorts } from '../haus/observe-held-ports.ts'
import { planRender } from '../haus/plan-render.ts'
import { readPrerequisites } from '../haus/read-prerequisites.ts'
import { isBare } from '../haus/require-generation.ts'
import { requireThisMachine } from '../haus/require-this-machine.ts'
import { revertChange, revertDueTrial } from '../haus/revert-change.ts'
import { refuseErrors, withWriter } from '../haus/with-writer.ts'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import { reportChange } from '../output/report-change.ts'
import { renderFindings } from '../views/findings.ts'
import { renderPrerequisites } from '../views/host.ts'
import { renderPlan } from '../views/plan.ts'

/** Without --write: what this machine needs, what would be created, which ports are taken. With it: that. */
export async function run(context: CommandContext): Promise<Answer> {
  const writes = context.options['write'] === true && !context.global.dryRun
  if (writes) requireThisMachine(context, 'Leave --write out to look, or write the files with sanctumctl render --facts FILE --out DIR.')
  const replaces = context.options['force'] === true
  // A catalog that cannot be read leaves no trace on a bare machine.
  if (writes && isBare(context)) refuseErrors(await findUnwritable(context, (await planRender(context, await loadHaus(context), {})).plan))
  return writes ? write(context, replaces) : show(context, replaces)
}

async function show(context: CommandContext, replaces: boolean): Promise<Answer> {
  const { ports } = context
  const created = await bootstrapMachine({ ...context, global: { ...context.global, dryRun: true } }, { replaces })
  const loaded = await loadHaus(context)
  const { plan, losses } = await planRender(context, loaded, {})
  const prerequisites = await readPrerequisites(context, loaded)
  const findings = [
    ...loaded.findings,
    ...findLacking(prerequisites),
    ...(await observeHeldPorts(context, loaded.haus, Object.values(loaded.haus.services))),
  ]
  const differs = created.length > 0 || !plan.isEmpty
  return {
    exit: hasErrors(findings) ? exitOfFindings(findings) : differs ? 'pending' : 'ok',
    data: { creates: created, changes: plan.changes, prerequisites, ports: portsOf(loaded.haus), losses, skipped: loaded.haus.skipped },
    findings,
    view: (style) =>
      [
        style.strong('needs'),
        indent(renderPrerequisites(prerequisites, style)),
        ...(created.length > 0 ? [style.strong(`creates in ${ports.files.toShown(ports.home)}`)] : []),
        ...created.map((line) => `  + ${line}`),
        renderPlan({ changes: plan.changes, impact: [], losses, skipped: loaded.haus.skipped }, style),
        style.strong('ports'),
        ...portsOf(loaded.haus).map(({ service, port, lore }) => `  ${port}  ${service}  ${style.faint(lore)}`),
        ...(findings.length > 0 ? ['', renderFindings(findings, style)] : []),
        '',
        differs
          ? 'nothing was written; sanctumctl bootstrap --write creates this, sanctumctl up also starts it'
          : `${style.good('✓')} this machine is set up`,
      ].join('\n'),
  }
}

async function write(context: CommandContext, replaces: boolean): Promise<Answer> {
  const reverted = await revertDueTrial(context)
  const tried = await withWriter(context, async (): Promise<{ created: readonly string[]; change: Change | SickChange }> => {
    const made = await bootstrapMachine(context, { replaces })
    return { created: made, change: await applyChange(context, await loadHaus(context), { force: false, command: 'bootstrap' }) }
  })
  const { created } = tried
  const change = await revertChange(context, tried.change, reverted)
  if (change.kind === 'reverted' || change.kind === 'stuck') return reportChange(change, { diff: false, source: 'the catalog says' })
  return {
    exit: 'ok',
    data: { creates: created, outcome: change.kind, generation: change.generation, changes: change.plan.changes },
    findings: change.findings,
    view: (style) =>
      created.length === 0 && change.kind === 'unchanged'
        ? `${style.good('✓')} this machine is set up already; nothing to change`
        : [
            ...created.map((line) => `+ ${line}`),
            `${style.good('✓')} set up; generation ${change.generation} is in place`,
            style.faint('next: sanctumctl up'),
          ].join('\n'),
  }
}

function portsOf(haus: Awaited<ReturnType<typeof loadHaus>>['haus']) {
  return Object.values(haus.services).flatMap(({ id, provides }) =>
    provides.map(({ port, protocol, port_lore }) => ({ service: id, port, protocol, lore: port_lore })),
  )
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ')
}
