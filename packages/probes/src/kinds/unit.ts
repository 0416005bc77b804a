import type { UnitState } from '@sanctum/contracts'
import { noTarget, type ProbeKind, toTarget } from '../probe-kind.ts'

export interface UnitTarget {
  readonly unit: UnitState
  readonly digest: string | null
}

export const unitKind: ProbeKind<'unit', UnitTarget> = {
  type: 'unit',
  title: 'a unit that is loaded as its file says',
  needsNetwork: false,
  concurrency: 8,
  seesHang: false,
  suits: ['daemon', 'periodic', 'oneshot', 'container'],
  aim(_, { unit, unitDigest = null }) {
    return unit == null ? noTarget('its service manager says nothing of a unit') : toTarget({ unit, digest: unitDigest })
  },
  describe: ({ unit }) => `the loaded state of ${unit.unit}`,
}
