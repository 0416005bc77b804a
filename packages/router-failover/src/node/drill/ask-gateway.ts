import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { type DrillEndpoint, drillQuestion, drillWords } from '../../drill/drill-answer.ts'
import type { CallOutcome } from '../../drill/fault.ts'
import type { CallSeen } from '../../drill/fault-run.ts'
import { clientKey } from './create-fault-server.ts'
import { trusting } from './trusting.ts'

/** How a gateway is asked for one case. */
export interface GatewayAddress {
  /** Of its chat completions. */
  readonly url: string
  readonly model: string
  readonly headers?: Readonly<Record<string, string>>
  /** For https: what is trusted there, as PEM; null: what this machine trusts. */
  readonly ca?: string | null
}

export interface AskOptions {
  readonly isStream: boolean
  /** What is asked for; chat completions where nothing is said. */
  readonly endpoint?: DrillEndpoint
  /** Real milliseconds after which the call hangs. */
  readonly limitMs: number
  /** Real milliseconds of the clock of the case. */
  readonly nowMs: () => number
  /** Leaves after so many real milliseconds, or with the first word; null: stays. */
  readonly leave: { readonly afterMs: number } | 'with-the-first-word' | null
  readonly headers?: Readonly<Record<string, string>>
  /** The drill question where nothing is said. */
  readonly question?: string
}

/**
 * One call, as a careful client makes it: an answer is what ends cleanly without an error inside. Whether it is whole is for the judge
 * to say. No library stands between, so that nothing is retried or mended unseen.
 */
export async function askGateway(address: GatewayAddress, options: AskOptions): Promise<CallSeen> {
  const sight = createSight(options.nowMs())
  return await new Promise<CallSeen>((resolve) => {
    const settle = (outcome: CallOutcome): void => {
      clearTimeout(limit)
      clearTimeout(leaving)
      resolve(toCall(sight, outcome, options.nowMs()))
      call.destroy()
    }
    const call = send(address, options)
    const limit = setTimeout(() => settle('hang'), options.limitMs)
    const { leave } = options
    const leaving = typeof leave === 'object' && leave !== null ? setTimeout(() => settle('left'), leave.afterMs) : undefined
    call.on('error', () => settle(outcomeOf(sight, 'broken')))
    call.on('response', (response) => {
      noteBytes(sight, options.nowMs())
      readHead(sight, response)
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        noteBytes(sight, options.nowMs())
        readText(sight, text, options.nowMs())
        if (leave === 'with-the-first-word' && sight.firstWordAtMs !== null) settle('left')
      })
      response.on('end', () => {
        readEnd(sight, options.nowMs())
        settle(outcomeOf(sight, 'clean'))
      })
      response.on('error', () => settle(outcomeOf(sight, 'broken')))
    })
  })
}

function send({ url, model, headers, ca = null }: GatewayAddress, options: AskOptions): ClientRequest {
  const { endpoint = 'chat/completions' } = options
  const body = JSON.stringify(toQuestion(model, endpoint, options))
  const isSecure = url.startsWith('https:')
  const call = (isSecure ? requestHttps : requestHttp)(url.replace(/chat\/completions$/, endpoint), {
    ...(isSecure ? trusting(ca) : {}),
    method: 'POST',
    agent: false,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      authorization: `Bearer ${clientKey}`,
      ...headers,
      ...options.headers,
    },
  })
  return call.end(body)
}

function toQuestion(model: string, endpoint: DrillEndpoint, { question = drillQuestion, isStream }: AskOptions): object {
  const streaming = { stream: isStream, ...(isStream ? { stream_options: { include_usage: true } } : {}) }
  switch (endpoint) {
    case 'chat/completions':
      return { model, messages: [{ role: 'user', content: question }], ...streaming }
    case 'completions':
      return { model, prompt: question, ...streaming }
    case 'embeddings':
      return { model, input: question }
  }
}

interface Sight {
  readonly startedAtMs: number
  lastByteAtMs: number
  longestSilenceMs: number
  status: number | null
  isEventStream: boolean
  headers: Record<string, string>
  buffer: string
  error: { code: string | null; message: string | null } | null
  text: string
  model: string | null
  hasUsage: boolean
  finishReason: string | null
  hasDone: boolean
  brokenFrames: number
  firstWordAtMs: number | null
}

function createSight(startedAtMs: number): Sight {
  return {
    startedAtMs,
    lastByteAtMs: startedAtMs,
    longestSilenceMs: 0,
    status: null,
    isEventStream: false,
    headers: {},
    buffer: '',
    error: null,
    text: '',
    model: null,
    hasUsage: false,
    finishReason: null,
    hasDone: false,
    brokenFrames: 0,
    firstWordAtMs: null,
  }
}

function noteBytes(sight: Sight, nowMs: number): void {
  sight.longestSilenceMs = Math.max(sight.longestSilenceMs, nowMs - sight.lastByteAtMs)
  sight.lastByteAtMs = nowMs
}

function readHead(sight: Sight, { statusCode, headers }: IncomingMessage): void {
  sight.status = statusCode ?? null
  sight.isEventStream = String(headers['content-type'] ?? '').startsWith('text/event-stream')
  sight.headers = Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith('x-'))
      .map(([name, value]) => [name, String(value)]),
  )
}

function readText(sight: Sight, text: string, nowMs: number): void {
  sight.buffer += text
  if (!sight.isEventStream) return
  const frames = sight.buffer.split(/\r?\n\r?\n/)
  sight.buffer = frames.pop() ?? ''
  for (const frame of frames) readFrame(sight, frame, nowMs)
}

function readFrame(sight: Sight, frame: string, nowMs: number): void {
  // Where headers left before anybody had answered, the name of the backend follows as a comment.
  const backend = /^: ?backend=(\S+)/m.exec(frame)?.[1]
  if (backend !== undefined) sight.headers['x-sanctum-backend'] ??= backend
  const data = frame
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart())
    .join('\n')
  if (data === '') return
  if (data === '[DONE]') sight.hasDone = true
  else readDocument(sight, data, nowMs)
}

function readEnd(sight: Sight, nowMs: number): void {
  if (!sight.isEventStream) readDocument(sight, sight.buffer, nowMs)
}

interface Answer {
  readonly error?: { readonly code?: unknown; readonly type?: unknown; readonly message?: unknown } | string
  readonly model?: string
  readonly usage?: object | null
  readonly data?: readonly { readonly embedding?: readonly number[] }[]
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null }
    readonly message?: { readonly content?: string | null }
    readonly text?: string | null
    readonly finish_reason?: string | null
  }[]
}

function readDocument(sight: Sight, text: string, nowMs: number): void {
  const answer = parse(text)
  if (answer === null) {
    // A broken frame is passed over, as the public exam does; half a document is no answer.
    if (sight.isEventStream) sight.brokenFrames += 1
    else sight.error ??= { code: 'unreadable', message: 'the answer is no JSON' }
    return
  }
  if (answer.error !== undefined && answer.error !== null) sight.error ??= toError(answer.error)
  if (typeof answer.model === 'string') sight.model = answer.model
  if (answer.usage !== undefined && answer.usage !== null) sight.hasUsage = true
  const [choice] = answer.choices ?? []
  const content = choice?.delta?.content ?? choice?.message?.content ?? choice?.text ?? wordsOf(answer.data?.[0]?.embedding)
  if (content !== '') sight.firstWordAtMs ??= nowMs
  sight.text += content
  sight.finishReason = choice?.finish_reason ?? sight.finishReason
}

function wordsOf(embedding: readonly number[] = []): string {
  return embedding.map((index) => drillWords[index] ?? '').join(' ')
}

function parse(text: string): Answer | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Answer) : null
  } catch {
    return null
  }
}

function toError(error: NonNullable<Answer['error']>): NonNullable<Sight['error']> {
  if (typeof error === 'string') return { code: null, message: error }
  const code = error.code ?? error.type
  return {
    code: code === undefined || code === null ? null : String(code),
    message: error.message === undefined ? null : String(error.message),
  }
}

function outcomeOf({ status, error }: Sight, end: 'clean' | 'broken'): CallOutcome {
  if (status !== null && status >= 400 && end === 'clean') return 'status'
  if (error !== null) return end === 'clean' ? 'in-band' : 'in-band-abort'
  return end === 'clean' && status !== null ? 'answer' : 'abort'
}

function toCall(sight: Sight, outcome: CallOutcome, nowMs: number): CallSeen {
  noteBytes(sight, nowMs)
  return {
    outcome,
    status: sight.status,
    errorCode: sight.error?.code ?? null,
    errorMessage: sight.error?.message ?? null,
    text: sight.text,
    model: sight.model,
    hasUsage: sight.hasUsage,
    finishReason: sight.finishReason,
    hasDone: sight.hasDone,
    brokenFrames: sight.brokenFrames,
    startedAtMs: sight.startedAtMs,
    firstWordAtMs: sight.firstWordAtMs,
    endedAtMs: nowMs,
    longestSilenceMs: sight.longestSilenceMs,
    headers: sight.headers,
  }
}
