import type { IncomingMessage, ServerResponse } from 'node:http'
import { drillRouteRemoval, drillRouteRequest } from '@sanctum/contracts'
import { endpointNames, findEndpoints, type RouteDefinition } from '@sanctum/router-failover'
import type { RenderedMetrics } from '../node/render-metrics.ts'
import { sendJson } from '../node/serve-local.ts'
import { BACKENDS, sendError } from '../node/serve-router.ts'
import type { ReloadOutcome, RouterDesk, RunningRouter } from './run-router.ts'

/** A router that a drill can lay routes beside. */
export interface DrillableRouter extends RunningRouter {
  handle(request: IncomingMessage, response: ServerResponse): void
  addShadowRoute(route: RouteDefinition, ttlMs: number): { readonly kind: 'added' } | { readonly kind: 'refused'; readonly why: string }
  removeShadowRoute(name: string): boolean
}

export interface AnswerRouterOptions<Running extends DrillableRouter> {
  readonly desk: RouterDesk<Running>
  readonly renderMetrics: (router: Running | null) => Promise<RenderedMetrics>
}

/** Requests for a model go to the proxy as they are; while there is none they are told why. */
export function answerModels<Running extends DrillableRouter>({
  asked,
  why,
}: RouterDesk<Running>): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const running = asked()
    if (running !== null) {
      running.handle(request, response)
      return
    }
    request.resume()
    if (request.url === '/v1/models') sendJson(response, 200, { object: 'list', data: [] })
    else sendError(response, 503, 'no_backend', `Nobody can be asked: ${why()}.`)
  }
}

/** Everything that is of the router itself: how it is, and what whoever holds the token of the haus asks of it. */
export function answerRest<Running extends DrillableRouter>({
  desk,
  renderMetrics,
}: AnswerRouterOptions<Running>): (request: IncomingMessage, response: ServerResponse, path: string) => void {
  const answers: Readonly<Record<string, Answer>> = {
    'GET /health': async (_, response) => {
      const health = desk.health()
      sendJson(response, health.ok ? 200 : 503, health)
    },
    'GET /metrics': async (_, response) => {
      const { contentType, text } = await renderMetrics(desk.router())
      response.writeHead(200, { 'content-type': contentType })
      response.end(text)
    },
    [`GET ${BACKENDS}`]: async (_, response) => sendJson(response, 200, desk.status()),
    'GET /admin/explain': async (request, response) => sendExplanation(desk, request, response),
    'POST /admin/reload': async (_, response) => {
      const outcome = await desk.reload('somebody asked for it')
      sendJson(response, outcome.kind === 'refused' ? 422 : 200, toOutcome(outcome))
    },
    'POST /admin/drill/routes': async (request, response) => addRoute(desk, await readJson(request), response),
    'DELETE /admin/drill/routes': async (request, response) => removeRoute(desk, await readJson(request), response),
  }
  return (request, response, path) => {
    const key = `${request.method === 'HEAD' ? 'GET' : request.method} ${path}`
    const answer = Object.hasOwn(answers, key) ? answers[key] : undefined
    if (answer === undefined) sendError(response, 404, 'not_found', 'There is nothing at this address.')
    else answer(request, response).catch(() => fail(response))
  }
}

function fail(response: ServerResponse): void {
  if (response.headersSent) response.destroy()
  else sendError(response, 500, 'not_answered', 'The answer could not be made; the log of the router says more.')
}

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>

function toOutcome({ kind, source, ...rest }: ReloadOutcome): unknown {
  return { kind, source, ...('findings' in rest ? { findings: rest.findings } : {}) }
}

function sendExplanation<Running extends DrillableRouter>(
  { router, why }: RouterDesk<Running>,
  { url = '' }: IncomingMessage,
  response: ServerResponse,
): void {
  const asked = new URL(url, 'http://127.0.0.1').searchParams
  const model = asked.get('model')
  const [endpoint] = findEndpoints(asked.get('endpoint') ?? 'chat/completions')
  const running = router()
  if (model === null || model === '') sendError(response, 400, 'model_missing', 'Name a model: /admin/explain?model=NAME.')
  else if (endpoint === undefined) sendError(response, 400, 'endpoint_unknown', `Name an endpoint: one of ${endpointNames.join(', ')}.`)
  else if (running === null) sendError(response, 503, 'no_backend', `Nobody can be asked: ${why()}.`)
  else sendJson(response, 200, { schema_version: 1, model, ...running.explain(model, endpoint) })
}

function addRoute<Running extends DrillableRouter>({ drilled }: RouterDesk<Running>, body: unknown, response: ServerResponse): void {
  const asked = drillRouteRequest.safeParse(body)
  if (!asked.success) sendError(response, 400, 'route_invalid', `This is no route: ${describe(asked.error.issues[0])}.`)
  else
    sendShadow(drilled().addShadowRoute(asked.data.route as unknown as RouteDefinition, asked.data.ttl_ms), asked.data.route.name, response)
}

function sendShadow(outcome: ReturnType<DrillableRouter['addShadowRoute']>, name: string, response: ServerResponse): void {
  if (outcome.kind === 'added') sendJson(response, 200, { added: name })
  else sendError(response, 409, 'route_refused', `${outcome.why}.`)
}

function removeRoute<Running extends DrillableRouter>(
  { asked: router }: RouterDesk<Running>,
  body: unknown,
  response: ServerResponse,
): void {
  const asked = drillRouteRemoval.safeParse(body)
  if (!asked.success) sendError(response, 400, 'name_missing', 'Name the route of a drill.')
  else if (router()?.removeShadowRoute(asked.data.name) === true) sendJson(response, 200, { removed: asked.data.name })
  else sendError(response, 404, 'route_unknown', 'No drill has a route of that name.')
}

function describe(issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined): string {
  return issue === undefined ? 'it has another form' : `${issue.path.join('.')}: ${issue.message}`
}

/** Its length was judged before. Null where it is no JSON. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return null
  }
}
