import type { ProbeContext, Provision } from './probe-kind.ts'

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
export function toUrlHost(address: string): string {
  const host = toHost(address)
  return host.includes(':') ? `[${host}]` : host
}
