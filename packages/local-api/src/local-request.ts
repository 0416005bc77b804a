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

/** Reads what is judged from names and values in turn, as they were sent (`rawHeaders` of Node). */
export function toLocalRequest(method: string, target: string, rawHeaders: readonly string[]): LocalRequest {
  const values = (name: string): string[] =>
    rawHeaders.flatMap((value, index) => (index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name ? [value] : []))
  return {
    method,
    target,
    host: values('host'),
    origin: values('origin'),
    fetchSite: values('sec-fetch-site'),
    contentType: values('content-type'),
    authorization: values('authorization'),
    contentLength: values('content-length'),
    isChunked: values('transfer-encoding').length > 0,
  }
}
