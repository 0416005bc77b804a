import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type OpenModel, openModel } from './open-model.ts'

/**
 * llama.cpp behind an OpenAI-style front on the loopback, as a household's model server: `serve-model.ts [--port N] [--model NAME]
 * [--cold-ms N] [--lazy] [--pace-ms N]`. Prints its port. It loads at its start and refuses until then, as llama-server does; with --lazy it loads for
 * the first who asks and holds everybody meanwhile, as MLX's server does. --cold-ms makes the load so long, --pace-ms the pause between words, as of a larger model. `/seen` tells a test
 * who asked in which phase, and how often the model was loaded.
 */
const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    model: { type: 'string', default: 'reciting' },
    'cold-ms': { type: 'string', default: '0' },
    'pace-ms': { type: 'string', default: '0' },
    lazy: { type: 'boolean', default: false },
  },
})

/** What `/seen` tells. */
export interface ServerSeen {
  readonly loads: number
  /** By the clock of the machine, in ms; null while it is cold. */
  readonly loadedAt: number | null
  readonly requests: readonly Seen[]
}

interface Seen {
  readonly phase: 'cold' | 'warm'
  /** `user` of the body, by which a test knows its own requests. */
  readonly user: string | null
  readonly stream: boolean
}

const paceMs = Number(options['pace-ms'])
const seen: Seen[] = []
let loads = 0
let loadedAt: number | null = null
let loaded: OpenModel | null = null
let loading: Promise<OpenModel> | null = null

function load(): Promise<OpenModel> {
  loading ??= begin()
  return loading
}

async function begin(): Promise<OpenModel> {
  loads += 1
  const [model] = await Promise.all([openModel(), pause(Number(options['cold-ms']))])
  loaded = model
  loadedAt = Date.now()
  return model
}

const routes: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void | Promise<void>>> = {
  'GET /health': (_request, response) => (isRefusing() ? refuse(response) : send(response, 200, { status: 'ok' })),
  'GET /v1/models': (_request, response) =>
    isRefusing() ? refuse(response) : send(response, 200, { object: 'list', data: [{ id: options.model, object: 'model' }] }),
  'GET /seen': (_request, response) => send(response, 200, { loads, loadedAt, requests: seen } satisfies ServerSeen),
  'POST /v1/chat/completions': chat,
}

function isRefusing(): boolean {
  return loaded === null && !options.lazy
}

function refuse(response: ServerResponse): void {
  send(response, 503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } })
}

interface Ask {
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly stream?: boolean
  readonly max_tokens?: number
  readonly user?: string
}

async function chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const ask = JSON.parse(await text(request)) as Ask
  seen.push({ phase: loaded === null ? 'cold' : 'warm', user: ask.user ?? null, stream: ask.stream === true })
  if (isRefusing()) return refuse(response)
  const model = await load()
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const prompt = ask.messages.map(({ role, content }) => `${role}: ${content}\n`).join('')
  const most = ask.max_tokens ?? Number.POSITIVE_INFINITY
  const said = model.answer(prompt, { most, signal: gone.signal })
  const usage = (completion: number) => {
    const tokens = model.countTokens(prompt)
    return { prompt_tokens: tokens, completion_tokens: completion, total_tokens: tokens + completion }
  }
  await (ask.stream === true ? stream(response, said, { most, usage }) : answerWhole(response, said, { most, usage }))
}

interface Ending {
  readonly most: number
  readonly usage: (completion: number) => object
}

async function stream(response: ServerResponse, said: AsyncGenerator<string>, { most, usage }: Ending): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  const frame = (delta: object, finish: string | null, rest: object = {}) =>
    response.write(
      `data: ${JSON.stringify({ ...named('chat.completion.chunk'), choices: [{ index: 0, delta, finish_reason: finish }], ...rest })}\n\n`,
    )
  frame({ role: 'assistant', content: '' }, null)
  let count = 0
  for await (const piece of said) {
    count += 1
    if (paceMs > 0) await pause(paceMs)
    frame({ content: piece }, null)
  }
  frame({}, count === most ? 'length' : 'stop', { usage: usage(count) })
  response.end('data: [DONE]\n\n')
}

async function answerWhole(response: ServerResponse, said: AsyncGenerator<string>, { most, usage }: Ending): Promise<void> {
  const pieces: string[] = []
  for await (const piece of said) pieces.push(piece)
  const message = { role: 'assistant', content: pieces.join('') }
  const choices = [{ index: 0, message, finish_reason: pieces.length === most ? 'length' : 'stop' }]
  send(response, 200, { ...named('chat.completion'), choices, usage: usage(pieces.length) })
}

function named(object: string): object {
  return { id: `chatcmpl-${process.pid}-${seen.length}`, object, created: Math.floor(Date.now() / 1000), model: options.model }
}

function send(response: ServerResponse, status: number, body: object): void {
  const json = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }).end(json)
}

const server = createServer((request, response) => {
  const route = routes[`${request.method} ${request.url}`]
  if (route === undefined) return send(response, 404, { error: { message: 'not found', type: 'invalid_request_error', code: 404 } })
  Promise.resolve(route(request, response)).catch((error: unknown) => {
    if (response.headersSent) response.destroy()
    else send(response, 400, { error: { message: String(error), type: 'invalid_request_error', code: 400 } })
  })
})
server.listen(Number(options.port), '127.0.0.1', () => console.log((server.address() as { port: number }).port))
if (!options.lazy) await load()
