/** One frame: `raw` as it came, with its closing empty line; `data` its joined data lines, null where it has none (comments, `retry:`). */
export type FrameSink = (raw: Uint8Array, data: string | null) => void

/** Text of a range of bytes. Node's Buffer does it several times quicker than a TextDecoder. */
export type DecodeText = (bytes: Uint8Array, start: number, end: number) => string

export interface SseReader {
  /** Takes bytes as they come; whole frames are told at once. `too-large`: a frame is longer than allowed, and nothing more is read. */
  push(chunk: Uint8Array): 'ok' | 'too-large'
  /** Bytes of a frame that has begun and not ended. */
  restBytes(): number
  /** The stream ended: a last frame without its empty line is told too. */
  end(): void
}

const LF = 10
const CR = 13
const utf8 = new TextDecoder()
const decodeUtf8: DecodeText = (bytes, start, end) => utf8.decode(bytes.subarray(start, end))

/**
 * Reads server-sent events from bytes. A frame is cut on bytes and decoded only when it is whole, so a character that is split over two
 * chunks is never broken. Lines end with LF, CRLF or CR.
 */
export function createSseReader(
  onFrame: FrameSink,
  options: { readonly maxFrameBytes: number; readonly decode?: DecodeText } = { maxFrameBytes: 4_194_304 },
): SseReader {
  const decode = options.decode ?? decodeUtf8
  let rest: Uint8Array | null = null
  // Where in `rest` the line begins that is not whole yet: nothing is looked at twice.
  let restLine = 0
  // Known once a CR was seen with something else behind it; until then a CR at the end of a chunk may be half of a CRLF.
  let usesCrAlone = false

  function push(chunk: Uint8Array): 'ok' | 'too-large' {
    let bytes = chunk
    let line = 0
    if (rest !== null) {
      bytes = joined(rest, chunk)
      line = restLine
      rest = null
    }
    return scan(bytes, line)
  }

  function scan(bytes: Uint8Array, firstLine: number): 'ok' | 'too-large' {
    const mayHaveCr = bytes.includes(CR)
    const length = bytes.length
    let frame = 0
    let line = firstLine
    while (line < length) {
      const lineEnd = mayHaveCr ? endOfLine(bytes, line) : bytes.indexOf(LF, line)
      if (lineEnd === -1) break
      let next = lineEnd + 1
      if (mayHaveCr && bytes[lineEnd] === CR) {
        if (next === length && !usesCrAlone) break
        if (bytes[next] === LF) next++
        else usesCrAlone = true
      }
      if (lineEnd === line) {
        tell(bytes, frame, next)
        frame = next
      }
      line = next
    }
    if (frame < length) {
      rest = frame === 0 ? bytes : bytes.subarray(frame)
      restLine = line - frame
      if (rest.length > options.maxFrameBytes) return 'too-large'
    }
    return 'ok'
  }

  function tell(bytes: Uint8Array, start: number, end: number): void {
    onFrame(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), dataOf(bytes, start, end, decode))
  }

  function end(): void {
    const last = rest
    rest = null
    if (last !== null && last.length > 0) onFrame(last, dataOf(last, 0, last.length, decode))
  }

  return { push, end, restBytes: () => rest?.length ?? 0 }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length)
  all.set(a, 0)
  all.set(b, a.length)
  return all
}

function endOfLine(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === LF || byte === CR) return at
  }
  return -1
}

const D = 0x64
const COLON = 0x3a
const SPACE = 0x20

function dataOf(bytes: Uint8Array, start: number, end: number, decode: DecodeText): string | null {
  let data: string | null = null
  let line = start
  while (line < end) {
    let lineEnd = bytes[line] === D ? bytes.indexOf(LF, line) : endOfLine(bytes, line)
    if (lineEnd === -1 || lineEnd > end) lineEnd = end
    const carriage = bytes[line] === D ? bytes.indexOf(CR, line) : -1
    if (carriage !== -1 && carriage < lineEnd) lineEnd = carriage
    if (isDataLine(bytes, line, lineEnd)) {
      const from = bytes[line + 5] === SPACE ? line + 6 : line + 5
      const text = from < lineEnd ? decode(bytes, from, lineEnd) : ''
      data = data === null ? text : `${data}\n${text}`
    }
    line = lineEnd + 1
    if (bytes[lineEnd] === CR && bytes[line] === LF) line++
  }
  return data
}

/** `data:`; a lone `data` says nothing to any client of a model. */
function isDataLine(bytes: Uint8Array, line: number, lineEnd: number): boolean {
  return (
    lineEnd - line >= 5 &&
    bytes[line] === D &&
    bytes[line + 1] === 0x61 &&
    bytes[line + 2] === 0x74 &&
    bytes[line + 3] === 0x61 &&
    bytes[line + 4] === COLON
  )
}
