/// <reference path="./undici-parts.d.ts" />
import type { Socket } from 'node:net'
import type { Pool as ConnectionPool, Dispatcher } from 'undici'
import buildConnector from 'undici/lib/core/connect.js'
import Pool from 'undici/lib/dispatcher/pool.js'
import type { TargetDefinition } from '../config/router-definition.ts'
import { type Identity, readIdentity, type SecretReaders, stampOfIdentity } from './read-identity.ts'

/** The connections to one server under one identity. */
export interface TargetLink {
  readonly key: string
  /** What is wrong with credential or certificate; null: nothing. Nothing is sent while there is something. */
  problem(): string | null
  expiresAtMs(): number | null
  /** `path` begins with a slash and stands under the base of the target. */
  dispatch(request: LinkRequest, handler: Dispatcher.DispatchHandler): void
  /** Nobody waits for this question any more: the connection that was being opened for it is dropped. */
  abandon(handler: Dispatcher.DispatchHandler): void
  /** Reads credential and certificates again if they changed. Open streams end as they began; whether anything changed. */
  refresh(): boolean
  /** Connections end when what runs on them ended. */
  retire(): Promise<void>
  destroy(): Promise<void>
}

export interface LinkRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** The path stands at the root of the server, not under the base of the target. */
  readonly isAbsolute?: boolean
  /** Null: none. */
  readonly contentType: string | null
  readonly requestId: string
  readonly body: Buffer | import('node:stream').Readable | null
  readonly contentLength: number | null
}

/** Longer than any clock of an attempt: the clocks decide, this only frees what nobody waits for. */
const connectLimitMs = 15_000
const keepAliveMs = 60_000

export function createTargetLink(target: TargetDefinition, readers: SecretReaders): TargetLink {
  const url = new URL(target.url)
  const base = url.pathname === '/' ? '' : url.pathname.replace(/\/$/, '')
  let identity = readIdentity(target, readers, Date.now())
  const opening = new Map<Dispatcher.DispatchHandler, Socket>()
  // The client library opens a connection while it takes a question, or does not: so whose it is can be told.
  let asking: Dispatcher.DispatchHandler | null = null
  let pool = createPool(url.origin, identity, noteOpening)
  let heads = headsOf(identity)

  function dispatch(request: LinkRequest, handler: Dispatcher.DispatchHandler): void {
    const { contentType } = request
    const head =
      contentType === 'application/json' ? heads.json : contentType === null ? heads.bare : [...heads.bare, 'content-type', contentType]
    const headers = [...head, 'x-request-id', request.requestId]
    if (request.contentLength !== null) headers.push('content-length', String(request.contentLength))
    asking = handler
    pool.dispatch(
      {
        path: request.isAbsolute === true ? request.path : base + request.path,
        method: request.method,
        headers,
        body: request.body,
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      handler,
    )
    asking = null
  }

  function noteOpening(socket: Socket): () => void {
    const handler = asking
    if (handler === null) return () => {}
    opening.set(handler, socket)
    return () => void opening.delete(handler)
  }

  function abandon(handler: Dispatcher.DispatchHandler): void {
    opening.get(handler)?.destroy(abandoned)
  }

  function refresh(): boolean {
    const expired = identity.problem === null && identity.expiresAtMs !== null && identity.expiresAtMs <= Date.now()
    if (!expired && stampOfIdentity(target, readers) === identity.stamp) return false
    const before = pool
    identity = readIdentity(target, readers, Date.now())
    pool = createPool(url.origin, identity, noteOpening)
    heads = headsOf(identity)
    // Closing waits for what runs; only new questions take the new identity.
    before.close().catch(() => {})
    return true
  }

  return {
    key: target.key,
    problem: () => identity.problem,
    expiresAtMs: () => identity.expiresAtMs,
    dispatch,
    abandon,
    refresh,
    retire: () => pool.close().catch(() => {}),
    destroy: () => pool.destroy(),
  }
}

const abandoned = new Error('nobody waits for this connection any more')

/** Tells that a connection is being opened; what it returns is called when it is open, or never will be. */
type NoteOpening = (socket: Socket) => () => void

function createPool(origin: string, identity: Identity, noteOpening: NoteOpening): ConnectionPool {
  const secure = identity.secureContext === null ? {} : { secureContext: identity.secureContext }
  const open = buildConnector({ ...secure, timeout: connectLimitMs, allowH2: false, autoSelectFamily: true })
  const connect: typeof open = (options, callback) => {
    let noteOpened = (): void => {}
    const opened: typeof callback = (...outcome) => {
      noteOpened()
      callback(...outcome)
    }
    noteOpened = noteOpening(open(options, opened) as unknown as Socket)
  }
  return new Pool(origin, {
    connect,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: 10 * keepAliveMs,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 32_768,
  })
}

function headsOf(identity: Identity): { readonly bare: readonly string[]; readonly json: readonly string[] } {
  const bare = ['accept', '*/*', 'accept-encoding', 'identity', 'user-agent', 'sanctum-router']
  if (identity.authorization !== null) bare.push('authorization', identity.authorization)
  return { bare, json: [...bare, 'content-type', 'application/json'] }
}
