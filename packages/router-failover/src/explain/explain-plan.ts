import type { RouterDefinition, TargetDefinition } from '../config/router-definition.ts'
import { defaultPolicy, type RouterPolicy } from '../policy/router-policy.ts'
import { type Candidate, judgeCandidate } from '../request/judge-candidate.ts'
import { chooseRoute, type RouteChoice } from '../route/choose-route.ts'
import type { Endpoint } from '../route/endpoints.ts'
import type { TargetCondition, TargetState } from '../target/target-state.ts'

/** Which attempts a request would make now, in their order, and why no others. */
export interface RequestPlan {
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
}

export function explainPlan({
  definition,
  model,
  endpoint = 'chat/completions',
  lastUserText = '',
  states,
  nowMs,
  policy = defaultPolicy,
}: PlanQuestion): RequestPlan {
  const choice = chooseRoute(definition, { model, lastUserText })
  const question = { route: choice.route, facts: { endpoint, model }, nowMs, policy }
  const judged = choice.route.targets.map((target) => ({ target, ...judgeCandidate(target, states(target.key), question) }))
  const planned = judged.filter(({ fitness }) => fitness === 'ready' || fitness === 'waking')
  return {
    choice,
    attempts: [...planned]
      .sort((a, b) => Number(a.fitness === 'waking') - Number(b.fitness === 'waking'))
      .map(({ target, condition, why, fitness }) => ({ target, condition, why, waits: fitness === 'waking' })),
    skipped: judged
      .filter((candidate) => !planned.includes(candidate))
      .map((candidate) => ({ target: candidate.target, condition: candidate.condition, why: toReason(candidate, nowMs) })),
  }
}

function toReason({ fitness, why, readyAtMs }: Candidate, nowMs: number): string {
  if (fitness !== 'resting' || readyAtMs === null) return why
  return `${why}; expected back in ${Math.max(1, Math.ceil((readyAtMs - nowMs) / 1000))} s`
}
