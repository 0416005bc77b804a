import type { Fault } from './fault.ts'
import { measuredFaults } from './measured-faults.ts'
import { ownFaults } from './own-faults.ts'
import { publicFaults } from './public-faults.ts'

/** Every fault that a router is examined with. */
export const faults: readonly Fault[] = [...publicFaults, ...measuredFaults, ...ownFaults]

/** The case that comes first: who fails it is not judged. */
export const healthyFault: Fault = measuredFaults[0] as Fault

/** The faults of these ids, or of the catalogues `S`, `F` and `O`; unknown ones are told apart. */
export function selectFaults(ids: readonly string[]): { readonly faults: readonly Fault[]; readonly unknown: readonly string[] } {
  const isAsked = ({ id }: Fault): boolean => ids.includes(id) || ids.includes(id.slice(0, 1))
  return {
    faults: faults.filter(isAsked),
    unknown: ids.filter((asked) => !faults.some(({ id }) => id === asked || id.slice(0, 1) === asked)),
  }
}
