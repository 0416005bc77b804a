/** A sentence in lines of at most so many characters, broken between words; a longer word has a line of its own. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** On a terminal as wide as most, or narrower, sentences are broken between words; what is piped goes by more columns and stays a line each. */
const NARROW = 80

/** A sentence as one line, or on a narrow terminal as several, all but the first with so many spaces before them as stand before the first. */
export function foldText(text: string, { columns, before }: { readonly columns: number; readonly before: number }): string {
  return isNarrow(columns) ? wrapText(text, columns - before).join(`\n${' '.repeat(before)}`) : text
}

export function isNarrow(columns: number): boolean {
  return columns <= NARROW
}
