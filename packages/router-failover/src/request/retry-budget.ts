import type { RouterPolicy } from '../policy/router-policy.ts'

/** What all requests together may still repeat. A share of the traffic, and never less than a few per minute. */
export interface RetryBudget {
  readonly retries: number
  readonly hedges: number
  readonly atMs: number
}

export function createRetryBudget(policy: RouterPolicy, nowMs: number): RetryBudget {
  return { retries: policy.retry.perMinute, hedges: policy.hedge.perMinute, atMs: nowMs }
}

/** One request more, and the time that went by. Time fills it up to a minute's worth, traffic beyond that. */
export function creditRequest(budget: RetryBudget, nowMs: number, { retry, hedge, minuteMs }: RouterPolicy): RetryBudget {
  const minutes = Math.max(0, nowMs - budget.atMs) / minuteMs
  const byTime = budget.retries < retry.perMinute ? Math.min(retry.perMinute, budget.retries + minutes * retry.perMinute) : budget.retries
  return {
    retries: Math.min(retry.most, byTime + retry.share),
    hedges: Math.min(hedge.perMinute, budget.hedges + minutes * hedge.perMinute),
    atMs: nowMs,
  }
}

export function spendRetry(budget: RetryBudget): RetryBudget | null {
  return budget.retries < 1 ? null : { ...budget, retries: budget.retries - 1 }
}

export function spendHedge(budget: RetryBudget): RetryBudget | null {
  return budget.hedges < 1 ? null : { ...budget, hedges: budget.hedges - 1 }
}
