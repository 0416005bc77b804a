import { Lexer, type YAMLError } from 'yaml'

/** One mistake in the text, where a person looks for it. */
export interface Cause {
  readonly error: Pick<YAMLError, 'code' | 'message'>
  readonly offset: number
  /** Lines below over which the library stumbled as well, most likely because of this one. */
  readonly followers: number
}

/** The words of the library have none for this: it reads the two lines as one key. */
export const deeperLine = 'deeper than the value above'

/**
 * The errors of one text in its order, without those that only follow. Under one line in the wrong column the library stumbles over each line
 * up to the end of its block; a list of twenty errors hides the one that is to be mended. What lies past that block is a mistake of its own.
 */
export function listCauses(errors: readonly YAMLError[], text: string): Cause[] {
  const placed = [...groupByOffset(errors).values()].map((together) => toPlaced(together, text)).sort((a, b) => a.offset - b.offset)
  const causes: Cause[] = []
  let leader = -1
  let blockEnd = 0
  for (const cause of placed) {
    const isInBlock = isIndentation(cause.error) && cause.offset < blockEnd
    const led = causes[leader]
    if (led !== undefined && isInBlock && cause.error.code !== 'TAB_AS_INDENT') {
      causes[leader] = { ...led, followers: led.followers + 1 }
      continue
    }
    causes.push(cause)
    if (isInBlock || !isIndentation(cause.error)) continue
    leader = causes.length - 1
    blockEnd = findBlockEnd(text, cause.offset)
  }
  return causes
}

/** Where the first line below starts that stands further left. Of a line with a tab the one below it tells the column. */
function findBlockEnd(text: string, offset: number): number {
  const from = text.lastIndexOf('\n', offset - 1) + 1
  let column: number | null = null
  for (const { 1: spaces = '', index } of text.slice(from).matchAll(/^( *)[^\s#]/gm)) {
    column ??= spaces.length
    if (spaces.length < column) return from + index
  }
  return text.length
}

function groupByOffset(errors: readonly YAMLError[]): ReadonlyMap<number, readonly YAMLError[]> {
  const groups = new Map<number, YAMLError[]>()
  for (const error of errors) {
    const group = groups.get(error.pos[0])
    if (group) group.push(error)
    else groups.set(error.pos[0], [error])
  }
  return groups
}

function toPlaced(together: readonly YAMLError[], text: string): Cause {
  const [{ code, message, pos }] = together as [YAMLError, ...YAMLError[]]
  const [offset] = pos
  const next = text.indexOf('\n', offset) + 1
  if (isReadAsOne(together, next))
    return { error: { code: 'BAD_INDENT', message: deeperLine }, offset: skipSpaces(text, next), followers: 0 }
  return { error: { code, message }, offset: toMistake({ code, message }, offset, text), followers: 0 }
}

/** Where the mistake is, which is not always where the library noticed it. */
function toMistake({ code, message }: Cause['error'], offset: number, text: string): number {
  if (code === 'BAD_INDENT') return skipSpaces(text, offset)
  return code === 'MISSING_CHAR' && /closing ['"]quote/.test(message) ? findOpening(text, offset) : offset
}

/** Where the quote stands that opened the text which ends here. Without its other half a text goes on to the end of the file, or of its block. */
function findOpening(text: string, end: number): number {
  let at = 0
  for (const token of new Lexer().lex(text)) {
    if (marks.has(token)) continue
    if (at + token.length === end && /^['"]/.test(token)) return at
    at += token.length
  }
  return end
}

/** The lexer says with these what is not in the text: that a document, a word or nothing that fits comes next. */
const marks: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001f'])

/** `a: x` and a deeper `b: y` below it: to the library `x b` is a key that goes over two lines and stands inside another one's line. */
function isReadAsOne(together: readonly YAMLError[], nextLine: number): boolean {
  return (
    together.some(({ code }) => code === 'BLOCK_AS_IMPLICIT_KEY') &&
    together.some(({ code, pos: [, end] }) => code === 'MULTILINE_IMPLICIT_KEY' && nextLine > 0 && end > nextLine)
  )
}

function isIndentation({ code, message }: Cause['error']): boolean {
  return (
    code === 'TAB_AS_INDENT' || (code === 'BAD_INDENT' && (message === deeperLine || message.includes('must start at the same column')))
  )
}

function skipSpaces(text: string, from: number): number {
  let at = from
  while (text[at] === ' ') at++
  return at
}
