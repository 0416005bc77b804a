import { type ProbeKind, toTarget } from '../probe-kind.ts'

export interface InterfaceTarget {
  readonly name: string
  readonly address: string | null
}

export const interfaceKind: ProbeKind<'interface', InterfaceTarget> = {
  type: 'interface',
  title: 'a network interface with its address',
  needsNetwork: false,
  concurrency: 8,
  seesHang: false,
  suits: ['network', 'external'],
  aim: (probe) => toTarget({ name: probe.interface, address: probe.address ?? null }),
  describe: ({ name, address }) => (address === null ? `interface ${name}` : `${address} on ${name}`),
}
