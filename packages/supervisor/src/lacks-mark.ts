import type { UnitState } from '@sanctum/contracts'

/** True where a process runs and the embedded supervisor has lost that anybody wants it. Other managers keep that themselves. */
export function lacksMark({ manager, wanted, pid }: UnitState): boolean {
  return manager === 'embedded' && wanted === null && pid !== null
}
