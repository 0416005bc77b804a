import type { UnitImpact } from '@sanctum/contracts'
import type { GenerationPlan } from '@sanctum/generations'

export interface HeldBack {
  readonly impact: readonly UnitImpact[]
  /** Nothing here proves the change: it stays unconfirmed until `up` has started what it is about. */
  readonly isHeldBack: boolean
}

/** What becomes of a change while the haus is down: what goes is taken away, and nothing is started that nobody has started yet. */
export function holdBack({ impact, pointer }: Pick<GenerationPlan, 'impact' | 'pointer'>): HeldBack {
  // Also what needs no other process is only proven by one that runs: a probe, a limit, a time.
  const isUnproven = pointer.kind !== 'keep' && impact.some(({ action }) => action !== 'stop')
  return { impact: impact.map(toHeld), isHeldBack: isUnproven || impact.some((entry) => toHeld(entry) !== entry) }
}

function toHeld(entry: UnitImpact): UnitImpact {
  const { action, why } = entry
  return action === 'stop' || action === 'stay' ? entry : { ...entry, action: 'stay', why: `${why}; the haus is down` }
}
