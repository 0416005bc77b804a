/** Where a value stands in a body, in bytes. */
export interface Span {
  readonly start: number
  readonly end: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

/**
 * Where the values of `model` stand at the top level of a JSON object. All of them: a body that names two is to mean the same to the router
 * and to the server behind it. Null where the text is not read as an object.
 */
export function findModelSpans(bytes: Uint8Array): readonly Span[] | null {
  const spans: Span[] = []
  let at = afterSpace(bytes, 0)
  if (bytes[at] !== 0x7b) return null
  at = afterSpace(bytes, at + 1)
  while (bytes[at] === QUOTE) {
    const keyEnd = endOfString(bytes, at)
    if (keyEnd === -1) return null
    const isModel = isModelKey(bytes, at, keyEnd)
    at = afterSpace(bytes, keyEnd)
    if (bytes[at] !== 0x3a) return null
    at = afterSpace(bytes, at + 1)
    const valueEnd = endOfValue(bytes, at)
    if (valueEnd === -1) return null
    if (isModel) spans.push({ start: at, end: valueEnd })
    at = afterSpace(bytes, valueEnd)
    if (bytes[at] !== 0x2c) break
    at = afterSpace(bytes, at + 1)
  }
  return bytes[at] === 0x7d ? spans : null
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function afterSpace(bytes: Uint8Array, from: number): number {
  let at = from
  while (isSpace(bytes[at])) at++
  return at
}

/** Index after the closing quote. */
function endOfString(bytes: Uint8Array, start: number): number {
  let quote = bytes.indexOf(QUOTE, start + 1)
  while (quote !== -1) {
    let slashes = 0
    while (bytes[quote - 1 - slashes] === BACKSLASH) slashes++
    if (slashes % 2 === 0) return quote + 1
    quote = bytes.indexOf(QUOTE, quote + 1)
  }
  return -1
}

const utf8 = new TextDecoder()

function isModelKey(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes.subarray(start, end).includes(BACKSLASH)) {
    try {
      return JSON.parse(utf8.decode(bytes.subarray(start, end))) === 'model'
    } catch {
      return false
    }
  }
  return (
    end - start === 7 &&
    bytes[start + 1] === 0x6d &&
    bytes[start + 2] === 0x6f &&
    bytes[start + 3] === 0x64 &&
    bytes[start + 4] === 0x65 &&
    bytes[start + 5] === 0x6c
  )
}

function endOfValue(bytes: Uint8Array, start: number): number {
  const first = bytes[start]
  if (first === QUOTE) return endOfString(bytes, start)
  if (first === 0x7b || first === 0x5b) return endOfNested(bytes, start)
  let at = start
  while (at < bytes.length && bytes[at] !== 0x2c && bytes[at] !== 0x7d && !isSpace(bytes[at])) at++
  return at > start ? at : -1
}

function endOfNested(bytes: Uint8Array, start: number): number {
  let depth = 0
  let at = start
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = endOfString(bytes, at)
      if (at === -1) return -1
      continue
    }
    if (byte === 0x7b || byte === 0x5b) depth++
    else if (byte === 0x7d || byte === 0x5d) {
      depth--
      if (depth === 0) return at + 1
    }
    at++
  }
  return -1
}
