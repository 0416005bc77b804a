import { type CapLedger, isCapSpent } from '../caps/cap-ledger.ts'
import type { RouterDefinition } from '../config/router-definition.ts'
import { defaultPolicy, type RouterPolicy } from '../policy/router-policy.ts'
import { chooseRoute } from '../route/choose-route.ts'
import type { RequestFacts, RequestLoop } from './request-loop.ts'

/** A request before its first step; `began` is the first event that `reduceRequest` takes of it. */
export function beginRequest({
  definition,
  facts,
  caps,
  policy = defaultPolicy,
}: {
  readonly definition: RouterDefinition
  readonly facts: RequestFacts
  readonly caps: CapLedger
  readonly policy?: RouterPolicy
}): RequestLoop {
  const choice = chooseRoute(definition, facts, (route) => isCapSpent(caps, route))
  return {
    definition,
    facts,
    choice,
    route: choice.route,
    delivery: facts.delivery ?? choice.route.delivery,
    phase: 'open',
    attempts: [],
    committed: null,
    isHedged: false,
    isContinued: false,
    again: null,
    pauseUntilMs: 0,
    waitsFor: [],
    waitsSinceMs: null,
    lifeAtMs: facts.arrivedAtMs + policy.lifeSignMs,
    lastFailure: null,
  }
}
