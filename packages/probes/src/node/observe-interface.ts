import { networkInterfaces } from 'node:os'
import type { Sight } from '../judge-answer.ts'
import type { InterfaceTarget } from '../kinds/interface.ts'
import type { ProbeOf } from '../probe-kind.ts'

export async function observeInterface(_probe: ProbeOf<'interface'>, { name, address }: InterfaceTarget): Promise<Sight> {
  const addresses = networkInterfaces()[name]
  if (addresses === undefined || addresses.length === 0)
    return { kind: 'failed', cause: 'not-running', detail: `no interface ${name} is up with an address` }
  if (address === null || addresses.some((entry) => entry.address === address))
    return { kind: 'passed', detail: `${name} has ${address ?? addresses[0]?.address}` }
  return {
    kind: 'failed',
    cause: 'wrong-answer',
    detail: `${name} has ${addresses.map((entry) => entry.address).join(', ')} and not ${address}`,
  }
}
