import type { Answer, CommandContext } from '../command.ts'
import { readLeases } from '../healing/read-healing.ts'
import { renderLeases } from '../views/leases.ts'

export async function run({ ports }: CommandContext): Promise<Answer> {
  const now = ports.clock.now()
  const leases = (await readLeases(ports)).filter(({ until_ms }) => until_ms > now)
  return { exit: 'ok', data: { leases }, findings: [], view: (style) => renderLeases(leases, now, style) }
}
