import type { Span } from '../page.ts'

/** A call of sanctumctl in a piece of code: its words, each with where it begins in the text. */
export interface CommandLine {
  readonly program: 'sanctumctl' | 'sanctumd'
  /** Started through the launcher of a checkout. */
  readonly isLauncher: boolean
  readonly words: readonly Word[]
}

export interface Word {
  readonly text: string
  readonly index: number
}

/** What ends a command in a shell, in a table of output or in a sentence. */
const END = /^(?:[|;&>)]|\d?>|·|#|—|–|→|…$)/

/** By every name that it is installed under; `sanctum` is a word of much else, and counts where a command can begin. */
const CALL = /(?<![\w/.-])((?:\.{0,2}\/)?(?:tools\/)?)(sanctumctl|sanctumd)(?=\s|$)|(?<=^\s*|[;&|(]\s*|\$ )()(sanctum)(?=\s|$)/gm

/** Every call of sanctumctl in a piece of code. Prose is not searched: there the name is a word of a sentence. */
export function readCommandLines({ text, isCode }: Span): readonly CommandLine[] {
  if (!isCode) return []
  return [...text.matchAll(CALL)].map((match) => {
    const begin = match.index + match[0].length
    return {
      program: match[2] === 'sanctumd' ? 'sanctumd' : 'sanctumctl',
      isLauncher: (match[1] ?? '').includes('tools/'),
      words: readWords(beforeQuoteEnds(text, begin), begin),
    }
  })
}

/** A piece between backticks that may be a command without its program, as in `release verify` or `up --yes`. */
export function readBareLine({ text, isCode, place }: Span): CommandLine | null {
  if (!isCode || place === 'code' || !/^[a-z][a-z-]*(?:$|\s)/.test(text)) return null
  return { program: 'sanctumctl', isLauncher: true, words: readWords(text, 0) }
}

/** Lines of a block of which each ends with a backslash, as one piece; every word of it keeps its place. */
export function joinContinued(spans: readonly Span[]): readonly Span[] {
  const joined: Span[] = []
  for (const span of spans) {
    const before = joined.at(-1)
    const follows = before?.place === 'code' && span.place === 'code' && before.text.endsWith('\\') && endOf(before) + 1 === span.line
    if (follows) joined[joined.length - 1] = { ...before, text: `${before.text}\n${' '.repeat(span.column - 1)}${span.text}` }
    else joined.push(span)
  }
  return joined
}

function endOf({ text, line }: Span): number {
  return line + text.split('\n').length - 1
}

function readWords(rest: string, begin: number): readonly Word[] {
  const words: Word[] = []
  // A command ends with its line, unless a backslash takes it on.
  const line = rest.replaceAll('\\\n', '  ').split('\n')[0] as string
  for (const match of line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)) {
    if (END.test(match[0])) break
    const text = match[0].replace(/[;,)`:]+$/, '')
    if (text !== '') words.push({ text, index: begin + match.index })
    if (text !== match[0]) break
  }
  return words
}

/** A call between quotes, as `sh -c` takes it, ends with them. */
function beforeQuoteEnds(text: string, begin: number): string {
  const rest = text.slice(begin)
  const open = [...text.slice(0, begin)].reduce<string | null>((quote, letter) => {
    if (quote === null) return letter === '"' || letter === "'" ? letter : null
    return letter === quote ? null : quote
  }, null)
  return open === null || !rest.includes(open) ? rest : rest.slice(0, rest.indexOf(open))
}
