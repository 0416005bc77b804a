import type { TargetDefinition } from '../config/router-definition.ts'
import type { RouterPolicy } from '../policy/router-policy.ts'
import { firstTokenP95, toBand } from '../target/first-token-times.ts'
import { toLoadBudget, toWarmUpBudget } from '../target/load-budget.ts'
import type { TargetCondition, TargetState } from '../target/target-state.ts'
import type { AttemptClocks, RequestFacts } from './request-loop.ts'

/**
 * The four clocks of an attempt, for this target in this condition. What is written stands. `isAlone`: nobody else could answer, so the
 * time that a model needs to load is given to it; and to an answer that is no stream all the time that is left, since its work cannot be
 * told from silence: what other answers took says nothing, since they may have been asked for fewer tokens or at another endpoint. A second
 * try at the same target has at least twice the time of the first: with the same it would end the same way.
 */
export function toAttemptClocks(
  target: TargetDefinition,
  state: TargetState,
  { condition, facts, nowMs, isAlone, lastMs, policy }: ClockQuestion,
): AttemptClocks {
  const { timeouts } = target
  const leftMs = Math.max(1, facts.deadlineAtMs - nowMs)
  const totalMs = timeouts.totalMs === null ? leftMs : Math.min(timeouts.totalMs, leftMs)
  const firstTokenMs = timeouts.firstTokenMs ?? learnFirstToken(state, { condition, facts, isAlone, lastMs, policy })
  return {
    connectMs: timeouts.connectMs ?? policy.connectMs[target.locality],
    firstTokenMs: Math.min(firstTokenMs, totalMs),
    idleMs: timeouts.idleMs ?? policy.idleMs,
    totalMs,
  }
}

export interface ClockQuestion {
  readonly condition: TargetCondition
  readonly facts: RequestFacts
  readonly nowMs: number
  readonly isAlone: boolean
  /** What its last attempt of this request had for the first token; 0: this is the first. */
  readonly lastMs: number
  readonly policy: RouterPolicy
}

/** One token of nobody's request: a whole load may pass before it. */
export function toWarmUpClocks(target: TargetDefinition, state: TargetState, policy: RouterPolicy): AttemptClocks {
  return {
    connectMs: target.timeouts.connectMs ?? policy.connectMs[target.locality],
    firstTokenMs: toLoadBudget(state, policy),
    idleMs: policy.idleMs,
    totalMs: toWarmUpBudget(state, policy),
  }
}

function learnFirstToken(state: TargetState, { condition, facts, isAlone, lastMs, policy }: Omit<ClockQuestion, 'nowMs'>): number {
  const { firstToken } = policy
  if (isAlone && !facts.isStream) return Number.POSITIVE_INFINITY
  const factor = firstToken.bandFactors[toBand(facts.promptBytes)] ?? 1
  const p95 = firstTokenP95(state, facts.promptBytes, facts.isStream)
  const isWarm = condition === 'warm' || condition === 'busy'
  const least = !facts.isStream ? firstToken.wholeMs : p95 !== null && isWarm ? firstToken.floorMs : firstToken.unknownMs
  const learned = Math.max(least * factor, firstToken.timesP95 * (p95 ?? 0), 2 * lastMs)
  const patient = condition === 'busy' ? Math.max(learned, firstToken.busyMs * factor) : learned
  if (!isAlone) return patient
  return Math.max(patient, state.loadMs === null ? firstToken.aloneMs : toLoadBudget(state, policy))
}
