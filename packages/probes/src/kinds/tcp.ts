import { findProvision, toHost } from '../probe-address.ts'
import { noTarget, type ProbeKind, toTarget } from '../probe-kind.ts'

export interface TcpTarget {
  readonly host: string
  readonly port: number
}

/** The kernel completes a connection for a process that is stopped or stuck, so this never proves more than an open port. */
export const tcpKind: ProbeKind<'tcp', TcpTarget> = {
  type: 'tcp',
  title: 'an open TCP port',
  needsNetwork: true,
  concurrency: 64,
  seesHang: false,
  suits: ['daemon', 'container', 'external', 'network'],
  aim(probe, context) {
    const provision = findProvision(context, probe.port)
    if (provision === null) return noTarget('it has no port to ask')
    return toTarget({ host: toHost(probe.host ?? provision.address), port: provision.port })
  },
  host: ({ host }) => host,
  describe: ({ host, port }) => `connect to ${host.includes(':') ? `[${host}]` : host}:${port}`,
}
