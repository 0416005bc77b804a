import type { RouterPolicy } from '../policy/router-policy.ts'
import type { TargetState } from './target-state.ts'

/** How long a model may need to be in memory, in milliseconds. */
export function toLoadBudget({ loadMs }: TargetState, policy: RouterPolicy): number {
  return Math.max(policy.leastLoadMs, loadMs ?? policy.defaultLoadMs) * policy.firstToken.timesLoad
}

/** The longest that a warm-up may take as a whole, in milliseconds. */
export function toWarmUpBudget(state: TargetState, policy: RouterPolicy): number {
  return toLoadBudget(state, policy) + policy.idleMs
}

/** Whether a warm-up is under way. One whose end was never told is over when its time is. */
export function isWarmingUp(state: TargetState, nowMs: number, policy: RouterPolicy): boolean {
  return state.warmUpSinceMs !== null && nowMs - state.warmUpSinceMs <= 2 * toWarmUpBudget(state, policy)
}
