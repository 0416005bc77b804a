import type { RouterExplanation } from '@sanctum/contracts'
import type { RouteDefinition, RouterDefinition, TargetDefinition } from '../config/router-definition.ts'
import { defaultPolicy, type RouterPolicy } from '../policy/router-policy.ts'
import { type Candidate, judgeCandidate } from '../request/judge-candidate.ts'
import { chooseRoute, type RouteChoice } from '../route/choose-route.ts'
import type { Endpoint } from '../route/endpoints.ts'
import type { TargetCondition, TargetState } from '../target/target-state.ts'

/** Which attempts a request would make now, in their order, and why no others. */
export interface RequestPlan {
  readonly endpoint: Endpoint
  readonly choice: RouteChoice
  readonly attempts: readonly PlannedAttempt[]
  readonly skipped: readonly { readonly target: TargetDefinition; readonly condition: TargetCondition; readonly why: string }[]
}

export interface PlannedAttempt {
  readonly target: TargetDefinition
  readonly condition: TargetCondition
  readonly why: string
  /** True: not at once, but after its model is in memory, and only where nobody before it answers. */
  readonly waits: boolean
}

export interface PlanQuestion {
  readonly definition: RouterDefinition
  readonly model: string | null
  readonly endpoint?: Endpoint
  readonly lastUserText?: string
  readonly states: (key: string) => TargetState
  readonly nowMs: number
  readonly policy?: RouterPolicy
  /** Whether a route has used its tokens of the day. */
  readonly isSpent?: (route: RouteDefinition) => boolean
}

export function explainPlan({
  definition,
  model,
  endpoint = 'chat/completions',
  lastUserText = '',
  states,
  nowMs,
  policy = defaultPolicy,
  isSpent,
}: PlanQuestion): RequestPlan {
  const choice = chooseRoute(definition, { model, lastUserText }, isSpent)
  const question = { route: choice.route, facts: { endpoint, model }, nowMs, policy }
  const judged = choice.route.targets.map((target) => ({ target, ...judgeCandidate(target, states(target.key), question) }))
  const planned = judged.filter(({ fitness }) => fitness === 'ready' || fitness === 'waking')
  return {
    endpoint,
    choice,
    attempts: [...planned]
      .sort((a, b) => Number(a.fitness === 'waking') - Number(b.fitness === 'waking'))
      .map(({ target, condition, why, fitness }) => ({ target, condition, why, waits: fitness === 'waking' })),
    skipped: judged
      .filter((candidate) => !planned.includes(candidate))
      .map((candidate) => ({ target: candidate.target, condition: candidate.condition, why: toReason(candidate, nowMs) })),
  }
}

/** The same as a document, for who asks the router or reads its definition. */
export function toExplanation({ endpoint, choice, attempts, skipped }: RequestPlan): Omit<RouterExplanation, 'schema_version' | 'model'> {
  return {
    endpoint,
    route: choice.route.name,
    rule: choice.rule,
    matched: choice.matched,
    attempts: attempts.map(({ target, condition, why }) => ({ target: target.id, url: target.url, model: target.model, condition, why })),
    skipped: skipped.map(({ target, why }) => ({ target: target.id, why })),
  }
}

function toReason({ fitness, why, readyAtMs }: Candidate, nowMs: number): string {
  if (fitness !== 'resting' || readyAtMs === null) return why
  return `${why}; expected back in ${Math.max(1, Math.ceil((readyAtMs - nowMs) / 1000))} s`
}
