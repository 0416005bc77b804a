import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DrillEndpoint, drillEndpoints, drillModels, drillQuestion } from '../../drill/drill-answer.ts'
import type { CasePlace } from '../../drill/drill-route.ts'
import type { Fault, ServerRole } from '../../drill/fault.ts'
import type { AttemptSeen } from '../../drill/fault-run.ts'
import { chooseMoves, type ServerMove, type ServerScript } from '../../drill/server-script.ts'
import { createCertificate } from './create-certificate.ts'
import { playMoves } from './play-moves.ts'

/** The key that only the examiner's calls carry: no server may ever see it. */
export const clientKey = 'drill-client-key'

/** Two model servers on loopback, in as many cases at once as there are paths. */
export interface FaultServer extends AsyncDisposable {
  /** A case is chosen by the first part of the path, so that any gateway reaches it by an address alone. */
  open(caseId: string, fault: Fault): CasePlace
  /** The time of a case runs from here. */
  begin(caseId: string): void
  /** What arrived so far; times are milliseconds since the case began. */
  attempts(caseId: string): readonly AttemptSeen[]
  /** Milliseconds since a case began. */
  elapsedMs(caseId: string): number
  readonly ports: Readonly<Record<ServerRole, number>>
}

/** `timeScale` 0.05 shortens every time of a script to a twentieth. */
export async function createFaultServer({ timeScale }: { readonly timeScale: number }): Promise<FaultServer> {
  const cases = new Map<string, OpenCase>()
  const sockets = new Set<Socket>()
  const handler = (role: ServerRole) => (request: IncomingMessage, response: ServerResponse) =>
    void answer({ cases, role, timeScale }, request, response).catch(() => response.destroy())
  const folder = await mkdtemp(join(tmpdir(), 'drill-'))
  const primary = createServer(handler('primary'))
  const fallback = createServer(handler('fallback'))
  const expired = await createExpiredServer(folder, handler('primary'))
  const servers = [primary, fallback, expired]
  for (const server of servers) keepSockets(server, sockets)
  const [primaryPort = 0, fallbackPort = 0, expiredPort = 0] = await Promise.all(servers.map(listen))
  const gonePort = await findClosedPort()

  const portOf = (role: ServerRole, { transport = 'plain' }: ServerScript): number =>
    transport === 'gone' ? gonePort : transport === 'expired-certificate' ? expiredPort : role === 'primary' ? primaryPort : fallbackPort
  const urlOf = (caseId: string, role: ServerRole, script: ServerScript): string =>
    `${script.transport === 'expired-certificate' ? 'https' : 'http'}://127.0.0.1:${portOf(role, script)}/${caseId}/v1`
  const caseOf = (caseId: string): OpenCase => {
    const found = cases.get(caseId)
    if (found === undefined) throw new Error(`no drill case ${caseId} is open`)
    return found
  }
  return {
    open(caseId, fault) {
      cases.set(caseId, createCase(fault))
      return {
        caseId,
        fault,
        urls: { primary: urlOf(caseId, 'primary', fault.primary), fallback: urlOf(caseId, 'fallback', fault.fallback) },
        caFile: fault.primary.transport === 'expired-certificate' ? join(folder, 'ca.pem') : null,
      }
    },
    begin(caseId) {
      caseOf(caseId).beganAt = performance.now()
    },
    attempts: (caseId) => caseOf(caseId).attempts.map(({ seen }) => ({ ...seen })),
    elapsedMs: (caseId) => performance.now() - caseOf(caseId).beganAt,
    ports: { primary: primaryPort, fallback: fallbackPort },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

interface OpenCase {
  readonly fault: Fault
  beganAt: number
  readonly attempts: { readonly seen: Mutable<AttemptSeen> }[]
  readonly loadBeganAt: Partial<Record<ServerRole, number>>
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }

interface Handling {
  readonly cases: ReadonlyMap<string, OpenCase>
  readonly role: ServerRole
  readonly timeScale: number
}

const createCase = (fault: Fault): OpenCase => ({ fault, beganAt: performance.now(), attempts: [], loadBeganAt: {} })

async function answer(handling: Handling, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, caseId = '', ...path] = new URL(request.url ?? '/', 'http://127.0.0.1').pathname.split('/')
  const open = handling.cases.get(caseId)
  if (open === undefined) return sendJson(response, 404, { error: { message: `no drill case ${caseId}`, code: 'unknown_case' } })
  if (request.method === 'GET') return answerLook(handling, open, path.join('/'), response)
  const endpoint = drillEndpoints.find((name) => path.slice(1).join('/') === name)
  if (endpoint === undefined) return sendJson(response, 404, { error: { message: 'not of this drill', code: 'unknown_path' } })
  await answerQuestion(handling, open, { endpoint, request, response })
}

/** `/health` and `/models`. A server that is out is out for these too; one that misbehaves in its answers looks well. */
function answerLook({ role, timeScale }: Handling, open: OpenCase, path: string, response: ServerResponse): void {
  const phase = phaseOf(open, open.fault[role], timeScale)?.[0]
  const isLoading = open.loadBeganAt[role] !== undefined && leftToLoad(open, role, timeScale) > 0
  if (phase?.do === 'reset') response.socket?.resetAndDestroy()
  else if (phase?.do === 'refuse') sendJson(response, phase.status, { error: { message: phase.code, code: phase.code } })
  else if (isLoading) sendJson(response, 503, { status: 'loading', error: { message: 'Loading model', code: 'model_loading' } })
  else
    sendJson(
      response,
      200,
      path.endsWith('models') ? { object: 'list', data: [{ id: drillModels[role], object: 'model' }] } : { status: 'ok' },
    )
}

interface Question {
  readonly endpoint: DrillEndpoint
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

async function answerQuestion(handling: Handling, open: OpenCase, { endpoint, request, response }: Question): Promise<void> {
  const { role, timeScale } = handling
  const arrivedAt = performance.now()
  const body = await readJson(request)
  const script = open.fault[role]
  const earlier = open.attempts.filter(({ seen }) => seen.server === role && !seen.isProbe).length
  const seen = toAttempt(role, arrivedAt - open.beganAt, body, request)
  open.attempts.push({ seen })
  const left = new AbortController()
  let isReset = false
  const reset = (): void => {
    isReset = true
    response.socket?.resetAndDestroy()
  }
  response.on('close', () => {
    if (!response.writableFinished && !isReset) seen.hungUpAtMs = performance.now() - open.beganAt
    left.abort()
  })
  if (script.refusesPrefill === true && seen.endsWithAssistant) {
    seen.prefillRefused = true
    return sendJson(response, 400, {
      error: { message: 'this model takes no assistant prefill', type: 'invalid_request_error', code: 'prefill_not_supported' },
    })
  }
  await load(open, role, timeScale, left.signal)
  const moves = chooseMoves(script, { attempt: earlier, sinceFirstCallMs: (arrivedAt - open.beganAt) / timeScale })
  seen.answeredWhole = await playMoves(moves, {
    response,
    model: drillModels[role],
    endpoint,
    isStream: seen.isStream,
    wantsUsage: wantsUsage(body),
    timeScale,
    gone: left.signal,
    reset,
  })
  seen.endedAtMs = performance.now() - open.beganAt
}

function toAttempt(server: ServerRole, atMs: number, body: ChatBody, request: IncomingMessage): Mutable<AttemptSeen> {
  const messages = body.messages ?? []
  return {
    server,
    atMs,
    isStream: body.stream === true,
    endsWithAssistant: messages.at(-1)?.role === 'assistant',
    hasClientKey: JSON.stringify(request.headers).includes(clientKey),
    prefillRefused: false,
    isProbe: !JSON.stringify(body).includes(drillQuestion),
    answeredWhole: false,
    endedAtMs: null,
    hungUpAtMs: null,
  }
}

interface ChatBody {
  readonly stream?: boolean
  readonly stream_options?: { readonly include_usage?: boolean }
  readonly messages?: readonly { readonly role?: string; readonly content?: unknown }[]
}

const wantsUsage = ({ stream_options: options }: ChatBody): boolean => options?.include_usage === true

async function readJson(request: IncomingMessage): Promise<ChatBody> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return JSON.parse(Buffer.concat(parts).toString() || '{}') as ChatBody
}

function phaseOf(open: OpenCase, script: ServerScript, timeScale: number): readonly ServerMove[] | undefined {
  const now = (performance.now() - open.beganAt) / timeScale
  return script.phases?.find(({ fromMs, untilMs }) => now >= fromMs && now < untilMs)?.moves
}

/** The first who asks begins the load, and all wait for the same one. Whoever leaves does not stop it. */
async function load(open: OpenCase, role: ServerRole, timeScale: number, gone: AbortSignal): Promise<void> {
  open.loadBeganAt[role] ??= performance.now()
  const left = leftToLoad(open, role, timeScale)
  if (left > 0) await sleep(left, undefined, { signal: gone, ref: false }).catch(() => {})
}

function leftToLoad({ fault, loadBeganAt }: OpenCase, role: ServerRole, timeScale: number): number {
  return (loadBeganAt[role] ?? 0) + (fault[role].loadMs ?? 0) * timeScale - performance.now()
}

function sendJson(response: ServerResponse, status: number, content: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content))
}

/** A server whose certificate ended yesterday, signed by an authority that is trusted and well. */
async function createExpiredServer(folder: string, handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const day = 86_400_000
  const now = Date.now()
  const authority = createCertificate({ name: 'drill authority', fromMs: now - 30 * day, untilMs: now + 30 * day, issuer: null })
  const server = createCertificate({ name: 'drill primary', fromMs: now - 20 * day, untilMs: now - day, issuer: authority })
  await writeFile(join(folder, 'ca.pem'), authority.certificatePem)
  return createTlsServer({ cert: server.certificatePem, key: server.keyPem }, handler) as unknown as Server
}

function keepSockets(server: Server, sockets: Set<Socket>): void {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
}

async function findClosedPort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
