import { Fault, type Finding, hasErrors } from '@sanctum/contracts'
import { planDown } from '@sanctum/supervisor'
import type { Answer, CommandContext } from '../command.ts'
import { loadHeldHaus } from '../haus/read-held-haus.ts'
import { isBare } from '../haus/require-generation.ts'
import { runUnits, toUnitGraph } from '../haus/run-units.ts'
import { withWriter } from '../haus/with-writer.ts'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import { isUpgradeOpen } from '../upgrade/is-upgrade-open.ts'
import { renderFindings } from '../views/findings.ts'

/** Stops every unit, dependents first. What a person took down stays down, also for the failsafe and after a reboot. */
export async function run(context: CommandContext): Promise<Answer> {
  const { haus } = await loadHeldHaus(context)
  // Where nothing was ever set up there is nothing to stop, and not even a lock is left behind.
  if (isBare(context) && (await context.ports.units(haus).list()).every(({ pid }) => pid === null))
    return report([], [], context.global.dryRun)
  const damage = await seeUpgradeAtWork(context)
  return withWriter(context, async () => {
    const plan = planDown(toUnitGraph(haus), await context.ports.units(haus).list())
    const stopping = plan.steps.map(({ service }) => service)
    if (context.global.dryRun) return report(stopping, damage, true)
    const findings = [...damage, ...(await runUnits(context, haus, plan))]
    return report(stopping, [...findings, ...noteDown(context, haus.instance.slug, stopping)], false)
  })
}

/** What has stopped has stopped, also where no room is left to note it. */
function noteDown({ ports }: CommandContext, slug: string, services: readonly string[]): Finding[] {
  if (services.length === 0) return []
  try {
    ports.journal.append({ kind: 'haus-stopped', subject: slug, data: { services } })
    return []
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'DISK_FULL') throw error
    return [
      {
        code: 'DISK_FULL',
        severity: 'warning',
        message: `the disk is full, so the journal does not have that it was taken down: ${error.message}`,
        subject: ports.files.toShown(ports.home),
        evidence: { expected: 'room for one event', observed: error.message },
        fix: { text: 'Free some space before the next sanctumctl up.', safe: true },
      },
    ]
  }
}

/**
 * What an upgrade is proving at this moment is not stopped under its hands: it would take that for a failure and start it all again. A
 * record that cannot be read keeps nothing from stopping, and is told.
 */
async function seeUpgradeAtWork({ ports }: CommandContext): Promise<readonly Finding[]> {
  if (!(await isUpgradeOpen(ports))) return []
  const { readUpgrade, toDamage } = await import('../upgrade/upgrade-record.ts')
  const run = await readUpgrade(ports)
  if (run !== null && ports.machine.isAlive(run.by))
    throw new Fault('LOCKED', `the ${run.kind} to ${run.to.slice(0, 10)} is at work: ${run.step ?? 'it begins'}`, {
      hint: 'Wait for its end, or have it go back with sanctumctl revert --now.',
      retryable: true,
    })
  return toDamage(ports)
}

function report(stopped: readonly string[], findings: Answer['findings'], isPlan: boolean): Answer {
  return {
    exit: isPlan && stopped.length > 0 ? 'pending' : exitOfFindings(findings),
    data: { stopped, written: !isPlan },
    findings,
    view: (style) => {
      const told = findings.length > 0 ? `${renderFindings(findings, style)}\n` : ''
      if (stopped.length === 0) return `${told}${style.good('✓')} nothing was running`
      if (isPlan)
        return `${told}would stop, in this order: ${stopped.join(', ')}\nnothing was stopped; the same command without --dry-run stops it`
      if (hasErrors(findings)) return renderFindings(findings, style)
      return `${told}${style.good('✓')} down: ${stopped.join(', ')}\n${style.faint('next: sanctumctl up')}`
    },
  }
}
