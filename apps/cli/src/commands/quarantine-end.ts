import type { Answer, CommandContext } from '../command.ts'
import { loadHeldHaus } from '../haus/read-held-haus.ts'
import { requireService } from '../haus/require-service.ts'
import { askWatchdog, nothingToAsk } from '../healing/ask-watchdog.ts'
import { readHealing } from '../healing/read-healing.ts'
import { readReason } from '../healing/who-asks.ts'

/** Ends a quarantine before its time: the service is healed again. */
export async function run(context: CommandContext): Promise<Answer> {
  const [service] = context.args as [string]
  const given = context.options['reason']
  const why = given === undefined ? 'released by hand' : readReason(given, 'a release')
  const healing = await readHealing(context.ports)
  if (healing?.quarantines.some((each) => each.service === service) !== true) {
    const { haus, wanted } = await loadHeldHaus(context)
    requireService(haus, service, wanted)
    return nothingToAsk(`${service} is not in quarantine, so there is nothing to release`)
  }
  return askWatchdog(context, { do: 'release', service }, { why, done: `${service} leaves its quarantine and may be healed again` })
}
