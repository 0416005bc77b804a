import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { judgeRequest, type LocalPolicy, routerLimits, securityHeaders, serverLimits, toLocalRequest } from '@sanctum/local-api'
import { closeServer, listenOn } from './listen-on.ts'
import { type LocalServer, pathOf, type ServeOptions, sendJson } from './serve-local.ts'

export interface RouterServer extends LocalServer {
  /** Takes another certificate for connections that come from now on. */
  renewTls(tls: ServerTls): void
}

/** As PEM. */
export interface ServerTls {
  readonly cert: string
  readonly key: string
}

export interface ServeRouterOptions extends Pick<ServeOptions, 'port' | 'findOwner' | 'onRefused'> {
  readonly address: string
  readonly tls: ServerTls | null
  /** Answers `/v1/...`: called for each request of a model, so it gets nothing made for it beforehand. */
  readonly answerModels: (request: IncomingMessage, response: ServerResponse) => void
  readonly answerRest: (request: IncomingMessage, response: ServerResponse, path: string) => void
  readonly policyOf: (path: string, origin: Origin, port: number) => LocalPolicy
  /** Called for the first time that many are connected at once. */
  readonly onCrowd?: () => void
}

export interface Origin {
  /** Over loopback, from this machine to an address of its own, or from anywhere else. */
  readonly from: 'loopback' | 'own-address' | 'elsewhere'
  /** The address that was asked. */
  readonly address: string
}

/** The server of a router. Nothing is answered that was not judged before. */
export async function serveRouter(options: ServeRouterOptions): Promise<RouterServer> {
  const { port, address, tls, findOwner } = options
  const settings = {
    maxHeaderSize: serverLimits.maxHeaderBytes,
    headersTimeout: serverLimits.headersTimeoutMs,
    requestTimeout: routerLimits.requestTimeoutMs,
    keepAliveTimeout: routerLimits.keepAliveTimeoutMs,
    connectionsCheckingInterval: serverLimits.checkingIntervalMs,
    requireHostHeader: false,
    noDelay: true,
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void => answer(request, response, bound, options)
  const secure = tls === null ? null : createHttpsServer({ ...settings, ...tls }, listener)
  const server: Server | HttpsServer = secure ?? createHttpServer(settings, listener)
  server.maxConnections = routerLimits.maxConnections
  if (options.onCrowd !== undefined) awaitCrowd(server, options.onCrowd)
  const bound = await listenOn(server, { port, address }, findOwner)
  return {
    port: bound,
    close: () => closeServer(server),
    renewTls: (next) => secure?.setSecureContext({ ...next }),
  }
}

/** So many connections are no household that asks now and then. */
const CROWD = 12

function awaitCrowd(server: Server | HttpsServer, onCrowd: () => void): void {
  let open = 0
  const count = (socket: Socket): void => {
    open++
    socket.once('close', () => open--)
    if (open < CROWD) return
    server.off('connection', count)
    onCrowd()
  }
  server.on('connection', count)
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  { policyOf, answerModels, answerRest, onRefused }: ServeRouterOptions,
): void {
  const path = pathOf(request)
  const judgement = judgeRequest(
    toLocalRequest(request.method ?? '', request.url ?? '', request.rawHeaders),
    policyOf(path, originOf(request.socket), port),
  )
  if (judgement.kind === 'allowed' && path.startsWith('/v1/') && path !== BACKENDS) {
    answerModels(request, response)
    return
  }
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
  if (judgement.kind === 'allowed') {
    answerRest(request, response, path)
    return
  }
  onRefused(judgement.code)
  response.setHeader('connection', 'close')
  sendError(response, judgement.status, judgement.code, judgement.why)
}

/** The one address under the version that is of the router itself. */
export const BACKENDS = '/v1/backends'

/** An error as clients of models know it. */
export function sendError(response: ServerResponse, status: number, code: string, message: string): void {
  const type = status < 500 ? 'invalid_request_error' : 'server_error'
  sendJson(response, status, { error: { message, type, param: null, code } })
}

/** Nobody else completes a handshake from the address that he asks. */
function originOf({ remoteAddress, localAddress = '' }: Pick<Socket, 'remoteAddress' | 'localAddress'>): Origin {
  const isOwn = remoteAddress !== undefined && remoteAddress === localAddress
  // A socket of both kinds shows the older addresses in the form of the newer.
  const address = localAddress.replace(/^::ffff:(?=\d+\.)/, '')
  return { from: isLoopback(remoteAddress) ? 'loopback' : isOwn ? 'own-address' : 'elsewhere', address }
}

function isLoopback(address = ''): boolean {
  return address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.')
}
