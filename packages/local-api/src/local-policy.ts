/** What a route of a local server takes. */
export interface LocalPolicy {
  /** Every `host:port` under which this server is asked, in lower case. */
  readonly hosts: readonly string[]
  readonly methods: readonly string[]
  /** Even reading needs a token. */
  readonly needsToken: boolean
  /** Compares in constant time. */
  readonly isToken: (token: string) => boolean
  readonly maxBodyBytes: number
}

/** The names of loopback with the port; nothing else reaches a server that binds loopback only. */
export function loopbackHosts(port: number): string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]
}

/** A server that is only read, by anybody on this machine. */
export function readOnlyPolicy(port: number): LocalPolicy {
  return {
    hosts: loopbackHosts(port),
    methods: ['GET', 'HEAD'],
    needsToken: false,
    isToken: () => false,
    maxBodyBytes: serverLimits.maxBodyBytes,
  }
}

/** What a local server allows before anything is judged; slow senders are cut off. */
export const serverLimits = {
  maxBodyBytes: 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  headersTimeoutMs: 5000,
  requestTimeoutMs: 10_000,
  keepAliveTimeoutMs: 5000,
  checkingIntervalMs: 1000,
  maxConnections: 128,
} as const

/** Headers of every answer of a local server. No CORS header is among them, and none may be added. */
export const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
} as const
