import { type Finding, hasErrors } from '@sanctum/contracts'
import { planApply } from '@sanctum/supervisor'
import { type Answer, type CommandContext, Refused, UsageProblem } from '../command.ts'
import { findNoRoom } from '../haus/find-no-room.ts'
import { observeHeldPorts } from '../haus/observe-held-ports.ts'
import { loadHeldHaus } from '../haus/read-held-haus.ts'
import { requireGeneration } from '../haus/require-generation.ts'
import { requireService } from '../haus/require-service.ts'
import { findSupervisor } from '../haus/roles.ts'
import { runUnits, toUnitGraph } from '../haus/run-units.ts'
import { refuseErrors, withWriter } from '../haus/with-writer.ts'

/** Starts a service anew and waits until it is ready. In a haus that is down nothing is started alone. */
export async function run(context: CommandContext): Promise<Answer> {
  const [id] = context.args as [string]
  const { haus, wanted, findings: noted } = await loadHeldHaus(context)
  const service = requireService(haus, id, wanted)
  if (service.run === null && service.container === null)
    throw new UsageProblem(`${id} is not started by Sanctum, so it cannot be restarted here`, `sanctumctl status shows how ${id} is.`)
  requireGeneration(context)
  return withWriter(context, async () => {
    const { ports } = context
    const units = ports.units(haus)
    const states = await units.list()
    const supervisor = findSupervisor(haus)
    if (supervisor !== null && supervisor !== id && states.find((state) => state.service === supervisor)?.pid == null)
      throw new Refused([toHausDown(id, supervisor)])
    refuseErrors(await observeHeldPorts(context, haus, [service]))
    refuseErrors(findNoRoom({ haus, starts: [id], states }))
    if (context.global.dryRun)
      return {
        exit: 'pending',
        data: { service: id, written: false },
        findings: noted,
        view: () => `would restart ${id}; nothing was restarted`,
      }
    const findings = await runUnits(
      context,
      haus,
      planApply([{ service: id, unit: service.label, action: 'restart', why: 'a person asked for it' }], toUnitGraph(haus)),
    )
    // Also one that was left alone was not restarted.
    if (findings.length > 0) throw new Refused(findings, hasErrors(findings) ? null : 'problems')
    const state = (await units.list()).find((each) => each.service === id)
    ports.journal.append({ kind: 'unit-restarted', subject: id, data: { pid: state?.pid ?? null } })
    return {
      exit: 'ok',
      data: { service: id, pid: state?.pid ?? null, written: true },
      findings: noted,
      view: (style) => `${style.good('✓')} ${id} runs again${state?.pid == null ? '' : ` as pid ${state.pid}`} and is ready`,
    }
  })
}

function toHausDown(id: string, supervisor: string): Finding {
  return {
    code: 'SUPERVISOR_DOWN',
    severity: 'error',
    message: `${id} cannot be restarted: ${supervisor}, which starts the others, does not run`,
    subject: supervisor,
    evidence: { expected: `a ${supervisor} that runs`, observed: 'none' },
    fix: { text: 'Bring the haus up; that starts what is down.', command: 'sanctumctl up', safe: true },
  }
}
