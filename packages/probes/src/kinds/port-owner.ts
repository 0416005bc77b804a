import { findProvision } from '../probe-address.ts'
import { noTarget, type ProbeKind, toTarget } from '../probe-kind.ts'

export interface PortOwnerTarget {
  readonly port: number
  readonly pid: number | null
  readonly program: string | null
}

/** Sees that somebody else sits on the port; a process that listens and hangs looks well. */
export const portOwnerKind: ProbeKind<'port-owner', PortOwnerTarget> = {
  type: 'port-owner',
  title: 'the owner of a port',
  needsNetwork: false,
  concurrency: 2,
  seesHang: false,
  suits: ['daemon', 'container', 'external', 'network'],
  aim({ port, program }, context) {
    const provision = findProvision(context, port)
    if (provision === null) return noTarget('it has no port whose owner could be asked for')
    const pid = context.process?.pid ?? null
    if (pid === null && program === undefined) return noTarget('no process is known, and it names no program that should listen')
    return toTarget({ port: provision.port, pid, program: program ?? null })
  },
  describe: ({ port, pid, program }) => `whether ${program ?? `process ${pid}`} listens on ${port}`,
}
