import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent, type RequestOptions, request as requestHttps } from 'node:https'
import { connect, type TcpNetConnectOpts } from 'node:net'
import { checkServerIdentity, type TLSSocket } from 'node:tls'
import type { Sight } from '../judge-answer.ts'
import type { ProbeOf } from '../probe-kind.ts'
import { toSocketFailure } from './socket-failure.ts'

const MAX_HEADER_BYTES = 16 * 1024

/** Nothing is kept, not even a TLS session: with a resumed one the other side shows no certificate. */
const fresh = {
  // Without an agent, which would only be made and thrown away.
  http: { createConnection: (options: object) => connect(options as TcpNetConnectOpts) },
  https: { agent: new Agent({ keepAlive: false, maxCachedSessions: 0 }) },
} as const

export interface Question {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly tls: ProbeOf<'http'>['tls']
  readonly timeoutMs: number
}

/** How far an answer came. */
export interface Progress {
  connected: boolean
  status: number | null
  bytes: number
}

/** Reads an answer and calls `done` once it knows. */
export type ReadAnswer = (response: IncomingMessage, progress: Progress, done: (sight: Sight) => void) => void

/** Asks on a connection of its own, which is never reused: a kept connection would prove an old one, not the service. */
export async function openRequest(question: Question, deadline: AbortSignal, read: ReadAnswer): Promise<Sight> {
  const trust = await readTrust(question.tls)
  if (trust.kind === 'misconfigured') return { kind: 'could-not-check', detail: `misconfigured: ${trust.why}` }
  return await new Promise((resolve) => ask(question, trust.options, deadline, read, resolve))
}

type Trust = { readonly kind: 'read'; readonly options: RequestOptions } | { readonly kind: 'misconfigured'; readonly why: string }

async function readTrust(tls: Question['tls']): Promise<Trust> {
  const files = { ca: tls?.ca_cert_path, cert: tls?.client_cert_path, key: tls?.client_key_path }
  const options: { ca?: Buffer; cert?: Buffer; key?: Buffer } = {}
  for (const [name, path] of Object.entries(files)) {
    if (path === undefined) continue
    try {
      options[name as keyof typeof files] = await readFile(path)
    } catch (error) {
      return { kind: 'misconfigured', why: `cannot read ${path}: ${(error as NodeJS.ErrnoException).code}` }
    }
  }
  const why = judgePair(tls, options)
  if (why !== null) return { kind: 'misconfigured', why }
  return { kind: 'read', options: { ...options, ...(options.ca === undefined ? {} : knowing(options.ca.toString('latin1'))) } }
}

/** A certificate that stands among those that are trusted is known by what it is, so its names are not asked for. */
function knowing(ca: string): RequestOptions {
  return {
    allowPartialTrustChain: true,
    checkServerIdentity: (host, shown) =>
      fingerprintsOf(ca).includes(shown.fingerprint256) ? undefined : checkServerIdentity(host, shown),
  }
}

function fingerprintsOf(pems: string): readonly string[] {
  return (pems.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(
    (pem) => new X509Certificate(pem).fingerprint256,
  )
}

/** Why our own certificate and key cannot work, whatever the other side says. */
function judgePair(tls: Question['tls'], { cert, key }: { readonly cert?: Buffer; readonly key?: Buffer }): string | null {
  if (cert === undefined && key === undefined) return null
  if (cert === undefined) return 'a client key without client_cert_path proves nothing'
  if (key === undefined) return 'a client certificate without client_key_path proves nothing'
  try {
    const certificate = new X509Certificate(cert)
    if (!certificate.checkPrivateKey(createPrivateKey(key))) return `${tls?.client_key_path} is not the key of ${tls?.client_cert_path}`
    if (Date.parse(certificate.validTo) < Date.now())
      return `our client certificate ${tls?.client_cert_path} ended on ${certificate.validTo}`
    return null
  } catch (error) {
    return `our client certificate or its key cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
}

function ask(question: Question, trust: RequestOptions, deadline: AbortSignal, read: ReadAnswer, resolve: (sight: Sight) => void): void {
  const { url, method, headers, body, timeoutMs } = question
  const progress: Progress = { connected: false, status: null, bytes: 0 }
  const scheme = url.startsWith('https:') ? 'https' : 'http'
  const request = (scheme === 'https' ? requestHttps : requestHttp)(url, {
    ...trust,
    ...fresh[scheme],
    method,
    maxHeaderSize: MAX_HEADER_BYTES,
    headers: { connection: 'close', accept: '*/*', 'user-agent': 'sanctum-probe', ...headers },
  })
  const settle = (sight: Sight): void => {
    deadline.removeEventListener('abort', onDeadline)
    resolve(sight)
    request.destroy()
  }
  const onDeadline = (): void => settle({ kind: 'failed', cause: 'timeout', detail: describeProgress(progress, timeoutMs) })
  deadline.addEventListener('abort', onDeadline, { once: true })
  request.on('socket', (socket) => socket.once('connect', () => (progress.connected = true)))
  request.on('error', (error) => settle(toSocketFailure(error)))
  request.on('response', (response) => {
    progress.status = response.statusCode ?? 0
    response.on('error', () => settle({ kind: 'failed', cause: 'transport', detail: `it hung up ${progress.bytes} bytes into its answer` }))
    read(response, progress, settle)
  })
  request.end(body)
}

/** For how long the certificate of the other side is good, in ms; null where it showed none. */
export function certificateMsOf({ socket }: IncomingMessage): number | null {
  if (!('getPeerCertificate' in socket)) return null
  const validTo = Date.parse((socket as TLSSocket).getPeerCertificate().valid_to ?? '')
  return Number.isNaN(validTo) ? null : validTo - Date.now()
}

export function describeProgress({ connected, status, bytes }: Progress, timeoutMs: number): string {
  if (!connected) return `no connection within ${timeoutMs} ms`
  if (status === null) return `it took the connection and did not answer within ${timeoutMs} ms`
  return `status ${status}, then ${bytes === 0 ? 'no body' : `${bytes} bytes without an end`} within ${timeoutMs} ms`
}
