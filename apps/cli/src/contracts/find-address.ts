import { type CommandContext, UsageProblem } from '../command.ts'
import { loadRunningHaus } from '../haus/kept-haus.ts'
import type { FindAddress } from './replay-contracts.ts'

/** Where services answer: where the command line says, else where the haus has them. */
export async function chooseAddresses(context: CommandContext): Promise<FindAddress> {
  const given = (context.options['against'] as readonly string[] | undefined) ?? []
  if (given.length > 0) return readAddresses(given, context.options['remote'] === true)
  const { haus } = await loadRunningHaus(context)
  return (service) => {
    const provision = haus.services[service]?.provides[0]
    return provision === undefined ? null : `${provision.security === 'plain' ? 'http' : 'https'}://127.0.0.1:${provision.port}`
  }
}

/** Each `URL` for all services, or `SERVICE=URL` for one. */
export function readAddresses(given: readonly string[], mayLeave: boolean): FindAddress {
  const pairs = given.map((text) => {
    const [, service, address = text] = /^([a-z][a-z0-9-]*)=(.*)$/.exec(text) ?? []
    return [service ?? null, readAddress(address, mayLeave)] as const
  })
  const known = new Map(pairs)
  if (known.size < pairs.length) throw new UsageProblem('--against names two addresses for the same', 'Give each service one address.')
  return (service) => known.get(service) ?? known.get(null) ?? null
}

function readAddress(text: string, mayLeave: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username + url.password !== '')
    throw new UsageProblem(`--against ${text} is no address`, 'Give the address of a server, such as --against http://127.0.0.1:8900.')
  if (!mayLeave && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname))
    throw new UsageProblem(
      `--against ${text} is not on this machine, and would be asked what contracts of others say`,
      'Say so with --remote where that is meant.',
    )
  return text.replace(/\/+$/, '')
}
