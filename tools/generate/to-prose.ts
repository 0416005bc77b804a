import { commandTable } from '../../apps/cli/src/command-table.ts'

/** A sentence that was written for a terminal, as Markdown: commands, flags and placeholders are code, and nothing opens a tag. */
export function toProse(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : toCode(part)))
    .join('')
}

function toCode(text: string): string {
  return text
    .split(codeWords)
    .map((part, index) => (index % 2 === 1 ? `\`${part}\`` : part.replaceAll('<', '\\<')))
    .join('')
}

const paths = commandTable.map(({ path }) => path.join(' ')).sort((a, b) => b.length - a.length)
const flag = '--?[a-z][a-z-]*'
const codeWords = new RegExp(
  `((?<![\\w\`./-])(?:sanctumctl(?: (?:${paths.join('|')}))?(?: ${flag})*|${flag}\\b|<[a-z][^<>\\s]*>|\\$\\{[^}\\s]+\\}))(?![\\w-])`,
  'g',
)
