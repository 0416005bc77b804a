import { commandTable } from './command-table.ts'
import { globalOptions } from './usual-options.ts'

/** Help that is asked for as a document is the command `commands`, of the command that it is about; null where no such help is asked for. */
export function toCommandsLine(argv: readonly string[]): readonly string[] | null {
  // What follows `--` is the line of another program.
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  const words = own.filter((word, at) => !word.startsWith('-') && !valued.has(own[at - 1] ?? ''))
  const isHelp = words[0] === 'help' || own.some((word) => word === '--help' || word === '-h')
  if (!isHelp || !own.includes('--json')) return null
  const about = words[0] === 'help' ? words.slice(1) : words
  return ['commands', ...longestKnown(about), '--json']
}

/** After these stands a value, before the command as well. */
const valued = new Set(globalOptions.flatMap(({ flags }) => (flags.includes('<') ? [flags.split(' ')[0]] : [])))

/** A word after the command is an argument of it. A first word that is none stays, so that the answer can say what was meant. */
function longestKnown(words: readonly string[]): readonly string[] {
  const known = words.map((_, at) => at + 1).filter((count) => commandTable.some(({ path }) => isBegun(path, words.slice(0, count))))
  return words.slice(0, Math.max(1, ...known))
}

function isBegun(path: readonly string[], words: readonly string[]): boolean {
  return words.every((word, at) => path[at] === word)
}
