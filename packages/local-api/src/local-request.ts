/** What of a request is judged. Each header is the list of its values as they were sent: none, one, or too many. */
export interface LocalRequest {
  readonly method: string
  /** The request target as sent: a path, unless somebody takes this server for a proxy. */
  readonly target: string
  readonly host: readonly string[]
  readonly origin: readonly string[]
  readonly fetchSite: readonly string[]
  readonly contentType: readonly string[]
  readonly authorization: readonly string[]
  readonly contentLength: readonly string[]
  /** It has a Transfer-Encoding, so nobody knows yet how long its body is. */
  readonly isChunked: boolean
}

/** Reads what is judged from names and values in turn, as they were sent (`rawHeaders` of Node), in one pass over them. */
export function toLocalRequest(method: string, target: string, rawHeaders: readonly string[]): LocalRequest {
  const found: Found = {
    host: none,
    origin: none,
    fetchSite: none,
    contentType: none,
    authorization: none,
    contentLength: none,
    transferEncoding: none,
  }
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const field = fields.get((rawHeaders[index] as string).toLowerCase())
    if (field === undefined) continue
    const value = rawHeaders[index + 1] as string
    found[field] = found[field].length === 0 ? [value] : [...found[field], value]
  }
  const { transferEncoding, ...judged } = found
  return { method, target, ...judged, isChunked: transferEncoding.length > 0 }
}

type Field = Exclude<keyof LocalRequest, 'method' | 'target' | 'isChunked'> | 'transferEncoding'
type Found = Record<Field, readonly string[]>

const none: readonly string[] = []

const fields: ReadonlyMap<string, Field> = new Map([
  ['host', 'host'],
  ['origin', 'origin'],
  ['sec-fetch-site', 'fetchSite'],
  ['content-type', 'contentType'],
  ['authorization', 'authorization'],
  ['content-length', 'contentLength'],
  ['transfer-encoding', 'transferEncoding'],
])
