import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RouterExplanation, RouterRouteStatus } from '@sanctum/contracts'
import { isCapSpent } from '../caps/cap-ledger.ts'
import type { RouteDefinition, RouterDefinition } from '../config/router-definition.ts'
import { explainPlan, toExplanation } from '../explain/explain-plan.ts'
import { defaultPolicy } from '../policy/router-policy.ts'
import { beginRequest } from '../request/begin-request.ts'
import { isWaiting, reduceRequest } from '../request/reduce-request.ts'
import type { FinalFailure, RequestFacts, RequestStep, RequestWorld } from '../request/request-loop.ts'
import { createRetryBudget } from '../request/retry-budget.ts'
import type { RouteChoice } from '../route/choose-route.ts'
import type { Endpoint } from '../route/endpoints.ts'
import { createActiveRuns } from './active-runs.ts'
import { headerText } from './answer-head.ts'
import { answerOwn, endpointsByPath, noBackend, type OwnState, ownFault, refuseRequest } from './answer-own.ts'
import type { Attempt } from './attempt.ts'
import { holdGeneration } from './hold-generation.ts'
import { keepCaps } from './keep-caps.ts'
import { keepTargets } from './keep-targets.ts'
import type { MetricFamily } from './metric-registry.ts'
import type { SecretReaders } from './read-identity.ts'
import { type Known, reportGauges, reportRoutes } from './report-router.ts'
import { factsOf } from './request-facts.ts'
import { createRouterMetrics } from './router-metrics.ts'
import { defaultRouterLimits, type Router, type RouterLimits, type RouterOptions } from './router-options.ts'
import { RequestRun, type RunSurroundings } from './run-request.ts'
import { createShadowRoutes, type ShadowOutcome } from './shadow-routes.ts'
import { type BodyOutcome, createBodyRoom, takeBody } from './take-body.ts'

/** All clocks of all requests are looked at so often; nothing else costs a timer. */
const sweepMs = 10
/** A sweep that is later than this was held up by ourselves. */
const longestPauseMs = 50
const longestLookMs = 250
const refreshMs = 1_000

const noReaders: SecretReaders = { variable: () => null, secret: () => null }

/** Opens the router: connections, looks and clocks begin; nothing listens. `close` ends all of it. */
export function createRouter(options: RouterOptions): Router {
  const policy = options.policy ?? defaultPolicy
  const limits: RouterLimits = { ...defaultRouterLimits, ...options.limits }
  const log = options.log ?? (() => {})
  const random = options.random ?? Math.random
  const metrics = createRouterMetrics()
  const active = createActiveRuns<RequestRun>()
  const room = createBodyRoom(limits.bodiesBytes)
  let receiving = 0
  let isNotified = false
  let isClosed = false
  const lingering = new Map<Attempt, number>()
  const shadows = createShadowRoutes()
  const idPrefix = `${Math.trunc(random() * 2 ** 40).toString(36)}-`
  const keeper = keepTargets({
    policy,
    readers: { ...noReaders, ...options.readers },
    limits,
    metrics,
    nowMs,
    onChange: (target, from, to, why) => {
      // A look that is given up because the router ends says nothing about its server.
      if (isClosed) return
      notifyLater()
      log({ kind: 'target-changed', target, from, to, why })
    },
  })

  let base = options.definition
  let generation = holdGeneration(base, keeper)
  let lastId = 0
  let sweeper: NodeJS.Timeout | null = null
  let sweptAtMs = 0
  let isClosing = false
  let onIdle: (() => void) | null = null
  let refreshedAtMs = nowMs()

  const caps = keepCaps({
    store: options.capStore,
    onUnsaved: (why) => log({ kind: 'caps-not-saved', why }),
    onSettled: (ledger) => {
      world.caps = ledger
    },
  })
  const world: { -readonly [Name in keyof RequestWorld]: RequestWorld[Name] } = {
    nowMs: 0,
    states: keeper.stateOf,
    policy,
    budget: createRetryBudget(policy, nowMs()),
    caps: caps.ledger(),
    random,
  }

  const around: RunSurroundings = {
    metrics,
    limits,
    nowMs,
    linkOf: keeper.linkOf,
    warm: (target, clocks) => {
      keeper.warm(target, clocks)
      startSweeper()
    },
    linger: (attempt) => {
      lingering.set(attempt, nowMs() + limits.lateEndMs)
    },
    spend: (route, tokens) => {
      caps.spend(route, tokens)
    },
    failed: (run, failure) =>
      log({ kind: 'request-failed', requestId: run.request.id, route: run.request.routeName, status: failure.status, code: failure.code }),
    ended: (run) => {
      active.remove(run)
      if (active.size === 0) onIdle?.()
    },
  }

  const looker = setInterval(
    () => {
      const atMs = nowMs()
      keeper.look(atMs)
      if (keeper.isBusy()) startSweeper()
      if (atMs - refreshedAtMs >= refreshMs) refresh(atMs)
      caps.saveDue(atMs)
    },
    Math.max(sweepMs, Math.min(longestLookMs, policy.probe.suspectMs / 4)),
  )
  looker.unref()

  function refresh(atMs: number): void {
    refreshedAtMs = atMs
    keeper.refresh(atMs)
    caps.settle()
    for (const name of shadows.overdue(atMs)) removeShadowRoute(name)
  }

  function startSweeper(): void {
    if (sweeper !== null) return
    // A pause may begin before the first sweep.
    sweptAtMs = nowMs()
    sweeper = setInterval(sweep, sweepMs)
  }

  function sweep(): void {
    if (sweeper === null) return
    const atMs = nowMs()
    const isLate = atMs - sweptAtMs > longestPauseMs
    sweptAtMs = atMs
    // Timers come before sockets: after a pause of our own, what arrived in it is read first, or our silence would pass for that of a server.
    if (isLate) {
      setImmediate(sweep)
      return
    }
    active.each((run) => run.sweep(atMs))
    keeper.sweep(atMs)
    for (const [attempt, untilMs] of lingering) {
      if (attempt.isReleased) lingering.delete(attempt)
      else if (untilMs <= atMs) {
        lingering.delete(attempt)
        attempt.abort()
      }
    }
    if (active.size > 0 || lingering.size > 0 || keeper.isBusy() || sweeper === null) return
    clearInterval(sweeper)
    sweeper = null
  }

  /** Those who wait for a target look again, once for all changes of this turn. */
  function notifyLater(): void {
    if (isNotified) return
    isNotified = true
    queueMicrotask(() => {
      isNotified = false
      const waiting: RequestRun[] = []
      active.each((run) => {
        if (run.isIdle() && run.request.isWaiting()) waiting.push(run)
      })
      // Who came first is told first.
      waiting.sort((a, b) => a.request.facts.arrivedAtMs - b.request.facts.arrivedAtMs)
      for (const run of waiting) run.tell({ kind: 'targets-changed' })
    })
  }

  const own: OwnState = {
    get definition() {
      return generation.definition
    },
    get base() {
      return base
    },
    routes,
    metrics: metricFamilies,
  }

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '/'
    const query = url.indexOf('?')
    const path = query === -1 ? url : url.slice(0, query)
    const endpoint = endpointsByPath.get(path)
    if (endpoint !== undefined && endpoint !== 'models' && request.method === 'POST') ask(endpoint, request, response)
    else answerOwn(path, request, response, requestIdOf(request), own)
  }

  function ask(endpoint: Endpoint, request: IncomingMessage, response: ServerResponse): void {
    const id = requestIdOf(request)
    const turnAway = (status: 400 | 413 | 503, code: string, message: string): void => {
      metrics.requests(endpoint, String(status)).value++
      refuseRequest(response, { status, code, message, retryAfterS: status === 503 ? 1 : null }, id)
    }
    if (isClosing) {
      turnAway(503, 'router_closing', 'The router is being stopped. Ask again in a moment.')
      return
    }
    if (active.size + receiving >= limits.requests) {
      turnAway(503, 'router_busy', `The router already has ${limits.requests} requests under way. Ask again in a moment.`)
      return
    }
    receiving++
    takeBody(request, limits, room, (outcome: BodyOutcome) => {
      receiving--
      if (outcome.kind === 'gone') metrics.requests(endpoint, '0').value++
      else if (outcome.kind === 'refused') turnAway(outcome.status, outcome.code, outcome.message)
      else begin({ endpoint, id, request, response, outcome })
    })
  }

  /** A fault of our own costs the one request that met it: it is answered, and nothing counts it as under way any more. */
  function begin(question: BeginRequest): void {
    const { endpoint, request, outcome } = question
    let run: RequestRun | null = null
    try {
      const facts = factsOf({ endpoint, headers: request.headers, body: outcome.body, nowMs: nowMs(), longestMs: limits.requestMs })
      if (hasNobodyFor(facts)) {
        refuse(question, noBackend)
        return
      }
      run = toRun(question, facts)
      start(run)
    } catch {
      if (run === null) refuse(question, ownFault)
      else if (!run.isOver) drop(run)
    }
  }

  function refuse({ endpoint, id, response, outcome }: BeginRequest, failure: FinalFailure): void {
    metrics.requests(endpoint, String(failure.status)).value++
    outcome.body.release()
    refuseRequest(response, failure, id)
  }

  /** Where nothing but drills is behind this router, they take their own names and nobody's question. */
  function hasNobodyFor({ model }: RequestFacts): boolean {
    return base.routes.length === 0 && (model === null || !shadows.has(model))
  }

  function drop(run: RequestRun): void {
    try {
      // The servers that it asked no longer count it either.
      run.request.decide({ kind: 'client-gone' }, nowMs())
    } catch {}
    run.giveUp(ownFault)
  }

  function start(run: RequestRun): void {
    const { response } = run.request
    active.add(run)
    startSweeper()
    response.on('close', () => {
      if (!run.isOver) run.tell({ kind: 'client-gone' })
    })
    response.on('drain', run.onDrain)
    run.tell({ kind: 'began' })
  }

  function toRun({ id, response, outcome }: BeginRequest, facts: RequestFacts): RequestRun {
    const { body } = outcome
    const held = generation
    let loop = beginRequest({ definition: held.definition, facts, caps: caps.ledger(), policy })
    const { route } = loop.choice
    metrics.routing(modelLabel(facts.model, loop.choice), headerText(route.name), loop.choice.rule).value++
    const run = new RequestRun(
      {
        id,
        facts,
        body,
        response,
        route,
        routeName: headerText(route.name),
        primaryId: route.targets[0]?.id ?? '',
        isWaiting: () => isWaiting(loop),
        decide: (event, nowAtMs) => {
          world.nowMs = nowAtMs
          const step = reduceRequest(loop, event, world)
          loop = step.loop
          take(step)
          return step
        },
        release: () => {
          body.release()
          held.runs--
          held.settle()
        },
      },
      around,
    )
    held.runs++
    return run
  }

  function take(step: RequestStep): void {
    world.budget = step.budget
    for (const { key, event } of step.targetEvents) keeper.tell(key, event)
  }

  function requestIdOf(request: IncomingMessage): string {
    const given = request.headers['x-request-id']
    if (typeof given === 'string' && /^[\w.:-]{1,128}$/.test(given)) return given
    lastId++
    return idPrefix + lastId.toString(36)
  }

  function redefine(definition: RouterDefinition): void {
    base = definition
    apply()
  }

  function apply(): void {
    const before = generation
    const routes = shadows.list()
    generation = holdGeneration(routes.length === 0 ? base : { ...base, routes: [...base.routes, ...routes] }, keeper)
    before.isOld = true
    before.settle()
  }

  function addShadowRoute(route: RouteDefinition, ttlMs: number): ShadowOutcome {
    const outcome = shadows.add(route, { base, nowMs: nowMs(), ttlMs })
    if (outcome.kind === 'added') apply()
    return outcome
  }

  function removeShadowRoute(name: string): boolean {
    if (!shadows.remove(name)) return false
    apply()
    if (shadows.list().length === 0) options.onUndrilled?.()
    return true
  }

  function known(): Known {
    return { kept: keeper.list(), atMs: nowMs(), policy }
  }

  function routes(): readonly RouterRouteStatus[] {
    return reportRoutes(base.routes, caps.settle(), known())
  }

  function metricFamilies(): readonly MetricFamily[] {
    return [...metrics.registry.read(), ...reportGauges(active.size + receiving, known())]
  }

  function explain(model: string, endpoint?: Endpoint): Omit<RouterExplanation, 'schema_version' | 'model'> {
    const { definition } = generation
    const isSpent = (route: RouteDefinition) => isCapSpent(caps.ledger(), route)
    return toExplanation(
      explainPlan({ definition, model, ...(endpoint && { endpoint }), states: keeper.stateOf, nowMs: nowMs(), policy, isSpent }),
    )
  }

  async function close(graceMs = 0): Promise<void> {
    isClosing = true
    clearInterval(looker)
    if (active.size > 0 && graceMs > 0) await idleWithin(graceMs)
    active.each((run) => run.giveUp())
    for (const attempt of lingering.keys()) attempt.abort()
    if (sweeper !== null) clearInterval(sweeper)
    sweeper = null
    caps.save(nowMs())
    isClosed = true
    await keeper.close()
  }

  function idleWithin(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs)
      onIdle = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  return {
    handle,
    redefine,
    routes,
    explain,
    metrics: metricFamilies,
    look: () => {
      refresh(nowMs())
      keeper.look(Number.MAX_SAFE_INTEGER)
      startSweeper()
    },
    addShadowRoute,
    removeShadowRoute,
    close,
  }
}

interface BeginRequest {
  readonly endpoint: Endpoint
  readonly id: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly outcome: Extract<BodyOutcome, { kind: 'taken' }>
}

function nowMs(): number {
  return performance.now()
}

/** Clients name models as they like: only names that the definition knows are counted by themselves. */
function modelLabel(model: string | null, { rule, matched }: RouteChoice): string {
  if (model === null) return 'none'
  return matched !== null && (rule === 'exact' || rule === 'glob') ? headerText(matched) : 'other'
}
