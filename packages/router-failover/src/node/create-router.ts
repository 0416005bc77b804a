import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RouterExplanation, RouterRouteStatus } from '@sanctum/contracts'
import { createCapLedger, isCapSpent, rollCaps, spendTokens } from '../caps/cap-ledger.ts'
import { isLoopbackUrl } from '../config/judge-address.ts'
import type { RouteDefinition, RouterDefinition } from '../config/router-definition.ts'
import { explainPlan, toExplanation } from '../explain/explain-plan.ts'
import { defaultPolicy, type RouterPolicy } from '../policy/router-policy.ts'
import { beginRequest } from '../request/begin-request.ts'
import { isWaiting, reduceRequest } from '../request/reduce-request.ts'
import type { FinalFailure, RequestFacts, RequestStep, RequestWorld } from '../request/request-loop.ts'
import { createRetryBudget } from '../request/retry-budget.ts'
import type { RouteChoice } from '../route/choose-route.ts'
import { type Endpoint, endpointNames } from '../route/endpoints.ts'
import { listModels } from '../route/list-models.ts'
import { viewTarget } from '../target/view-target.ts'
import { createActiveRuns } from './active-runs.ts'
import { answerError, headerText } from './answer-head.ts'
import type { Attempt, AttemptLimits } from './attempt.ts'
import type { CapStore } from './cap-store.ts'
import { type KeptTarget, keepTargets, type TargetKeeper } from './keep-targets.ts'
import { type MetricFamily, renderMetrics } from './metric-registry.ts'
import type { SecretReaders } from './read-identity.ts'
import { factsOf } from './request-facts.ts'
import { createRouterMetrics } from './router-metrics.ts'
import { RequestRun, type RunSurroundings } from './run-request.ts'
import { type BodyLimits, type BodyOutcome, createBodyRoom, takeBody } from './take-body.ts'

/** Answers requests; a server gives it those that it has judged. */
export interface Router {
  /** `/v1/...`; and for who runs it alone also `/v1/backends`, `/health` and `/metrics`. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Takes another definition; what is being answered ends as it began. */
  redefine(definition: RouterDefinition): void
  routes(): readonly RouterRouteStatus[]
  /** Which attempts would be made now for a model, and why no others; for a chat unless another endpoint is named. */
  explain(model: string, endpoint?: Endpoint): Omit<RouterExplanation, 'schema_version' | 'model'>
  metrics(): readonly MetricFamily[]
  /** Looks at every server at once instead of when its time has come. */
  look(): void
  /** Adds a route for a drill, until it is removed or its time is over. Its servers must be on this machine. */
  addShadowRoute(route: RouteDefinition, ttlMs: number): ShadowOutcome
  removeShadowRoute(name: string): boolean
  /** Ends what is under way within the grace, then hangs up. */
  close(graceMs?: number): Promise<void>
}

export type ShadowOutcome = { readonly kind: 'added' } | { readonly kind: 'refused'; readonly why: string }

export interface RouterLimits extends AttemptLimits, BodyLimits {
  /** No request lasts longer, whatever its client or its route says. */
  readonly requestMs: number
  /** A client that reads nothing for so long is hung up on. */
  readonly unreadMs: number
  /** A stream that has given its reason to end is over after so long, with or without its connection. */
  readonly lateEndMs: number
  /** Requests under way at once, with those that are still being received. */
  readonly requests: number
  /** Bodies of all requests under way together, in memory and on the disk; what would go beyond is refused with 503. */
  readonly bodiesBytes: number
}

export interface RouterOptions {
  /** One without routes answers drills alone. */
  readonly definition: RouterDefinition
  readonly policy?: RouterPolicy
  readonly readers?: Partial<SecretReaders>
  readonly limits?: Partial<RouterLimits>
  readonly capStore?: CapStore
  /** Told what a person may want to know; never a prompt, a key or an answer. */
  readonly log?: (event: RouterLogEvent) => void
  /** Told when the last shadow route is gone. */
  readonly onUndrilled?: () => void
  /** From 0 up to 1. */
  readonly random?: () => number
}

export type RouterLogEvent =
  | { readonly kind: 'target-changed'; readonly target: string; readonly from: string; readonly to: string; readonly why: string }
  | { readonly kind: 'request-failed'; readonly requestId: string; readonly route: string; readonly status: number; readonly code: string }
  | { readonly kind: 'caps-not-saved'; readonly why: string }

export const defaultRouterLimits: RouterLimits = {
  heldFrames: 64,
  heldBytes: 262_144,
  answerBytes: 33_554_432,
  refusalBytes: 262_144,
  frameBytes: 4_194_304,
  jsonBytes: 20_971_520,
  multipartBytes: 104_857_600,
  spillBytes: 1_048_576,
  spillDirectory: null,
  requestMs: 900_000,
  unreadMs: 60_000,
  lateEndMs: 2_000,
  requests: 1_024,
  bodiesBytes: 536_870_912,
}

/** All clocks of all requests are looked at so often; nothing else costs a timer. */
const sweepMs = 10
/** A sweep that is later than this was held up by ourselves. */
const longestPauseMs = 50
const longestLookMs = 250
const refreshMs = 1_000
const saveMs = 5_000

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
  const spent = new Map<string, number>()
  const shadows = new Map<string, { readonly route: RouteDefinition; readonly untilMs: number }>()
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
  let generation = createGeneration(base, keeper)
  let caps = rollCaps(options.capStore?.load() ?? createCapLedger(Date.now()), Date.now())
  let areCapsSaved = true
  let lastId = 0
  let sweeper: NodeJS.Timeout | null = null
  let sweptAtMs = 0
  let isClosing = false
  let onIdle: (() => void) | null = null
  let refreshedAtMs = nowMs()
  let savedAtMs = nowMs()

  const world: { -readonly [Name in keyof RequestWorld]: RequestWorld[Name] } = {
    nowMs: 0,
    states: keeper.stateOf,
    policy,
    budget: createRetryBudget(policy, nowMs()),
    caps,
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
      spent.set(route.name, (spent.get(route.name) ?? 0) + tokens)
      if (route.dailyCapCompletionTokens !== null) settleCaps()
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
      if (atMs - savedAtMs >= saveMs) saveCaps(atMs)
    },
    Math.max(sweepMs, Math.min(longestLookMs, policy.probe.suspectMs / 4)),
  )
  looker.unref()

  function refresh(atMs: number): void {
    refreshedAtMs = atMs
    keeper.refresh(atMs)
    settleCaps()
    for (const [name, { untilMs }] of shadows) if (untilMs <= atMs) removeShadowRoute(name)
  }

  /** Where no cap is, nobody needs the sum at once. */
  function settleCaps(): void {
    caps = rollCaps(caps, Date.now())
    for (const [route, tokens] of spent) {
      caps = spendTokens(caps, route, tokens, Date.now())
      areCapsSaved = false
    }
    spent.clear()
    world.caps = caps
  }

  function saveCaps(atMs: number): void {
    settleCaps()
    savedAtMs = atMs
    if (areCapsSaved || options.capStore === undefined) return
    try {
      options.capStore.save(caps)
      areCapsSaved = true
    } catch (error) {
      log({ kind: 'caps-not-saved', why: error instanceof Error && 'code' in error ? String(error.code) : 'unknown' })
    }
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

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '/'
    const query = url.indexOf('?')
    const path = query === -1 ? url : url.slice(0, query)
    const endpoint = endpointsByPath.get(path)
    if (endpoint !== undefined && endpoint !== 'models' && request.method === 'POST') ask(endpoint, request, response)
    else answerOwn(path, request, response)
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
    const own = generation
    let loop = beginRequest({ definition: own.definition, facts, caps, policy })
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
          own.runs--
          own.settle()
        },
      },
      around,
    )
    own.runs++
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

  function answerOwn(path: string, request: IncomingMessage, response: ServerResponse): void {
    const id = requestIdOf(request)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const isKnown = endpointsByPath.has(path) || ownPaths.has(path)
      const message = isKnown ? `${path} does not take ${request.method}.` : unknownPath(path)
      refuseRequest(
        response,
        { status: isKnown ? 400 : 404, code: isKnown ? 'method_not_allowed' : 'unknown_url', message, retryAfterS: null },
        id,
      )
      return
    }
    if (path === '/v1/models') sendJson(response, 200, toModelList(generation.definition), id)
    else if (path === '/v1/backends') sendJson(response, 200, { default_route: base.defaultRoute, routes: routes() }, id)
    else if (path === '/health') sendJson(response, 200, { status: 'ok', mode: modeOf(base) }, id)
    else if (path === '/metrics') {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      response.end(renderMetrics(metricFamilies()))
    } else refuseRequest(response, { status: 404, code: 'unknown_url', message: unknownPath(path), retryAfterS: null }, id)
  }

  function redefine(definition: RouterDefinition): void {
    base = definition
    apply()
  }

  function apply(): void {
    const before = generation
    const routes = [...shadows.values()].map(({ route }) => route)
    generation = createGeneration(routes.length === 0 ? base : { ...base, routes: [...base.routes, ...routes] }, keeper)
    before.isOld = true
    before.settle()
  }

  function addShadowRoute(route: RouteDefinition, ttlMs: number): ShadowOutcome {
    const foreign = route.targets.find(({ url }) => !isLoopbackUrl(url))
    if (foreign !== undefined) return { kind: 'refused', why: `${foreign.id} is not on this machine, and a drill stays here` }
    // Or a drill would be a way to have any file or variable of this machine read out.
    const known = new Set(base.routes.flatMap(({ targets }) => targets.map(({ credential }) => JSON.stringify(credential))))
    const stranger = route.targets.find(({ credential }) => credential.kind !== 'none' && !known.has(JSON.stringify(credential)))
    if (stranger !== undefined) return { kind: 'refused', why: `${stranger.id} wants a credential that no backend has` }
    if (base.routes.some(({ name, models }) => name === route.name || models.includes(route.name))) {
      return { kind: 'refused', why: `${route.name} is a route or a model already` }
    }
    if (shadows.size >= mostShadows && !shadows.has(route.name)) return { kind: 'refused', why: `there are ${mostShadows} drills already` }
    // Only its own name leads there: a drill never takes a request of somebody.
    const shadow: RouteDefinition = { ...route, models: [route.name], intentKeywords: [] }
    shadows.set(route.name, { route: shadow, untilMs: nowMs() + Math.min(ttlMs, longestShadowMs) })
    apply()
    return { kind: 'added' }
  }

  function removeShadowRoute(name: string): boolean {
    if (!shadows.delete(name)) return false
    apply()
    if (shadows.size === 0) options.onUndrilled?.()
    return true
  }

  function routes(): readonly RouterRouteStatus[] {
    settleCaps()
    const kept = new Map(keeper.list().map((target) => [target.key, target]))
    const atMs = nowMs()
    return base.routes.map((route) => ({
      name: route.name,
      description: route.description,
      models: [...route.models],
      secure: route.secure,
      delivery: route.delivery,
      tokens_today: caps.tokens[route.name] ?? 0,
      daily_cap: route.dailyCapCompletionTokens,
      targets: route.targets.map((target) => toTargetStatus(target, kept.get(target.key) as KeptTarget, atMs, policy)),
    }))
  }

  function explain(model: string, endpoint?: Endpoint): Omit<RouterExplanation, 'schema_version' | 'model'> {
    const { definition } = generation
    const isSpent = (route: RouteDefinition) => isCapSpent(caps, route)
    return toExplanation(
      explainPlan({ definition, model, ...(endpoint && { endpoint }), states: keeper.stateOf, nowMs: nowMs(), policy, isSpent }),
    )
  }

  function metricFamilies(): readonly MetricFamily[] {
    const atMs = nowMs()
    const kept = keeper.list()
    return [
      ...metrics.registry.read(),
      gauge('requests_in_flight', 'Requests under way', [{ labels: {}, value: active.size + receiving }]),
      gauge(
        'backend_condition',
        'Condition of a backend: 1 for the one that it is in',
        kept.map(({ target, state }) => ({
          labels: { backend: target.id, condition: viewTarget(state, atMs, policy).condition },
          value: 1,
        })),
      ),
      gauge(
        'backend_in_flight',
        'Attempts under way',
        kept.map(({ target, state }) => ({ labels: { backend: target.id }, value: state.inFlight })),
      ),
      gauge(
        'certificate_expiry_seconds',
        'When the client certificate of a backend runs out, as Unix time',
        kept.flatMap(({ target, link }) => {
          const expiresAtMs = link.expiresAtMs()
          return expiresAtMs === null ? [] : [{ labels: { backend: target.id }, value: expiresAtMs / 1000 }]
        }),
      ),
    ]
  }

  async function close(graceMs = 0): Promise<void> {
    isClosing = true
    clearInterval(looker)
    if (active.size > 0 && graceMs > 0) await idleWithin(graceMs)
    active.each((run) => run.giveUp())
    for (const attempt of lingering.keys()) attempt.abort()
    if (sweeper !== null) clearInterval(sweeper)
    sweeper = null
    saveCaps(nowMs())
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

const mostShadows = 256
const longestShadowMs = 3_600_000

interface BeginRequest {
  readonly endpoint: Endpoint
  readonly id: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly outcome: Extract<BodyOutcome, { kind: 'taken' }>
}

/** A definition and the requests that began under it: its servers stay until the last of them has ended. */
interface Generation {
  readonly definition: RouterDefinition
  runs: number
  isOld: boolean
  settle(): void
}

function createGeneration(definition: RouterDefinition, keeper: TargetKeeper): Generation {
  let release: (() => void) | null = keeper.hold(definition)
  const generation: Generation = {
    definition,
    runs: 0,
    isOld: false,
    settle() {
      if (!generation.isOld || generation.runs > 0 || release === null) return
      release()
      release = null
    },
  }
  return generation
}

const endpointsByPath: ReadonlyMap<string, Endpoint> = new Map(endpointNames.map((endpoint) => [`/v1/${endpoint}`, endpoint]))
const ownPaths: ReadonlySet<string> = new Set(['/v1/backends', '/health', '/metrics'])

function nowMs(): number {
  return performance.now()
}

const ownFault: FinalFailure = {
  status: 500,
  code: 'router_fault',
  message: 'The router met a fault of its own with this request. Others go on; send it again, and report it where it comes back.',
  retryAfterS: null,
}

const noBackend: FinalFailure = {
  status: 503,
  code: 'no_backend',
  message: 'This router knows no model server, so nobody can be asked. Name one in its definition.',
  retryAfterS: null,
}

/** Clients name models as they like: only names that the definition knows are counted by themselves. */
function modelLabel(model: string | null, { rule, matched }: RouteChoice): string {
  if (model === null) return 'none'
  return matched !== null && (rule === 'exact' || rule === 'glob') ? headerText(matched) : 'other'
}

function refuseRequest(response: ServerResponse, failure: Parameters<typeof answerError>[1], id: string): void {
  if (response.destroyed) return
  const head = ['content-type', 'application/json', 'x-request-id', id]
  // What is left of its body is not read.
  if (failure.status === 413) head.push('connection', 'close')
  answerError(response, failure, head)
}

function unknownPath(path: string): string {
  const shown = path.slice(0, 100).replace(/[^\x21-\x7e]/g, '?')
  return `Nothing answers at ${shown}. Ask one of ${[...endpointsByPath.keys()].join(', ')}.`
}

function sendJson(response: ServerResponse, status: number, value: unknown, id: string): void {
  const body = Buffer.from(JSON.stringify(value))
  response.writeHead(status, ['content-type', 'application/json', 'x-request-id', id, 'content-length', String(body.length)])
  response.end(body)
}

function toModelList(definition: RouterDefinition) {
  return { object: 'list', data: listModels(definition).map((id) => ({ id, object: 'model', created: 0, owned_by: 'sanctum' })) }
}

function modeOf({ routes }: RouterDefinition): 'single' | 'routed' {
  return routes.length === 1 && routes[0]?.targets.length === 1 ? 'single' : 'routed'
}

function gauge(name: string, help: string, samples: MetricFamily['samples']): MetricFamily {
  return { name, help, type: 'gauge', samples }
}

type TargetStatus = RouterRouteStatus['targets'][number]

function toTargetStatus(
  target: RouteDefinition['targets'][number],
  { state }: KeptTarget,
  atMs: number,
  policy: RouterPolicy,
): TargetStatus {
  const view = viewTarget(state, atMs, policy)
  return {
    id: target.id,
    url: target.url,
    model: target.model,
    locality: target.locality,
    condition: view.condition,
    why: view.why,
    breaker: view.breaker,
    ready_in_ms: view.readyAtMs === null ? null : Math.max(0, view.readyAtMs - atMs),
    in_flight: view.inFlight,
    first_token_p95_ms: view.firstTokenP95Ms,
  }
}
