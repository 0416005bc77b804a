import { defaultPolicy, type RouterPolicy } from '../policy/router-policy.ts'
import { isWarmingUp } from './load-budget.ts'
import type { TargetState } from './target-state.ts'
import { conditionOf } from './view-target.ts'

/**
 * What look a target is due for. A token costs: it is asked for only to end a hold, to prove a model that was away, and after long idleness
 * of a local model; never where somebody is being answered, and of a cloud target only where `probesCloud` says so.
 */
export function judgeProbe(
  state: TargetState,
  nowMs: number,
  { policy = defaultPolicy, probesCloud = false }: { readonly policy?: RouterPolicy; readonly probesCloud?: boolean } = {},
): null | 'health' | 'token' {
  if (isTokenDue(state, nowMs, policy) && (state.isLocal || probesCloud)) return 'token'
  if (state.speaking > 0) return null
  if (!state.isLocal) return null
  const isSuspect = state.isDown || state.loadingSinceMs !== null || state.failures > 0 || state.needsToken
  const everyMs =
    state.problem !== null
      ? policy.misconfiguredMs
      : state.waiting > 0
        ? policy.hold.recheckMs
        : isSuspect
          ? policy.probe.suspectMs
          : policy.probe.healthMs
  return state.lookedAtMs === null || nowMs - state.lookedAtMs >= everyMs ? 'health' : null
}

/** Whether a token that nobody asked for is what this target needs now. */
export function isTokenDue(state: TargetState, nowMs: number, policy: RouterPolicy): boolean {
  if (isWarmingUp(state, nowMs, policy) || state.inFlight > 0 || nowMs < Math.max(state.retrialAtMs, state.coolUntilMs)) return false
  const condition = conditionOf(state, nowMs, policy)
  if (condition === 'misconfigured') return Number.isFinite(state.retrialAtMs)
  if (condition === 'down') return !state.breaker.isOpen || nowMs >= state.breaker.untilMs
  if (condition === 'loading' || condition === 'cold') return true
  return condition === 'warm' && state.lastTokenAtMs !== null && nowMs - state.lastTokenAtMs >= policy.probe.idleMs
}
