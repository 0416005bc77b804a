import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FinalFailure } from '../request/request-loop.ts'

/** What of an answer's headers is the router's own. */
export interface HeadFacts {
  readonly requestId: string
  readonly route: string
  /** Null before any backend was chosen. */
  readonly backend: string | null
  readonly attempts: number
}

/** Headers of a backend that mean something to its client. All others are the backend's or its machine's own affair. */
const passed = ['retry-after', 'retry-after-ms', 'content-disposition', 'openai-processing-ms', 'openai-version'] as const

export function headOf(
  facts: HeadFacts,
  contentType: string,
  from: Readonly<Record<string, string | string[] | undefined>> | null,
): string[] {
  const head = ['content-type', contentType, 'x-request-id', facts.requestId, 'x-sanctum-route', facts.route]
  if (facts.backend !== null) head.push('x-sanctum-backend', facts.backend)
  head.push('x-sanctum-attempts', String(facts.attempts))
  if (from !== null) {
    for (const name of passed) {
      const value = from[name]
      if (typeof value === 'string') head.push(name, value)
    }
  }
  return head
}

/** Proxies in between are not to collect a stream. */
export function streamHeadOf(facts: HeadFacts, contentType: string): string[] {
  const head = headOf(facts, contentType, null)
  head.push('cache-control', 'no-cache', 'x-accel-buffering', 'no')
  return head
}

const longestHeaderText = 128

/** Names of the catalog are plain and short; what is not cannot stand in a header, nor half of a character anywhere. */
export function headerText(text: string): string {
  const cut = text.length > longestHeaderText ? text.slice(0, longestHeaderText) : text
  return /^[\x20-\x7e]*$/.test(cut) ? cut : encodeURIComponent(cut.toWellFormed())
}

export interface ErrorFacts {
  readonly backend?: string
  readonly tokensDelivered?: number
}

/** An OpenAI error object. */
export function errorText(failure: FinalFailure, facts: ErrorFacts = {}): string {
  const { backend, tokensDelivered } = facts
  return JSON.stringify({
    error: {
      message: failure.message,
      type: failure.status < 500 && failure.status !== 429 ? 'invalid_request_error' : 'upstream_error',
      code: failure.code,
      param: null,
      ...(backend !== undefined && { backend }),
      ...(tokensDelivered !== undefined && { tokens_delivered: tokensDelivered }),
    },
  })
}

/** Answers with an error, where nothing has left yet. */
export function answerError(response: ServerResponse, failure: FinalFailure, head: string[]): void {
  const body = Buffer.from(errorText(failure))
  head.push('content-length', String(body.length))
  if (failure.retryAfterS !== null) head.push('retry-after', String(Math.max(1, Math.ceil(failure.retryAfterS))))
  response.writeHead(failure.status, head)
  response.end(body)
}

/** How long a client that does not read may keep a connection that is over. */
const lastWordsMs = 5_000

/**
 * Writes the last words and hangs up, without the mark that an answer is whole: whoever reads it knows that it is not. What was written
 * before is sent first.
 */
export function hangUp(response: ServerResponse, lastWords: string | null): void {
  if (response.destroyed || response.socket?.destroyed === true) return
  if (lastWords !== null) response.write(lastWords)
  whenServed(response, (socket) => {
    // What is written leaves at the end of this turn; a socket that ended in the same turn would never send it.
    setImmediate(() => socket.destroySoon())
    setTimeout(() => socket.destroy(), lastWordsMs).unref()
  })
}

/** A client that reads nothing does not keep for ever an answer that was ended: after `unreadMs` it is hung up on. */
export function boundUnread(response: ServerResponse, unreadMs: number): void {
  // What the system has taken already costs nothing here.
  if (response.destroyed || response.writableFinished || response.writableLength === 0) return
  whenServed(response, (socket) => {
    const leave = (): void => void response.destroy()
    // The clock of the connection: bytes that leave put it back, so who reads slowly gets all of it.
    socket.setTimeout(unreadMs, leave)
    // Before the server sets it to how long an idle connection may stay.
    response.prependOnceListener('finish', () => socket.setTimeout(0, leave))
  })
}

/** An answer to a request that was sent before the last was answered has no connection until its turn comes. */
function whenServed(response: ServerResponse, use: (socket: Socket) => void): void {
  if (response.socket === null) response.once('socket', use)
  else use(response.socket)
}

/** A whole chat answer as one frame of a stream, for a client that was promised a stream already. */
export function asFrame(body: string): string {
  const value = JSON.parse(body) as { choices?: unknown; object?: unknown }
  if (!Array.isArray(value.choices)) return `data: ${JSON.stringify(value)}\n\ndata: [DONE]\n\n`
  const choices = value.choices.map(({ message, ...rest }: { message?: unknown }) =>
    message === undefined ? rest : { ...rest, delta: message },
  )
  const object = value.object === 'chat.completion' ? 'chat.completion.chunk' : value.object
  return `data: ${JSON.stringify({ ...value, object, choices })}\n\ndata: [DONE]\n\n`
}
