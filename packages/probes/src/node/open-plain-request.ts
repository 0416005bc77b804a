import { validateHeaderName, validateHeaderValue } from 'node:http'
import { connect } from 'node:net'
import type { Sight } from '../judge-answer.ts'
import { createHttpReader, type HttpReply, type Reading } from './create-http-reader.ts'
import { describeProgress, type Question } from './open-request.ts'
import { toSocketFailure } from './socket-failure.ts'

export type PlainQuestion = Omit<Question, 'tls'>

/** What is written, and whereto. */
export interface PlainRequest {
  readonly host: string
  readonly port: number
  readonly isHead: boolean
  readonly bytes: Buffer
}

/**
 * Asks over HTTP without TLS, on a connection of its own. It writes and reads the socket itself: that takes half of what a general
 * client does for the same question, and a watchdog asks a thousand of them again and again.
 */
export function openPlainRequest(
  request: PlainRequest,
  timeoutMs: number,
  deadline: AbortSignal,
  judge: (reply: HttpReply) => Sight,
): Promise<Sight> {
  return new Promise((resolve) => {
    const { host, port, isHead, bytes } = request
    const reader = createHttpReader({ isHead })
    const socket = connect({ host, port })
    const settle = (sight: Sight): void => {
      deadline.removeEventListener('abort', onDeadline)
      resolve(sight)
      socket.destroy()
    }
    const onDeadline = (): void => {
      const progress = { connected: !socket.connecting, status: reader.status(), bytes: reader.bytes() }
      settle({ kind: 'failed', cause: 'timeout', detail: describeProgress(progress, timeoutMs) })
    }
    const take = (reading: Reading): void => {
      if (reading.kind === 'whole') settle(judge(reading.reply))
      else if (reading.kind !== 'more') settle(explain(reading, reader))
    }
    deadline.addEventListener('abort', onDeadline, { once: true })
    socket.on('error', (error) => settle(toSocketFailure(error)))
    socket.on('data', (chunk: Buffer) => take(reader.push(chunk)))
    socket.on('end', () => take(reader.end()))
    socket.write(bytes)
  })
}

function explain(reading: Exclude<Reading, { kind: 'more' | 'whole' }>, reader: ReturnType<typeof createHttpReader>): Sight {
  if (reading.kind === 'no-http') return { kind: 'failed', cause: 'wrong-answer', detail: 'it does not speak HTTP' }
  if (reading.kind === 'too-long') {
    const detail = reading.part === 'headers' ? 'its headers are larger than 16 KiB' : 'its answer is larger than 1 MiB'
    return { kind: 'failed', cause: 'wrong-answer', detail }
  }
  const detail = reader.status() === null ? 'it hung up without an answer' : `it hung up ${reader.bytes()} bytes into its answer`
  return { kind: 'failed', cause: 'transport', detail }
}

/** Throws where a header cannot be sent. */
export function toPlainRequest({ url, method, headers, body }: Omit<PlainQuestion, 'timeoutMs'>): PlainRequest {
  const { hostname, host, port, pathname, search, username, password } = new URL(url)
  const lines: Record<string, string> = { host, connection: 'close', accept: '*/*', 'user-agent': 'sanctum-probe' }
  if (username !== '' || password !== '') lines['authorization'] = `Basic ${toBase64(username, password)}`
  if (body !== undefined || method === 'POST') lines['content-length'] = String(Buffer.byteLength(body ?? ''))
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    lines[name.toLowerCase()] = value
  }
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`)
  return {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 80 : Number(port),
    isHead: method === 'HEAD',
    bytes: Buffer.concat([
      Buffer.from(`${method} ${pathname}${search} HTTP/1.1\r\n${head.join('')}\r\n`, 'latin1'),
      Buffer.from(body ?? '', 'utf8'),
    ]),
  }
}

function toBase64(username: string, password: string): string {
  return Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
}
