import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { defaultPolicy, type RouteDefinition, type RouterDefinition, type TargetDefinition } from '@sanctum/router-failover'
import { createRouter, type Router, type RouterOptions } from '@sanctum/router-failover/node'

/** What a test stands a router between: servers that do as they are told, and clients that may leave. */
export type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void

export interface Upstream extends AsyncDisposable {
  readonly port: number
  readonly url: string
  /** Requests of a model, without looks at the health. */
  readonly seen: { readonly headers: IncomingMessage['headers']; readonly path: string; readonly body: Buffer }[]
  readonly sockets: Set<Socket>
  answer: Answer
  /** Resolves with the time at which a request under way lost its connection. */
  nextAbort(): Promise<number>
}

export async function startUpstream(answer: Answer, health = 200): Promise<Upstream> {
  const waiting: ((atMs: number) => void)[] = []
  const seen: Upstream['seen'] = []
  const sockets = new Set<Socket>()
  const server = createServer((req, res) => {
    if (req.method === 'GET') {
      res.writeHead(health).end('{}')
      return
    }
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('error', () => {})
    res.on('close', () => {
      if (!res.writableFinished) for (const resolve of waiting.splice(0)) resolve(performance.now())
    })
    req.on('end', () => {
      const body = Buffer.concat(chunks)
      seen.push({ headers: req.headers, path: req.url ?? '', body })
      upstream.answer(req, res, body)
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const port = await listen(server)
  const upstream: Upstream = {
    port,
    url: `http://127.0.0.1:${port}/v1`,
    seen,
    sockets,
    answer,
    nextAbort: () => new Promise((resolve) => waiting.push(resolve)),
    [Symbol.asyncDispose]: () => closeServer(server),
  }
  return upstream
}

export async function listen(server: {
  listen(port: number, host: string, done: () => void): unknown
  address(): unknown
}): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

export function closeServer(server: { close(done: () => void): unknown; closeAllConnections?(): void }): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections?.()
  })
}

export interface Served extends AsyncDisposable {
  readonly router: Router
  readonly port: number
  readonly url: string
}

export async function serve(options: RouterOptions): Promise<Served> {
  const router = createRouter({ policy: quickPolicy, ...options })
  const server = createServer({ noDelay: true }, router.handle)
  const port = await listen(server)
  return {
    router,
    port,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      await router.close(0)
      await closeServer(server)
    },
  }
}

/** Loads and pauses of seconds would be waited for; a busy machine still needs its time to connect. */
export const quickPolicy = { ...defaultPolicy, connectMs: { local: 4_000, cloud: 4_000 } }

export function toTarget(id: string, url: string, more: Partial<TargetDefinition> = {}): TargetDefinition {
  return {
    id,
    key: `${id} ${url}`,
    url,
    model: null,
    locality: 'local',
    endpoints: null,
    architectures: null,
    loadTimeMs: null,
    timeouts: { connectMs: null, firstTokenMs: null, idleMs: null, totalMs: null },
    credential: { kind: 'none' },
    tls: null,
    prefill: false,
    isProbed: true,
    ...more,
  }
}

export function toDefinition(targets: readonly TargetDefinition[], more: Partial<RouteDefinition> = {}): RouterDefinition {
  const route: RouteDefinition = {
    name: 'house',
    description: null,
    models: ['*'],
    intentKeywords: [],
    secure: false,
    delivery: 'live',
    targets,
    slow: null,
    dailyCapCompletionTokens: null,
    stripThinking: false,
    largerContext: null,
    continuation: false,
    ...more,
  }
  return { routes: [route], defaultRoute: route.name }
}

export const frame = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

export const wholeAnswer = JSON.stringify({
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'An answer that says something.' }, finish_reason: 'stop' }],
  usage: { completion_tokens: 6 },
})

export const answerWhole: Answer = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': wholeAnswer.length })
  response.end(wholeAnswer)
}

export function answerWords(words: number, everyMs = 0): Answer {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(frame({ role: 'assistant', content: '' }))
    let said = 0
    const say = (): void => {
      if (response.destroyed) return
      if (said === words) {
        response.end(`${frame({}, 'stop')}data: [DONE]\n\n`)
        return
      }
      said++
      response.write(frame({ content: `word${said} ` }))
      if (everyMs === 0) say()
      else setTimeout(say, everyMs)
    }
    say()
  }
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
  /** It ended as HTTP says that it ends. */
  readonly isWhole: boolean
}

export interface Call extends PromiseLike<Reply> {
  leave(): void
  /** Resolves once the text so far has this in it. */
  until(text: string): Promise<void>
}

export interface CallOptions {
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object | Buffer
  readonly method?: string
}

export function call(url: string, { path = '/v1/chat/completions', headers = {}, body, method = 'POST' }: CallOptions = {}): Call {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body ?? chatOf('hello')))
  const waiting: { text: string; resolve: () => void }[] = []
  let text = ''
  const sent = request(url + path, { method, headers: { 'content-type': 'application/json', ...headers }, agent: false })
  const reply = new Promise<Reply>((resolve) => {
    sent.on('error', () => resolve({ status: 0, headers: {}, text, isWhole: false }))
    sent.on('response', (response) => {
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
        for (const one of waiting) if (text.includes(one.text)) one.resolve()
      })
      response.on('error', () => {})
      response.on('close', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, isWhole: response.complete && !response.errored }),
      )
    })
  })
  sent.end(method === 'GET' ? undefined : bytes)
  return {
    // biome-ignore lint/suspicious/noThenProperty: a call is awaited for its reply, or left before it
    then: (...handlers) => reply.then(...handlers),
    leave: () => sent.destroy(),
    until: (wanted) => new Promise((resolve) => (text.includes(wanted) ? resolve() : waiting.push({ text: wanted, resolve }))),
  }
}

export function chatOf(content: string, more: object = {}): object {
  return { model: 'house', messages: [{ role: 'user', content }], ...more }
}

export async function until(isTrue: () => boolean, limitMs = 10_000): Promise<void> {
  const endMs = performance.now() + limitMs
  while (!isTrue()) {
    if (performance.now() > endMs) throw new Error('what was waited for did not come true')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
