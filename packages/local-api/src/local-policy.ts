/** What a route of a local server takes. */
export interface LocalPolicy {
  /** Every `host:port` under which this server is asked, in lower case. Null: any, which is only for a server whose every route needs a token. */
  readonly hosts: readonly string[] | null
  readonly methods: readonly string[]
  /** True: even reading needs one. False: what acts without a page behind it does. `never`: nobody needs one, and what is sent is not looked at. */
  readonly needsToken: boolean | 'never'
  /** Compares in constant time. */
  readonly isToken: (token: string) => boolean
  readonly maxBodyBytes: number
  /** What a body may be; JSON alone where nothing is said. */
  readonly bodyTypes?: readonly BodyType[]
  /** A body may come in chunks, without a length: whoever reads it then keeps count of `maxBodyBytes`. */
  readonly takesChunks?: boolean
  /** How this server is asked, for the origin of its own pages; http where nothing is said. */
  readonly scheme?: 'http' | 'https'
}

export type BodyType = 'json' | 'multipart'

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

/** What is told of a router, apart from where it is asked. */
export interface RouterAccess {
  /** Every `host:port` of it; null: any. */
  readonly hosts: readonly string[] | null
  readonly scheme: 'http' | 'https'
  /** Whose token is taken; null: nobody needs one. */
  readonly isToken: ((token: string) => boolean) | null
}

/**
 * Where models are asked. The clients are programs that know nothing of this haus: each sends some key as bearer, which without a token
 * of the router's own says nothing and is not looked at. What keeps pages out is Host, Origin and Sec-Fetch-Site, as on every route; that
 * they send no Origin is what lets programs in.
 */
export function routerPolicy({ hosts, scheme, isToken }: RouterAccess): LocalPolicy {
  return {
    hosts,
    scheme,
    methods: ['GET', 'HEAD', 'POST'],
    needsToken: isToken === null ? 'never' : true,
    isToken: isToken ?? (() => false),
    maxBodyBytes: routerLimits.maxBodyBytes,
    bodyTypes: ['json', 'multipart'],
    takesChunks: true,
  }
}

/** Who may change what a router does, or see why it does it: who holds the token of the haus, on this machine. */
export function routerAdminPolicy(port: number, isToken: LocalPolicy['isToken'], scheme: 'http' | 'https' = 'http'): LocalPolicy {
  return {
    hosts: loopbackHosts(port),
    scheme,
    methods: ['GET', 'POST', 'DELETE'],
    needsToken: true,
    isToken,
    maxBodyBytes: serverLimits.maxBodyBytes,
  }
}

/** Where a router allows more than `serverLimits`: a recording of a voice is long, a conversation too, and an answer takes its time. */
export const routerLimits = {
  maxBodyBytes: 100 * 1024 * 1024,
  requestTimeoutMs: 120_000,
  keepAliveTimeoutMs: 65_000,
  maxConnections: 1024,
} as const

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
