import { commandTable } from './command-table.ts'
import type { Invocation } from './program.ts'
import { globalOptions, writingOptions } from './usual-options.ts'

/**
 * A line that is no more than a command with a quick answer and long switches of it, each once: what such a line means needs no
 * parser. Null for every other line, wrong ones included.
 */
export function readPlainLine(argv: readonly string[]): Invocation | null {
  const command = commandTable.find(({ path, loadQuick }) => loadQuick !== undefined && path.every((word, index) => argv[index] === word))
  if (command === undefined) return null
  const words = argv.slice(command.path.length)
  const known = [...(command.options ?? []), ...(command.writes ? writingOptions : []), ...globalOptions]
  const switches = new Set(known.flatMap(({ flags }) => /^(?:-\w, )?(--(?!no-)[a-z-]+)$/.exec(flags)?.[1] ?? []))
  if (new Set(words).size < words.length || !words.every((word) => switches.has(word))) return null
  return { command, args: [], options: Object.fromEntries(words.map((word) => [toName(word), true])) }
}

/** `--dry-run` is `dryRun`. */
function toName(word: string): string {
  return word.slice(2).replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}
