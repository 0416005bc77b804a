import type { Finding, Position } from '@sanctum/contracts'
import { CST, Lexer } from 'yaml'
import { createFinding } from './create-finding.ts'
import { limits } from './limits.ts'
import type { ToPosition } from './text-places.ts'

/** The lexemes of a text that is safe to parse, or the finding why it is not. */
export type Guarded =
  | { readonly kind: 'safe'; readonly lexemes: readonly string[] }
  | { readonly kind: 'refused'; readonly finding: Finding }

/** Checks every limit in one pass that stops at the first excess, before anything recursive or quadratic sees the text. */
export function guardText(text: string, toPosition: ToPosition): Guarded {
  const unreadable = findSize(text, toPosition) ?? findControlCharacter(text, toPosition)
  if (unreadable) return { kind: 'refused', finding: unreadable }
  const lexemes: string[] = []
  const measure = createMeasure()
  let offset = 0
  let isScalar = false
  let tokens = 0
  for (const lexeme of new Lexer().lex(text)) {
    lexemes.push(lexeme)
    const type: string | null = isScalar ? 'plain' : CST.tokenType(lexeme)
    isScalar = type === 'scalar'
    if (isScalar || type === 'doc-mode' || type === 'flow-error-end') continue
    const excess = measure(type, lexeme.length)
    tokens += weights[type ?? ''] ?? 1
    const code = excess ?? (tokens > limits.tokens ? 'TOO_MANY_VALUES' : null)
    if (code !== null) return { kind: 'refused', finding: toExcess(code, toPosition(offset)) }
    offset += lexeme.length
  }
  return { kind: 'safe', lexemes }
}

/** What a token costs to parse, where that is not one: a line break nearly nothing, a mark out of place an error each. */
const weights: Readonly<Record<string, number>> = {
  space: 0,
  newline: 0.25,
  comment: 0.25,
  tag: 10,
  anchor: 10,
  'doc-start': 10,
  'doc-end': 10,
  'directive-line': 10,
}

type Excess = keyof typeof excesses

function toExcess(code: Excess, at: Position): Finding {
  const [message, fix] = excesses[code]
  return createFinding(code, at, message, fix)
}

const excesses = {
  TOO_DEEP: [`Values are nested deeper than ${limits.depth} levels.`, 'Close the bracket that is open, or reduce the indentation.'],
  TOO_MANY_KEYS: [`This map has more than ${limits.keysPerMap} keys.`, 'Split the map over several files of catalog.d/.'],
  TOO_MANY_ALIASES: [`The file uses more than ${limits.aliases} aliases.`, 'Write the values out.'],
  TOO_MANY_VALUES: [
    `The file holds more than ${limits.tokens} values, keys and marks together.`,
    'Split the services over several files of catalog.d/.',
  ],
} as const

/** UTF-8 takes one to three bytes for each unit of the text; a pair of surrogates takes four. */
function findSize(text: string, toPosition: ToPosition): Finding | null {
  const sizeBytes = text.length > limits.sizeBytes ? text.length : new TextEncoder().encode(text).length
  if (sizeBytes <= limits.sizeBytes) return null
  return createFinding(
    'FILE_TOO_LARGE',
    toPosition(0),
    'The file is larger than 1 MiB.',
    'Split the services over several files of catalog.d/.',
  )
}

function findControlCharacter(text: string, toPosition: ToPosition): Finding | null {
  for (let offset = 0; offset < text.length; offset++) {
    const code = text.charCodeAt(offset)
    if (!isControl(code, offset, text)) continue
    const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
    const fix =
      code === 0xfffd
        ? 'Save the file as UTF-8; a letter was lost here.'
        : `Delete the character, or write it as an escape in double quotes.`
    return createFinding('CONTROL_CHARACTER', toPosition(offset), `The character ${name} stands here.`, fix)
  }
  return null
}

function isControl(code: number, offset: number, text: string): boolean {
  if (code < 0x20) return code !== 0x09 && code !== 0x0a && !(code === 0x0d && text.charCodeAt(offset + 1) === 0x0a)
  return code === 0x7f || code === 0xfffd || (code === 0xfeff && offset > 0)
}

interface Open {
  /** Column where the collection starts; -1 inside brackets, where columns mean nothing. */
  readonly column: number
  readonly kind: 'map' | 'list'
  keys: number
}

/**
 * Follows which collections are open by columns and brackets alone. Where the text is not YAML the count is an upper
 * bound, which is all that a limit needs.
 */
function createMeasure(): (type: string | null, length: number) => Excess | null {
  const open: Open[] = []
  let brackets = 0
  let aliases = 0
  let stray = 0
  let last: string | null = null
  let column = 0
  let start: number | null = null

  const enter = (at: number, kind: Open['kind']): Open => {
    while (open.length > 0 && isInside(open.at(-1) as Open, at, kind)) open.pop()
    const top = open.at(-1)
    if (top && top.column === at && top.kind === kind) return top
    open.push({ column: at, kind, keys: 0 })
    return open.at(-1) as Open
  }

  const marks: Readonly<Record<string, () => void>> = {
    'seq-item-ind': () => {
      if (brackets === 0) enter(column, 'list')
      start = null
    },
    'explicit-key-ind': () => {
      if (brackets === 0) enter(column, 'map')
      start = null
    },
    'map-value-ind': () => {
      if (brackets === 0) enter(start ?? column, 'map').keys += 1
      start = null
    },
    comma: () => {
      if (last === 'comma') stray += 1
      const top = open.at(-1)
      if (brackets > 0 && top?.kind === 'map') top.keys += 1
    },
    'flow-map-start': () => {
      brackets += 1
      open.push({ column: -1, kind: 'map', keys: 1 })
    },
    'flow-seq-start': () => {
      brackets += 1
      open.push({ column: -1, kind: 'list', keys: 0 })
    },
    'flow-map-end': () => close(),
    'flow-seq-end': () => close(),
    alias: () => {
      aliases += 1
    },
  }
  const close = (): void => {
    if (brackets === 0) {
      stray += 1
      return
    }
    brackets -= 1
    open.pop()
  }

  return (type, length) => {
    if (type === 'newline') {
      column = 0
      start = null
      return null
    }
    if (type !== 'space' && type !== 'comment' && start === null) start = column
    if (type !== null) marks[type]?.()
    if (type?.endsWith('-quoted-scalar') && last === type) stray += 1
    if (type !== 'space' && type !== 'comment') last = type
    column += length
    if (open.length > limits.depth) return 'TOO_DEEP'
    if ((open.at(-1)?.keys ?? 0) > limits.keysPerMap) return 'TOO_MANY_KEYS'
    if (stray > limits.tokens / 10) return 'TOO_MANY_VALUES'
    return aliases > limits.aliases ? 'TOO_MANY_ALIASES' : null
  }
}

/** Whether a collection ends where another starts at this column. A list may stand at the column of its own key. */
function isInside(top: Open, column: number, kind: Open['kind']): boolean {
  return top.column > column || (top.column === column && top.kind === 'list' && kind === 'map')
}
