import { commandTable } from '../command-table.ts'
import { globalOptions, writingOptions } from '../usual-options.ts'
import { answerCompletion, type CompletionAnswer } from './answer-completion.ts'
import { listLiveNames } from './list-live-names.ts'

/** As the completion scripts of cobra and others number them, so that foreign completers understand the answer too. */
const directives: Readonly<Record<CompletionAnswer['files'], number>> = { none: 4, files: 0, folders: 16 }

/**
 * The answer to `sanctumctl complete -- words…` as the shells' scripts read it: a line for each candidate, value and meaning
 * parted by a tab, and the directive after a colon. It writes nothing, and whatever is wrong, there is an answer.
 */
export function completeWords(argv: readonly string[], environment: Readonly<Record<string, string | undefined>>): string {
  const words = argv[0] === '--' ? argv.slice(1) : argv
  const answer = answerCompletion(words, { commands: commandTable, globalOptions, writingOptions, live: listLiveNames(environment) })
  const lines = answer.candidates.map(({ value, describe }) => (describe === '' ? value : `${value}\t${describe}`))
  return [...lines, `:${directives[answer.files]}`, ''].join('\n')
}
