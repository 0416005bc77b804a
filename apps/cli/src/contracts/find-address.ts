import { type CommandContext, UsageProblem } from '../command.ts'
import { loadRunningHaus } from '../haus/kept-haus.ts'
import type { FindAddress } from './replay-contracts.ts'

/** Where services answer: all at the address that was given, else where the haus has them. */
export async function chooseAddresses(context: CommandContext): Promise<FindAddress> {
  const given = context.options['against']
  if (given !== undefined) {
    const base = readAddress(String(given))
    return () => base
  }
  const { haus } = await loadRunningHaus(context)
  return (service) => {
    const provision = haus.services[service]?.provides[0]
    return provision === undefined ? null : `${provision.security === 'plain' ? 'http' : 'https'}://127.0.0.1:${provision.port}`
  }
}

function readAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.search === '' && url.hash === '')
    return text.replace(/\/+$/, '')
  throw new UsageProblem(`--against ${text} is no address`, 'Give the address of a server, such as --against http://127.0.0.1:8900.')
}
