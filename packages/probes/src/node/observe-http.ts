import { readFile } from 'node:fs/promises'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { type RequestOptions, request as requestHttps } from 'node:https'
import { judgeAnswer, type Sight } from '../judge-answer.ts'
import type { HttpTarget } from '../kinds/http.ts'
import type { ProbeOf } from '../probe-kind.ts'
import { toSocketFailure } from './socket-failure.ts'

const MAX_BODY_BYTES = 1024 * 1024
const MAX_HEADER_BYTES = 16 * 1024

/** Asks on a connection of its own, which is never reused: a kept connection would prove an old one, not the service. */
export async function observeHttp(probe: ProbeOf<'http'>, target: HttpTarget, deadline: AbortSignal): Promise<Sight> {
  const trust = await readTrust(probe)
  if (trust.kind === 'unreadable') return { kind: 'could-not-check', detail: trust.why }
  return await new Promise((resolve) => ask(probe, target, trust.options, deadline, resolve))
}

type Trust = { readonly kind: 'read'; readonly options: RequestOptions } | { readonly kind: 'unreadable'; readonly why: string }

async function readTrust({ tls }: ProbeOf<'http'>): Promise<Trust> {
  const files = { ca: tls?.ca_cert_path, cert: tls?.client_cert_path, key: tls?.client_key_path }
  const options: Record<string, Buffer> = {}
  for (const [name, path] of Object.entries(files)) {
    if (path === undefined) continue
    try {
      options[name] = await readFile(path)
    } catch (error) {
      return { kind: 'unreadable', why: `cannot read ${path}: ${(error as NodeJS.ErrnoException).code}` }
    }
  }
  return { kind: 'read', options }
}

function ask(
  probe: ProbeOf<'http'>,
  { method, url }: HttpTarget,
  trust: RequestOptions,
  deadline: AbortSignal,
  resolve: (sight: Sight) => void,
): void {
  const progress: Progress = { connected: false, status: null, bytes: 0 }
  const request = (url.startsWith('https:') ? requestHttps : requestHttp)(url, {
    ...trust,
    method,
    agent: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    headers: { connection: 'close', accept: '*/*', 'user-agent': 'sanctum-probe', ...probe.headers },
  })
  const settle = (sight: Sight): void => {
    deadline.removeEventListener('abort', onDeadline)
    resolve(sight)
    request.destroy()
  }
  const onDeadline = (): void => settle({ kind: 'failed', cause: 'timeout', detail: describeProgress(progress, probe.timeout_ms) })
  deadline.addEventListener('abort', onDeadline, { once: true })
  request.on('socket', (socket) => socket.once('connect', () => (progress.connected = true)))
  request.on('error', (error) => settle(toSocketFailure(error)))
  request.on('response', (response) =>
    readAnswer(response, progress, (sight) => settle(typeof sight === 'string' ? judge(probe, response, sight) : sight)),
  )
  request.end(probe.body)
}

interface Progress {
  connected: boolean
  status: number | null
  bytes: number
}

function readAnswer(response: IncomingMessage, progress: Progress, done: (result: string | Sight) => void): void {
  const chunks: Buffer[] = []
  progress.status = response.statusCode ?? 0
  response.on('data', (chunk: Buffer) => {
    progress.bytes += chunk.length
    if (progress.bytes > MAX_BODY_BYTES) done({ kind: 'failed', cause: 'wrong-answer', detail: 'its answer is larger than 1 MiB' })
    else chunks.push(chunk)
  })
  response.on('error', () => done({ kind: 'failed', cause: 'transport', detail: `it hung up ${progress.bytes} bytes into its answer` }))
  response.on('end', () => done(Buffer.concat(chunks).toString('utf8')))
}

function judge(probe: ProbeOf<'http'>, response: IncomingMessage, body: string): Sight {
  return judgeAnswer(probe, { status: response.statusCode ?? 0, contentType: response.headers['content-type'] ?? null, body })
}

function describeProgress({ connected, status, bytes }: Progress, timeoutMs: number): string {
  if (!connected) return `no connection within ${timeoutMs} ms`
  if (status === null) return `it took the connection and did not answer within ${timeoutMs} ms`
  return `status ${status}, then ${bytes === 0 ? 'no body' : `${bytes} bytes without an end`} within ${timeoutMs} ms`
}
