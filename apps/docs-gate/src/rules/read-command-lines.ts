import type { Span } from '../page.ts'

/** A call of sanctumctl in a piece of code: its words, each with where it begins in the text. */
export interface CommandLine {
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

/** Every call of sanctumctl in a piece of code. Prose is not searched: there the name is a word of a sentence. */
export function readCommandLines({ text, isCode }: Span): readonly CommandLine[] {
  if (!isCode) return []
  return [...text.matchAll(/(?<![\w/.-])((?:\.{0,2}\/)?(?:tools\/)?)sanctumctl(?=\s|$)/g)].map((match) => {
    const begin = match.index + match[0].length
    return { isLauncher: (match[1] ?? '').includes('tools/'), words: readWords(beforeQuoteEnds(text, begin), begin) }
  })
}

function readWords(rest: string, begin: number): readonly Word[] {
  const words: Word[] = []
  for (const match of rest.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)) {
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
