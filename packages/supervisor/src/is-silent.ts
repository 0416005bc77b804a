import type { UnitState } from '@sanctum/contracts'

/** Whether the service manager said nothing of a unit, not even that it is not there: nothing may be concluded from such a state. */
export function isSilent({ activity, loaded, pid }: UnitState): boolean {
  return activity === 'unknown' && !loaded && pid === null
}
