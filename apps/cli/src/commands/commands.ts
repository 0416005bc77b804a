import { exitCodes, toOutputSchemas } from '@sanctum/contracts'
import { type Answer, type CommandContext, type CommandDefinition, UsageProblem } from '../command.ts'
import { toCommandRow, toOptionRow } from '../output/to-command-row.ts'
import { unknownWord } from '../output/unknown-word.ts'
import { globalOptions } from '../usual-options.ts'
import { renderCommands } from '../views/commands.ts'

/** The table that help, completion and documentation are made from, for a program that calls this one. */
export async function run({ args, options, ports, table }: CommandContext): Promise<Answer> {
  const [words = []] = args as [(readonly string[])?]
  const asked = chooseCommands(table, words)
  if (options['schema'] === true) return answerSchema(asked, words)
  const commands = asked.map(toCommandRow)
  const data = {
    version: ports.version,
    commands,
    global_options: globalOptions.map(toOptionRow),
    exit_codes: Object.entries(exitCodes).map(([name, { code, meaning }]) => ({ code, name, meaning })),
  }
  return { exit: 'ok', data, findings: [], view: (style) => renderCommands(commands, style) }
}

/** All without a word; else the command of these words, or those of the group. */
function chooseCommands(table: readonly CommandDefinition[], words: readonly string[]): readonly CommandDefinition[] {
  const found = table.filter(({ path }) => words.every((word, at) => path[at] === word))
  if (found.length > 0) return found
  throw unknownWord(words.join(' '), {
    what: 'command',
    words: table.map(({ path }) => path.join(' ')),
    otherwise: 'sanctumctl commands lists them.',
  })
}

function answerSchema(asked: readonly CommandDefinition[], words: readonly string[]): Answer {
  const command = asked.find(({ path }) => path.length === words.length) ?? (asked.length === 1 ? asked[0] : undefined)
  if (command === undefined)
    throw new UsageProblem('--schema is that of one command', 'Name it, such as sanctumctl commands status --schema.')
  const schema = toOutputSchemas()[toCommandRow(command).schema] ?? {}
  return { exit: 'ok', data: { schema }, findings: [], view: () => JSON.stringify(schema, null, 2) }
}
