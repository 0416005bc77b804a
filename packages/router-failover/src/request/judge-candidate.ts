import { isLoopbackUrl } from '../config/judge-address.ts'
import type { RouteDefinition, TargetDefinition } from '../config/router-definition.ts'
import type { RouterPolicy } from '../policy/router-policy.ts'
import { canLoadModel } from '../route/model-family.ts'
import { isTokenDue } from '../target/judge-probe.ts'
import type { TargetCondition, TargetState } from '../target/target-state.ts'
import { conditionOf, readyAtOf } from '../target/view-target.ts'
import type { RequestFacts } from './request-loop.ts'

/**
 * Whether a target can be asked. `ready`: now. `waking`: once its model is in memory. `resting`: not before a time, or a look. `closed`:
 * somebody must act first. `unfit`: never for this request.
 */
export interface Candidate {
  readonly fitness: 'ready' | 'waking' | 'resting' | 'closed' | 'unfit'
  readonly condition: TargetCondition
  readonly why: string
  /** When it is expected to be ready; null: now, or nobody knows. */
  readonly readyAtMs: number | null
  /** A token that nobody asks for may be sent to it now. */
  readonly isWarmable: boolean
}

export interface CandidateQuestion {
  readonly route: RouteDefinition
  readonly facts: Pick<RequestFacts, 'endpoint' | 'model'>
  readonly nowMs: number
  readonly policy: RouterPolicy
}

export function judgeCandidate(target: TargetDefinition, state: TargetState, question: CandidateQuestion): Candidate {
  const { nowMs, policy } = question
  const condition = conditionOf(state, nowMs, policy)
  const unfit = findUnfitness(target, question)
  if (unfit !== null) return { fitness: 'unfit', condition, why: unfit, readyAtMs: null, isWarmable: false }
  const fitness = fitnessOf(state, condition, nowMs)
  if (fitness === 'ready') return { fitness, condition, why: state.why, readyAtMs: null, isWarmable: false }
  return {
    fitness,
    condition,
    why: state.why,
    readyAtMs: readyAtOf(state, nowMs, policy),
    isWarmable: target.locality === 'local' && isTokenDue(state, nowMs, policy),
  }
}

/** The same question, answered with one word and without a new object: every request asks it of its primary. */
export function isReady(target: TargetDefinition, state: TargetState, question: CandidateQuestion): boolean {
  return (
    fitnessOf(state, conditionOf(state, question.nowMs, question.policy), question.nowMs) === 'ready' &&
    findUnfitness(target, question) === null
  )
}

/** Why a target never gets this request; null: it may. */
function findUnfitness(target: TargetDefinition, { route, facts }: CandidateQuestion): string | null {
  if (route.secure && !isOnThisMachine(target)) return 'the route is secure, and this target is not on this machine'
  if (target.endpoints !== null && !target.endpoints.includes(facts.endpoint)) return `it has no ${facts.endpoint}`
  const model = target.model ?? facts.model
  if (target.architectures !== null && model !== null && !canLoadModel(target.architectures, model))
    return `it cannot load ${model}: it loads ${target.architectures.join(', ')}`
  return null
}

/** On this machine, and not a door to another. */
function isOnThisMachine({ locality, url }: TargetDefinition): boolean {
  return locality === 'local' && isLoopbackUrl(url)
}

function fitnessOf(state: TargetState, condition: TargetCondition, nowMs: number): Candidate['fitness'] {
  switch (condition) {
    case 'warm':
    case 'busy':
    case 'unknown':
      return 'ready'
    case 'cold':
    case 'loading':
      return state.isLocal ? 'waking' : isTrialDue(state, nowMs) ? 'ready' : 'resting'
    case 'rate-limited':
      return 'resting'
    case 'misconfigured':
      return isTrialDue(state, nowMs) ? 'ready' : 'closed'
    case 'down':
      return isTrialDue(state, nowMs) ? 'ready' : 'resting'
  }
}

/** A metered target is not asked for tokens that nobody wants, so one request of a user is its trial. */
function isTrialDue(state: TargetState, nowMs: number): boolean {
  const isHeld = state.breaker.isOpen && nowMs < state.breaker.untilMs
  return !state.isLocal && state.inFlight === 0 && !isHeld && nowMs >= Math.max(state.retrialAtMs, state.coolUntilMs)
}
