/** An answer over HTTP/1, read to its end. */
export interface HttpReply {
  readonly status: number
  /** By their names in small letters; a list where one was given more than once. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string
}

export type Reading =
  | { readonly kind: 'more' }
  | { readonly kind: 'whole'; readonly reply: HttpReply }
  | { readonly kind: 'no-http' }
  | { readonly kind: 'too-long'; readonly part: 'headers' | 'body' }
  /** It hung up before its end. */
  | { readonly kind: 'cut' }

/** Reads one answer as it comes, whatever the pieces are. */
export interface HttpReader {
  /** Null until the head is there. */
  status(): number | null
  /** Of the body, so far. */
  bytes(): number
  push(chunk: Buffer): Reading
  /** The other side has said all that it will. */
  end(): Reading
}

const MAX_HEAD_BYTES = 16 * 1024
const MAX_BODY_BYTES = 1024 * 1024
/** The size of a chunk in hexadecimal, with room for what may be said about it. */
const MAX_SIZE_LINE_BYTES = 1024

const more: Reading = { kind: 'more' }
const noHttp: Reading = { kind: 'no-http' }
const endOfHead = Buffer.from('\r\n\r\n')
const beginning = 'HTTP/1.'

type Part = 'head' | 'sized' | 'to-the-end' | 'chunk-size' | 'chunk' | 'after-chunk' | 'trailer' | 'whole'

/**
 * As much of HTTP/1 as a probe needs, for a request that is answered once on a connection of its own: a length, chunks, or all until the
 * other side hangs up. An answer whose end can be read in two ways is none.
 */
export function createHttpReader({ isHead = false }: { readonly isHead?: boolean } = {}): HttpReader {
  let part: Part = 'head'
  let rest: Buffer = Buffer.alloc(0)
  let head: Head | null = null
  /** Left of the body that has a length, or of the chunk. */
  let left = 0
  let bytes = 0
  const body: Buffer[] = []

  function readHead(): Reading | null {
    const end = rest.indexOf(endOfHead)
    if (end > MAX_HEAD_BYTES || (end < 0 && rest.length > MAX_HEAD_BYTES)) return { kind: 'too-long', part: 'headers' }
    if (!isBeginning(rest)) return noHttp
    if (end < 0) return more
    const read = parseHead(rest.toString('latin1', 0, end))
    if (read === null) return noHttp
    rest = rest.subarray(end + endOfHead.length)
    // It says that it is at work; the answer comes after that.
    if (read.status >= 100 && read.status < 200 && read.status !== 101) return null
    head = read
    const length = isHead || isBare(read.status) ? 0 : lengthOf(read)
    if (length === 'unclear') return noHttp
    if (length === 'chunks') part = 'chunk-size'
    else if (length === 'to-the-end') part = 'to-the-end'
    else [part, left] = [length === 0 ? 'whole' : 'sized', length]
    return null
  }

  function keep(most: number): Reading | null {
    const taken = rest.length <= most ? rest : rest.subarray(0, most)
    rest = rest.subarray(taken.length)
    bytes += taken.length
    left -= taken.length
    body.push(taken)
    return bytes > MAX_BODY_BYTES ? { kind: 'too-long', part: 'body' } : null
  }

  /** A line without its end; null while that is not there. */
  function takeLine(): string | Reading {
    const end = rest.indexOf('\r\n')
    if (end > MAX_SIZE_LINE_BYTES || (end < 0 && rest.length > MAX_SIZE_LINE_BYTES)) return noHttp
    if (end < 0) return more
    const line = rest.toString('latin1', 0, end)
    rest = rest.subarray(end + 2)
    return line
  }

  /** One step; null where another can follow. */
  const steps: Readonly<Record<Part, () => Reading | null>> = {
    head: readHead,
    sized: () => {
      const stop = keep(left)
      if (stop !== null) return stop
      if (left > 0) return more
      part = 'whole'
      return null
    },
    'to-the-end': () => keep(rest.length) ?? more,
    'chunk-size': () => {
      const line = takeLine()
      if (typeof line !== 'string') return line
      const size = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?$/i.exec(line)?.[1]
      if (size === undefined) return noHttp
      left = Number.parseInt(size, 16)
      part = left === 0 ? 'trailer' : 'chunk'
      return null
    },
    chunk: () => {
      const stop = keep(left)
      if (stop !== null) return stop
      if (left > 0) return more
      part = 'after-chunk'
      return null
    },
    'after-chunk': () => {
      if (rest.length < 2) return more
      if (rest[0] !== 13 || rest[1] !== 10) return noHttp
      rest = rest.subarray(2)
      part = 'chunk-size'
      return null
    },
    trailer: () => {
      const line = takeLine()
      if (typeof line !== 'string') return line
      if (line === '') part = 'whole'
      return null
    },
    whole: () => whole(),
  }

  function whole(): Reading {
    const { status, headers } = head as Head
    const all = body.length === 1 ? (body[0] as Buffer) : Buffer.concat(body)
    return { kind: 'whole', reply: { status, headers, body: all.toString('utf8') } }
  }

  return {
    status: () => head?.status ?? null,
    bytes: () => bytes,
    push(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      for (;;) {
        const reading = steps[part]()
        if (reading !== null) return reading
      }
    },
    end: () => (part === 'to-the-end' || part === 'whole' ? whole() : { kind: 'cut' }),
  }
}

interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
}

/** Whether it may be HTTP, as far as it goes. */
function isBeginning(bytes: Buffer): boolean {
  const length = Math.min(bytes.length, beginning.length)
  return bytes.toString('latin1', 0, length) === beginning.slice(0, length)
}

function parseHead(text: string): Head | null {
  const lines = text.split('\r\n')
  const status = /^HTTP\/1\.[01] ([1-9]\d\d)(?: |$)/.exec(lines[0] as string)?.[1]
  if (status === undefined) return null
  const headers: Record<string, string | readonly string[]> = Object.create(null)
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] as string
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    // A name with a space in it, or a value that goes on in the next line, is read one way here and another there.
    if (colon < 1 || !isToken.test(name)) return null
    const value = line.slice(colon + 1).trim()
    const before = headers[name]
    headers[name] = before === undefined ? value : [before, value].flat()
  }
  return { status: Number(status), headers }
}

const isToken = /^[!#$%&'*+.^_`|~0-9a-z-]+$/

/** These have no body, whatever they say of its length. */
function isBare(status: number): boolean {
  return status === 101 || status === 204 || status === 304
}

/** How long the body is, or how its end shows. */
function lengthOf({ headers }: Head): number | 'chunks' | 'to-the-end' | 'unclear' {
  const [encoding, length] = [headers['transfer-encoding'], headers['content-length']]
  if (encoding !== undefined) {
    if (length !== undefined) return 'unclear'
    return /(?:^|,)[ \t]*chunked$/i.test([encoding].flat().join(',')) ? 'chunks' : 'to-the-end'
  }
  if (length === undefined) return 'to-the-end'
  return typeof length === 'string' && /^\d{1,15}$/.test(length) ? Number(length) : 'unclear'
}
