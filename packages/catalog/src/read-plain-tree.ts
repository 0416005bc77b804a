import type { Position } from '@sanctum/contracts'
import { limits } from './limits.ts'
import type { Located, LocatedEntry } from './located.ts'

/**
 * The tree of a text that is written as catalogs are: maps and lists by indentation, brackets on one line, words,
 * numbers and quotes. Null where anything else stands there, or anything that the YAML library might have a finding
 * about; then the library reads the whole text. It runs once, over text that no compiler has warmed up to, so that it
 * steps over characters and matches few patterns.
 */
export function readPlainTree(text: string, file: string): Located | null {
  if (text.length > limits.sizeBytes / 4 || unfit.test(text)) return null
  return createReader(text.endsWith('\n') ? text : `${text}\n`, file)()
}

/** Characters that are refused, and those that need care: tabs, carriage returns, a byte order mark. */
const unfit = /[\0-\t\v-\x1f\x7f-\x9f\ufeff\ufffd]/

/** Far enough from every limit that the two ways to count cannot disagree about it. */
const deepest = limits.depth / 2
const mostKeys = limits.keysPerMap / 2
const longestKey = 1_000

const newline = 0x0a
const space = 0x20
const hash = 0x23
const doubleQuote = 0x22
const quote = 0x27
const comma = 0x2c
const dash = 0x2d
const dot = 0x2e
const colon = 0x3a
const listStart = 0x5b
const backslash = 0x5c
const listEnd = 0x5d
const mapStart = 0x7b
const mapEnd = 0x7d

function createReader(text: string, file: string): () => Located | null {
  /** The first character that is not read yet, its line, and where that line starts. */
  let pos = 0
  let line = 1
  let start = 0
  /** Spaces before the next content; -1 at the end of the text. */
  let indent = 0
  let depth = 0
  let places = 0

  function readDocument(): Located | null {
    findContent()
    const root = indent === 0 ? readBlock() : null
    // A place costs three tokens at most: a key has a colon behind it, and perhaps a comma before it.
    return indent === -1 && 3 * places + line <= limits.tokens ? root : null
  }

  function here(): Position {
    places += 1
    return { file, line, column: pos - start + 1 }
  }

  /** From the start of a line over all that is empty or a comment. */
  function findContent(): void {
    while (pos < text.length) {
      start = pos
      while (text.charCodeAt(pos) === space) pos += 1
      const code = text.charCodeAt(pos)
      if (code !== newline && code !== hash) {
        indent = pos - start
        return
      }
      pos = text.indexOf('\n', pos) + 1
      line += 1
    }
    indent = -1
  }

  function leaveLine(): void {
    pos = text.indexOf('\n', pos) + 1
    line += 1
    findContent()
  }

  /** From the end of a value to the next content. False if something else stands behind the value. */
  function endLine(): boolean {
    const end = pos
    const code = skipSpaces()
    if (code !== newline && (code !== hash || pos === end)) return false
    leaveLine()
    return true
  }

  function skipSpaces(): number {
    while (text.charCodeAt(pos) === space) pos += 1
    return text.charCodeAt(pos)
  }

  function isDash(): boolean {
    return text.charCodeAt(pos) === dash && isGap(text.charCodeAt(pos + 1))
  }

  function readBlock(): Located | null {
    const column = pos - start
    depth += 1
    const block = depth > deepest ? null : isDash() ? readList(column) : readMap(column)
    depth -= 1
    // What is indented further would continue the last value.
    return indent > column ? null : block
  }

  function readMap(column: number): Located | null {
    const entries: LocatedEntry[] = []
    let taken: Set<string> | undefined
    do {
      const at = here()
      const key = readKey()
      if (key === null || entries.length >= mostKeys) return null
      // A set for each small map would cost more than it saves.
      if (entries.length === 12) taken = new Set(entries.map((entry) => entry.key))
      if (taken?.has(key) ?? isTaken(entries, key)) return null
      taken?.add(key)
      const value = readEntry(column, at)
      if (value === null) return null
      entries.push({ key, at, value })
    } while (indent === column)
    return { kind: 'map', at: (entries[0] as LocatedEntry).at, entries }
  }

  /** The key up to and with its colon. */
  function readKey(): string | null {
    const code = text.charCodeAt(pos)
    const isQuoted = code === quote || code === doubleQuote
    // At the start of a line three dots end a document.
    if (!isQuoted && (!isPlainStart(code) || (code === dot && pos === start))) return null
    const key = isQuoted ? readQuoted(code) : readPlainKey()
    if (key === null || key.length > longestKey || refused.has(key)) return null
    if (text.charCodeAt(pos) !== colon || !isGap(text.charCodeAt(pos + 1))) return null
    pos += 1
    return key
  }

  function readPlainKey(): string | null {
    for (let index = pos; ; index += 1) {
      const code = text.charCodeAt(index)
      if (code === newline || (code === hash && text.charCodeAt(index - 1) === space)) return null
      if (code !== colon || !isGap(text.charCodeAt(index + 1))) continue
      const key = text.slice(pos, index)
      pos = index
      return text.charCodeAt(index - 1) === space ? null : key
    }
  }

  /** What stands behind a key, or below it. */
  function readEntry(column: number, at: Position): Located | null {
    const code = skipSpaces()
    if (code !== newline && code !== hash) return readLine()
    leaveLine()
    if (indent > column || (indent === column && isDash())) return readBlock()
    return { kind: 'scalar', at, value: null, source: '' }
  }

  function readList(column: number): Located | null {
    const at = here()
    const items: Located[] = []
    do {
      pos += 1
      const code = skipSpaces()
      if (code === newline || code === hash) return null
      const item = isDash() || isKeyAhead(code) ? readBlock() : readLine()
      if (item === null) return null
      items.push(item)
    } while (indent === column && isDash())
    return { kind: 'list', at, items }
  }

  function isKeyAhead(code: number): boolean {
    if (code === listStart || code === mapStart) return false
    const from = pos
    const key = code === quote || code === doubleQuote ? readQuoted(code) : readPlainKey()
    const isKey = key !== null && text.charCodeAt(pos) === colon
    pos = from
    return isKey
  }

  /** A value that ends with its line. */
  function readLine(): Located | null {
    const code = text.charCodeAt(pos)
    const value = code === listStart || code === mapStart ? readFlow(code) : readScalar(code, readPlain)
    return value !== null && endLine() ? value : null
  }

  function readScalar(code: number, readSource: () => string | null): Located | null {
    const at = here()
    if (code === quote || code === doubleQuote) {
      const value = readQuoted(code)
      return value === null ? null : { kind: 'scalar', at, value, source: value }
    }
    const source = isPlainStart(code) || (code === dash && !isGap(text.charCodeAt(pos + 1))) ? readSource() : null
    if (source === null) return null
    const value = toValue(source)
    return value === undefined ? null : { kind: 'scalar', at, value, source }
  }

  /** A quote that ends on its line and holds no escape but the doubled quote. */
  function readQuoted(mark: number): string | null {
    const first = pos + 1
    let isDoubled = false
    for (let index = first; ; index += 1) {
      const code = text.charCodeAt(index)
      if (code === newline || (code === backslash && mark === doubleQuote)) return null
      if (code !== mark) continue
      if (mark === quote && text.charCodeAt(index + 1) === quote) {
        isDoubled = true
        index += 1
        continue
      }
      pos = index + 1
      const value = text.slice(first, index)
      return isDoubled ? value.replaceAll("''", "'") : value
    }
  }

  /** Up to the end of the line or a comment. */
  function readPlain(): string | null {
    let end = pos
    for (let index = pos; ; index += 1) {
      const code = text.charCodeAt(index)
      if (code === space) continue
      if (code === newline || (code === hash && text.charCodeAt(index - 1) === space)) break
      if (code === colon && isGap(text.charCodeAt(index + 1))) return null
      end = index + 1
    }
    const source = text.slice(pos, end)
    pos = end
    return source
  }

  /** Up to a bracket, a comma, or the colon behind a key. */
  function readFlowPlain(): string | null {
    let end = pos
    for (let index = pos; ; index += 1) {
      const code = text.charCodeAt(index)
      if (code === space) continue
      if (code === newline || (code === hash && text.charCodeAt(index - 1) === space)) return null
      if (isFlowMark(code)) break
      if (code === colon) {
        const next = text.charCodeAt(index + 1)
        if (isGap(next) || isFlowMark(next)) break
      }
      end = index + 1
    }
    // A dash alone, as in [-], is no word.
    if (end === pos || (end === pos + 1 && text.charCodeAt(pos) === dash)) return null
    const source = text.slice(pos, end)
    pos = end
    return source
  }

  function readFlow(code: number): Located | null {
    depth += 1
    const value = depth > deepest ? null : code === listStart ? readFlowList() : readFlowMap()
    depth -= 1
    return value
  }

  function readFlowValue(code: number): Located | null {
    return code === listStart || code === mapStart ? readFlow(code) : readScalar(code, readFlowPlain)
  }

  function readFlowList(): Located | null {
    const at = here()
    const items: Located[] = []
    const readItem = (code: number) => {
      const item = readFlowValue(code)
      if (item === null) return false
      items.push(item)
      return true
    }
    return readBrackets(listEnd, readItem) ? { kind: 'list', at, items } : null
  }

  function readFlowMap(): Located | null {
    const at = here()
    const entries: LocatedEntry[] = []
    const readPair = (code: number) => {
      const keyAt = here()
      const key = entries.length >= 100 ? null : readFlowKey(code)
      if (key === null || isTaken(entries, key)) return false
      const value = readFlowValue(skipSpaces())
      if (value === null) return false
      entries.push({ key, at: keyAt, value })
      return true
    }
    return readBrackets(mapEnd, readPair) ? { kind: 'map', at, entries } : null
  }

  /** From an open bracket to the one that closes it. False if anything but commas stands between what is read. */
  function readBrackets(end: number, readOne: (code: number) => boolean): boolean {
    pos += 1
    let code = skipSpaces()
    if (code === end) {
      pos += 1
      return true
    }
    for (;;) {
      if (!readOne(code)) return false
      code = skipSpaces()
      pos += 1
      if (code === end) return true
      if (code !== comma) return false
      code = skipSpaces()
    }
  }

  function readFlowKey(code: number): string | null {
    const isQuoted = code === quote || code === doubleQuote
    if (!isQuoted && !isPlainStart(code)) return null
    const key = isQuoted ? readQuoted(code) : readFlowPlain()
    if (key === null || key.length > longestKey || refused.has(key)) return null
    if (text.charCodeAt(pos) !== colon || text.charCodeAt(pos + 1) !== space) return null
    pos += 1
    return key
  }

  return readDocument
}

function isGap(code: number): boolean {
  return code === space || code === newline
}

function isFlowMark(code: number): boolean {
  return code === comma || code === listStart || code === listEnd || code === mapStart || code === mapEnd
}

/** Whether a word without quotes may start so. A dash may too, but not everywhere. */
function isPlainStart(code: number): boolean {
  return code > 0x7f || plainStarts.has(code)
}

const plainStarts = new Set(
  Array.from('$()+./0123456789;<=ABCDEFGHIJKLMNOPQRSTUVWXYZ\\^_abcdefghijklmnopqrstuvwxyz~', (char) => char.charCodeAt(0)),
)

/** Keys that the library reads as nothing, or that are reported. */
const refused = new Set(['', '~', 'null', 'Null', 'NULL', '<<', '__proto__', 'prototype', 'constructor'])

function isTaken(entries: readonly LocatedEntry[], key: string): boolean {
  for (const entry of entries) if (entry.key === key) return true
  return false
}

/** A word without quotes by the core schema of YAML 1.2; undefined for a number that is written in a rare way. */
function toValue(source: string): string | number | boolean | null | undefined {
  if (words.has(source)) return words.get(source)
  const code = source.charCodeAt(0)
  // Letters and slashes come first: most words start so.
  if (code > 0x39 || code === 0x24 || code === 0x2f) return source
  if (plainNumber.test(source)) return Number(source)
  return anyNumber.test(source) ? undefined : source
}

const words: ReadonlyMap<string, boolean | null> = new Map([
  ['~', null],
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
])

/** Neither a leading zero nor a last one behind the dot, which are reported, and nothing that is rounded. */
const plainNumber = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{0,14}[1-9])?$/

/** Everything that the core schema takes for a number. */
const anyNumber = /^(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|0o[0-7]+|0x[\da-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
