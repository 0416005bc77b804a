import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RouterRouteStatus } from '@sanctum/contracts'
import type { RouterDefinition } from '../config/router-definition.ts'
import type { FinalFailure } from '../request/request-loop.ts'
import { type Endpoint, endpointNames } from '../route/endpoints.ts'
import { listModels } from '../route/list-models.ts'
import { answerError } from './answer-head.ts'
import { type MetricFamily, renderMetrics } from './metric-registry.ts'

/** What is asked of a model server, by the path at which the router is asked for it. */
export const endpointsByPath: ReadonlyMap<string, Endpoint> = new Map(endpointNames.map((endpoint) => [`/v1/${endpoint}`, endpoint]))
const ownPaths: ReadonlySet<string> = new Set(['/v1/backends', '/health', '/metrics'])

export const ownFault: FinalFailure = {
  status: 500,
  code: 'router_fault',
  message: 'The router met a fault of its own with this request. Others go on; send it again, and report it where it comes back.',
  retryAfterS: null,
}

export const noBackend: FinalFailure = {
  status: 503,
  code: 'no_backend',
  message: 'This router knows no model server, so nobody can be asked. Name one in its definition.',
  retryAfterS: null,
}

/** What of the router can be asked. */
export interface OwnState {
  /** With the routes of drills. */
  readonly definition: RouterDefinition
  readonly base: RouterDefinition
  routes(): readonly RouterRouteStatus[]
  metrics(): readonly MetricFamily[]
}

/** Answers what no model server is asked for. */
export function answerOwn(path: string, request: IncomingMessage, response: ServerResponse, id: string, own: OwnState): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') refuseMethod(path, request, response, id)
  else if (path === '/v1/models') sendJson(response, 200, toModelList(own.definition), id)
  else if (path === '/v1/backends') sendJson(response, 200, { default_route: own.base.defaultRoute, routes: own.routes() }, id)
  else if (path === '/health') sendJson(response, 200, { status: 'ok', mode: modeOf(own.base) }, id)
  else if (path === '/metrics') {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
    response.end(renderMetrics(own.metrics()))
  } else refuseRequest(response, { status: 404, code: 'unknown_url', message: unknownPath(path), retryAfterS: null }, id)
}

function refuseMethod(path: string, { method }: IncomingMessage, response: ServerResponse, id: string): void {
  const isKnown = endpointsByPath.has(path) || ownPaths.has(path)
  const message = isKnown ? `${path} does not take ${method}.` : unknownPath(path)
  refuseRequest(
    response,
    { status: isKnown ? 400 : 404, code: isKnown ? 'method_not_allowed' : 'unknown_url', message, retryAfterS: null },
    id,
  )
}

/** An error in place of an answer. */
export function refuseRequest(response: ServerResponse, failure: Parameters<typeof answerError>[1], id: string): void {
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
