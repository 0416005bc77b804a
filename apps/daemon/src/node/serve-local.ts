import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  judgeRequest,
  type LocalPolicy,
  type RequestJudgement,
  readOnlyPolicy,
  securityHeaders,
  serverLimits,
  toLocalRequest,
} from '@sanctum/local-api'
import { boundPort, closeServer, listenOn } from './listen-on.ts'

export interface LocalServer {
  readonly port: number
  /** Answers what has begun, for a moment, then hangs up. */
  close(): Promise<void>
}

export interface ServeOptions {
  readonly port: number
  readonly answer: (request: IncomingMessage, response: ServerResponse) => void
  /** Who listens on a port that is taken, where the system says. */
  readonly findOwner: (port: number) => Promise<string | null>
  readonly onRefused: (code: string) => void
  /** What an address takes; by default it is only read. `path` is without its query. */
  readonly policyOf?: (path: string, port: number) => LocalPolicy
}

const LOOPBACK = '127.0.0.1'

/** A server for this machine only: it binds loopback, and nothing is answered that was not judged before. */
export async function serveLocal({
  port,
  answer,
  findOwner,
  onRefused,
  policyOf = (_, at) => readOnlyPolicy(at),
}: ServeOptions): Promise<LocalServer> {
  const server = createServer(
    {
      maxHeaderSize: serverLimits.maxHeaderBytes,
      headersTimeout: serverLimits.headersTimeoutMs,
      requestTimeout: serverLimits.requestTimeoutMs,
      keepAliveTimeout: serverLimits.keepAliveTimeoutMs,
      connectionsCheckingInterval: serverLimits.checkingIntervalMs,
      // A request without Host gets the same answer as one with a wrong one, from the judge.
      requireHostHeader: false,
    },
    (request, response) => {
      for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
      const judgement = judge(request, policyOf(pathOf(request), boundPort(server)))
      if (judgement.kind === 'allowed') answer(request, response)
      else refuse(response, judgement, onRefused)
    },
  )
  server.maxConnections = serverLimits.maxConnections
  await listenOn(server, { port, address: LOOPBACK }, findOwner)
  return { port: boundPort(server), close: () => closeServer(server) }
}

function judge(request: IncomingMessage, policy: LocalPolicy): RequestJudgement {
  return judgeRequest(toLocalRequest(request.method ?? '', request.url ?? '', request.rawHeaders), policy)
}

/** The path that a request names, without its query. */
export function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?')[0] as string
}

function refuse(
  response: ServerResponse,
  { status, code, why }: Extract<RequestJudgement, { kind: 'refused' }>,
  onRefused: (code: string) => void,
): void {
  onRefused(code)
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' })
  response.end(JSON.stringify({ error: { code, why } }))
}

/** Answers with a document. */
export function sendJson(response: ServerResponse, status: number, document: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(document))
}
