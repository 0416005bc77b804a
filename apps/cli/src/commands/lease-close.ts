import type { Answer, CommandContext } from '../command.ts'
import { readLeases } from '../healing/read-healing.ts'
import { unknownWord } from '../output/unknown-word.ts'

/** Ends a lease. The watchdog sees that it is gone, and judges what was promised. */
export async function run({ args, ports, global }: CommandContext): Promise<Answer> {
  const [id] = args as [string]
  const leases = await readLeases(ports)
  const lease = leases.find((each) => each.id === id)
  if (lease === undefined) {
    const words = leases.map((each) => each.id)
    throw unknownWord(id, { what: 'lease', words, otherwise: 'sanctumctl lease list names them.' })
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
