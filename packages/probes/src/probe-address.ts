import { type Aim, noTarget, type ProbeContext, type Provision, toTarget } from './probe-kind.ts'

/** Where a probe with this port, or none, finds the service; null where the service provides no TCP port. */
export function findProvision(context: ProbeContext, port: number | undefined): Provision | null {
  const tcp = context.provides.filter(({ protocol }) => protocol === 'tcp')
  if (port === undefined) return tcp[0] ?? null
  return tcp.find((provision) => provision.port === port) ?? { port, protocol: 'tcp', address: '127.0.0.1', security: 'plain' }
}

const wildcards: Readonly<Record<string, string>> = {
  '0.0.0.0': '127.0.0.1',
  '*': '127.0.0.1',
  '': '127.0.0.1',
  '::': '::1',
  '[::]': '::1',
}

/** A host to connect to: who binds every address is asked on loopback. */
export function toHost(address: string): string {
  return wildcards[address] ?? address.replace(/^\[(.*)\]$/, '$1')
}

/** The host as it stands in a URL. */
function toUrlHost(address: string): string {
  const host = toHost(address)
  return host.includes(':') ? `[${host}]` : host
}

/** What names a web address in a probe. */
export interface WebAddress {
  readonly url?: string | undefined
  readonly port?: number | undefined
  readonly path?: string | undefined
  readonly tls?: object | undefined
}

/** The URL that a probe asks: its own, or that of a port of the service. */
export function toWebUrl({ url, port, path, tls }: WebAddress, context: ProbeContext): Aim<string> {
  if (url !== undefined) return completeUrl(url, port, path)
  const provision = findProvision(context, port)
  if (provision === null) return noTarget('it has neither a URL nor a port to ask')
  const scheme = provision.security !== 'plain' || tls !== undefined ? 'https' : 'http'
  return toTarget(`${scheme}://${toUrlHost(provision.address)}:${provision.port}${path ?? '/'}`)
}

function completeUrl(given: string, port: number | undefined, path: string | undefined): Aim<string> {
  const url = URL.parse(given)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return noTarget('its URL is none of http or https')
  if (port !== undefined) url.port = String(port)
  return toTarget(path === undefined ? url.href : new URL(path, url).href)
}

/** As it may be shown. */
export function withoutUserinfo(text: string): string {
  const url = new URL(text)
  url.username = ''
  url.password = ''
  return url.href
}
