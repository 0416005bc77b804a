import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import { readLeases } from '../healing/read-healing.ts'
import { nearestWord } from '../output/nearest-word.ts'

/** Ends a lease. The watchdog sees that it is gone, and judges what was promised. */
export async function run({ args, ports, global }: CommandContext): Promise<Answer> {
  const [id] = args as [string]
  const leases = await readLeases(ports)
  const lease = leases.find((each) => each.id === id)
  if (lease === undefined) {
    const near = nearestWord(
      id,
      leases.map((each) => each.id),
    )
    throw new UsageProblem(`there is no lease ${id}`, near === null ? 'sanctumctl lease list names them.' : `Did you mean ${near}?`)
  }
  const then = lease.obligations.map(({ service, must }) => `${service} must be ${must}`).join(', ')
  if (global.dryRun)
    return {
      exit: 'pending',
      data: { lease, written: false },
      findings: [],
      view: () => `nothing was written; without --dry-run ${id} ends now`,
    }
  await ports.files.perform([{ do: 'remove-file', path: `${ports.home}/state/leases/${id}.json` }], ports.home)
  return {
    exit: 'ok',
    data: { lease, written: true },
    findings: [],
    view: (style) => `${style.good('✓')} ${id} is over${then === '' ? '' : `; now ${then}`}`,
  }
}
