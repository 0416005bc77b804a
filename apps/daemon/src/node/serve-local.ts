import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Fault } from '@sanctum/contracts'
import {
  judgeRequest,
  type LocalPolicy,
  type RequestJudgement,
  readOnlyPolicy,
  securityHeaders,
  serverLimits,
  toLocalRequest,
} from '@sanctum/local-api'

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
const CLOSING_MS = 1000

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
  await listen(server, port, findOwner)
  return { port: boundPort(server), close: () => close(server) }
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

async function listen(server: Server, port: number, findOwner: ServeOptions['findOwner']): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port, host: LOOPBACK, exclusive: true }, resolve)
    })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES')
      throw new Fault('NOT_PERMITTED', `port ${port} needs rights that this account does not have`, {
        cause: error,
        hint: 'Give the role a port above 1023 in the machine layer.',
      })
    if (code !== 'EADDRINUSE') throw error
    const owner = await findOwner(port).catch(() => null)
    throw new Fault('UNAVAILABLE', `port ${port} is taken${owner === null ? '' : ` by ${owner}`}`, {
      cause: error,
      hint: 'End that program, or give the role another port in the machine layer.',
    })
  }
}

function boundPort(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), CLOSING_MS)
  await closed
  clearTimeout(timer)
}
