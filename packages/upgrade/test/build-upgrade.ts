import type { UpgradeDocument } from '@sanctum/contracts'
import { planUpgrade } from '@sanctum/upgrade'

/** The record of an upgrade that has not begun. */
export function buildUpgrade(given: Partial<UpgradeDocument> = {}): UpgradeDocument {
  return {
    ...{ schema_version: 1, id: 'upgrade-20261127t193815z', kind: 'upgrade', from: 'a'.repeat(40), to: 'b'.repeat(40), change: 'logic' },
    ...{ checkout: '/checkout', despite: [], by: { pid: 7, start_time: '70' }, begun_at: '2026-11-27T19:38:15.000Z' },
    plan: [...planUpgrade({ kind: 'upgrade', change: 'logic', docsChanged: true, isBuilt: false, isKept: false })],
    ...{ step: null, child: null, before: 1, generation: null, target: null, steps: [], outcome: null, why: null },
    ...given,
  }
}
