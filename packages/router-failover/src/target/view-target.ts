import { defaultPolicy, type RouterPolicy } from '../policy/router-policy.ts'
import { firstTokenP95 } from './first-token-times.ts'
import { isWarmingUp } from './load-budget.ts'
import type { TargetCondition, TargetState } from './target-state.ts'

/** A target as people and metrics see it. */
export interface TargetView {
  readonly condition: TargetCondition
  /** In a few words. */
  readonly why: string
  readonly breaker: 'closed' | 'open' | 'half-open'
  /** When it is expected to take requests again, by the same clock; null: it does, or nobody knows. */
  readonly readyAtMs: number | null
  /** Of streams with a short prompt; null before the first. */
  readonly firstTokenP95Ms: number | null
  readonly loadMs: number | null
  readonly failures: number
  readonly inFlight: number
  readonly waiting: number
}

export function viewTarget(state: TargetState, nowMs: number, policy: RouterPolicy = defaultPolicy): TargetView {
  return {
    condition: conditionOf(state, nowMs, policy),
    why: state.why,
    breaker: breakerOf(state, nowMs),
    readyAtMs: readyAtOf(state, nowMs, policy),
    firstTokenP95Ms: firstTokenP95(state, 0, true),
    loadMs: state.loadMs,
    failures: state.failures,
    inFlight: state.inFlight,
    waiting: state.waiting,
  }
}

/** The gravest that is true of it. */
export function conditionOf(state: TargetState, nowMs: number, policy: RouterPolicy): TargetCondition {
  if (state.problem !== null) return 'misconfigured'
  if (state.coolUntilMs > nowMs) return 'rate-limited'
  if (state.isDown || (state.breaker.isOpen && nowMs < state.breaker.untilMs)) return 'down'
  if (state.loadingSinceMs !== null || (isWarmingUp(state, nowMs, policy) && !isFresh(state, nowMs, policy))) return 'loading'
  if (state.needsToken) return 'cold'
  if (state.breaker.isOpen) return 'down'
  if (state.speaking > 0) return 'busy'
  return isFresh(state, nowMs, policy) ? 'warm' : 'unknown'
}

export function breakerOf({ breaker }: TargetState, nowMs: number): TargetView['breaker'] {
  return !breaker.isOpen ? 'closed' : nowMs < breaker.untilMs ? 'open' : 'half-open'
}

/** When it may take a request of a user again, as far as that can be told. */
export function readyAtOf(state: TargetState, nowMs: number, policy: RouterPolicy): number | null {
  const condition = conditionOf(state, nowMs, policy)
  if (condition === 'rate-limited') return state.coolUntilMs
  if (condition === 'misconfigured') return null
  const loadMs = state.loadMs
  const sinceMs = state.loadingSinceMs ?? state.warmUpSinceMs
  if (condition === 'loading' && !state.isLocal) return Math.max(nowMs, state.retrialAtMs)
  if (condition === 'loading') return loadMs === null ? null : Math.max(nowMs, (sinceMs ?? nowMs) + loadMs)
  if (condition === 'cold') return loadMs === null ? null : Math.max(nowMs, state.retrialAtMs) + loadMs
  if (condition !== 'down') return null
  if (state.isDown && loadMs === null) return null
  return Math.max(nowMs, state.breaker.isOpen ? state.breaker.untilMs : 0) + (state.isDown ? (loadMs ?? 0) : 0)
}

function isFresh({ lastTokenAtMs }: TargetState, nowMs: number, policy: RouterPolicy): boolean {
  return lastTokenAtMs !== null && nowMs - lastTokenAtMs < policy.staleMs
}
