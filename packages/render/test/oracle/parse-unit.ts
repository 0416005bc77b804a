/**
 * Reads a unit as systemd.syntax(7), systemd.exec(5) and systemd.service(5) say, written from those pages and from no line
 * of the serializer. It refuses what would be an instruction: a specifier, a variable, a second command.
 */
export interface OracleEntry {
  readonly section: string
  readonly key: string
  readonly value: readonly string[]
}

export function parseUnit(text: string): readonly OracleEntry[] {
  const entries: OracleEntry[] = []
  let section = ''
  for (const line of logicalLines(text)) {
    const header = /^\[([^\]]*)\]$/.exec(line)
    if (header) {
      section = header[1] ?? ''
      continue
    }
    const at = line.indexOf('=')
    if (at <= 0 || section === '') throw new Error(`no assignment: ${JSON.stringify(line.slice(0, 80))}`)
    const key = line.slice(0, at).trimEnd()
    if (!/^[A-Za-z]+$/.test(key)) throw new Error(`no key: ${JSON.stringify(key.slice(0, 80))}`)
    entries.push({ section, key, value: decode(key, trim(line.slice(at + 1))) })
  }
  return entries
}

/** systemd ends a line at LF, CR and NUL alike, joins one that ends in a backslash to the next, and skips comments even between. */
function logicalLines(text: string): readonly string[] {
  const lines: string[] = []
  let open: string | null = null
  for (const raw of text.split(/[\n\r\0]/)) {
    if (/^[ \t]*[#;]/.test(raw)) continue
    const line: string = open === null ? raw : `${open} ${raw}`
    const backslashes = /\\*$/.exec(line)?.[0].length ?? 0
    if (backslashes % 2 === 1) {
      open = line.slice(0, -1)
      continue
    }
    open = null
    if (trim(line) !== '') lines.push(trim(line))
  }
  if (open !== null) throw new Error('the last line is continued')
  return lines
}

const commands = new Set(['ExecStart', 'ExecReload', 'ExecStop', 'ExecStartPre', 'ExecStartPost', 'ExecStopPost'])
const quotedLists = new Set(['Environment', 'ReadWritePaths', 'InaccessiblePaths', 'BindPaths', 'BindReadOnlyPaths'])
const plainLists = new Set(['Requires', 'Requisite', 'Wants', 'After', 'Before', 'PartOf', 'WantedBy', 'RequiredBy', 'Unit'])

function decode(key: string, value: string): readonly string[] {
  if (commands.has(key)) return decodeCommand(key, value)
  if (quotedLists.has(key)) return splitWords(value).map(({ text }) => expand(text))
  if (plainLists.has(key)) return value.split(/[ \t]+/).map(expand)
  return [expand(value)]
}

function decodeCommand(key: string, value: string): readonly string[] {
  const words = splitWords(value)
  if (words.some(({ isBare, text }) => isBare && text === ';')) throw new Error('a second command')
  const [first, ...rest] = words
  const program = first?.text ?? ''
  const prefix = /^[@:+!|-]*/.exec(program)?.[0] ?? ''
  const argv = [program.slice(prefix.length), ...rest.map(({ text }) => text)]
  const hasVariable = rest.some(({ text }) => text.includes('$'))
  if (!prefix.includes(':') && hasVariable && key !== 'ExecReload') throw new Error('a variable would be replaced')
  return [prefix, ...argv.map(expand)]
}

function expand(text: string): string {
  return text.replace(/%(.?)/gs, (_, letter: string) => {
    if (letter !== '%') throw new Error(`the specifier %${letter}`)
    return '%'
  })
}

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
  s: ' ',
}

interface Word {
  readonly text: string
  /** Without any quote or escape. */
  readonly isBare: boolean
}

function splitWords(value: string): readonly Word[] {
  const words: Word[] = []
  let at = 0
  while (at < value.length) {
    if (value[at] === ' ' || value[at] === '\t') {
      at++
      continue
    }
    const read = readWord(value, at)
    words.push(read.word)
    at = read.end
  }
  return words
}

function readWord(value: string, start: number): { readonly word: Word; readonly end: number } {
  const parts: string[] = []
  let quote: string | null = null
  let isBare = true
  let at = start
  for (; at < value.length; at++) {
    const character = value[at] as string
    if (character === '\\') {
      const read = readEscape(value, at + 1)
      parts.push(read.text)
      at = read.end - 1
      isBare = false
    } else if (quote !== null) {
      if (character === quote) quote = null
      else parts.push(character)
    } else if (character === '"' || character === "'") {
      quote = character
      isBare = false
    } else if (character === ' ' || character === '\t') break
    else parts.push(character)
  }
  if (quote !== null) throw new Error('a quote is not closed')
  return { word: { text: parts.join(''), isBare }, end: at }
}

function readEscape(value: string, at: number): { readonly text: string; readonly end: number } {
  const letter = value[at] ?? ''
  const known = escapes[letter]
  if (known !== undefined) return { text: known, end: at + 1 }
  const digits = { x: 2, u: 4, U: 8 }[letter]
  if (digits !== undefined)
    return { text: String.fromCodePoint(Number.parseInt(value.slice(at + 1, at + 1 + digits), 16)), end: at + 1 + digits }
  throw new Error(`the escape \\${letter}`)
}

function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}
