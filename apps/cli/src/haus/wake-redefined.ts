import type { UnitImpact, UnitState } from '@sanctum/contracts'
import type { GenerationPlan } from '@sanctum/generations'
import { listRedefined } from './list-redefined.ts'

type Resting = Pick<UnitState, 'service' | 'wanted' | 'activity'>

/**
 * What a change does to the units of a haus that is up. A definition that needs no other process has none to leave alone where the unit
 * failed and rests: only a start proves it, and it may be the cure.
 */
export function wakeRedefined(
  plan: Pick<GenerationPlan, 'changes' | 'surfaces' | 'impact'>,
  states: readonly Resting[],
): readonly UnitImpact[] {
  const redefined = new Set(listRedefined(plan).map(({ service, unit }) => `${service} ${unit}`))
  const resting = new Set(
    states.flatMap(({ service, wanted, activity }) =>
      wanted !== false && (activity === 'backing-off' || activity === 'failed') ? [service] : [],
    ),
  )
  return plan.impact.map((entry) =>
    entry.action === 'stay' && resting.has(entry.service) && redefined.has(`${entry.service} ${entry.unit}`)
      ? { ...entry, action: 'restart', why: `${entry.why}; it had failed, and rested` }
      : entry,
  )
}
