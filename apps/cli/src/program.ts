import { exitCodes } from '@sanctum/contracts'
import { Command, Option } from 'commander'
import type { CommandDefinition, OptionDefinition } from './command.ts'
import { commandTable } from './command-table.ts'
import { globalOptions, writingOptions } from './usual-options.ts'
import { wrapText } from './views/wrap-text.ts'

/** A line of help is no longer than this, however wide the terminal. */
const WIDEST_HELP = 100

/** What the command line asked for. */
export interface Invocation {
  readonly command: CommandDefinition
  readonly args: readonly (string | readonly string[] | undefined)[]
  readonly options: Readonly<Record<string, unknown>>
}

interface ProgramParts {
  /** The command line. Commands that it cannot mean, nor list in a help, are there by name only, because to build all of them takes milliseconds. */
  readonly argv: readonly string[]
  readonly columns: number
  readonly invoke: (invocation: Invocation) => void
}

/** The tree as commander's program. `invoke` gets what was asked for; nothing else happens here. */
export function createProgram(version: string, { argv, columns, invoke }: ProgramParts): Command {
  const width = Math.min(columns, WIDEST_HELP)
  const program = new Command('sanctumctl')
    .description('One catalog, one command: a machine made to match it.')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError(true)
    .addHelpText('after', () => renderExitCodes(width))
    // Whether there is colour is decided elsewhere; asking the stream makes Node warn about variables that contradict each other.
    .configureOutput({
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
  // A command may have one of its own, and the program would answer for it wherever it stands.
  if (argv[0] !== 'release') program.version(version, '--version', 'print the version')
  for (const option of globalOptions) program.addOption(toOption(option))
  const groups = new Map<string, Command>()
  const listsAll = argv.length === 0 || argv.some((word) => ['-h', '--help', 'help'].includes(word))
  for (const definition of listsAll ? commandTable : commandTable.filter(isMeant(argv))) {
    const command = groupOf(program, groups, definition)
      .command(definition.path.at(-1) as string)
      .description(definition.summary)
    // A command may have commands of its own below it.
    if (definition.path[1] === undefined) groups.set(definition.path[0], command)
    if (definition.path.every((word) => argv.includes(word))) describeCommand(command, definition, invoke)
    else if (listsAll) outlineCommand(command, definition)
  }
  return program
}

/** All where the line begins with no word of the table: then the names are needed to say what may have been meant. */
function isMeant([word]: readonly string[]): (definition: CommandDefinition) => boolean {
  const known = commandTable.some(({ path }) => path[0] === word)
  return ({ path }) => !known || path[0] === word
}

function groupOf(program: Command, groups: Map<string, Command>, { path }: CommandDefinition): Command {
  const [first, second] = path
  if (second === undefined) return program
  const existing = groups.get(first)
  if (existing) return existing
  const words = commandTable.filter(({ path: [group, word] }) => group === first && word).map(({ path: [, word] }) => word)
  const group = program.command(first).description(words.join(', '))
  groups.set(first, group)
  return group
}

/** What a list of commands shows of one: that it has options is read from the first. */
function outlineCommand(command: Command, { args = [] }: CommandDefinition): void {
  for (const { syntax, describe } of args) command.argument(syntax, describe)
  for (const option of globalOptions.slice(0, 1)) command.addOption(toOption(option))
}

function describeCommand(command: Command, definition: CommandDefinition, invoke: ProgramParts['invoke']): void {
  for (const { syntax, describe } of definition.args ?? []) command.argument(syntax, describe)
  for (const option of [...(definition.options ?? []), ...(definition.writes ? writingOptions : []), ...globalOptions])
    command.addOption(toOption(option))
  command.addHelpText('after', `\nExamples:\n${definition.examples.map((line) => `  ${line}`).join('\n')}`)
  command.action((...given: unknown[]) => {
    const args = given.slice(0, -2) as Invocation['args']
    invoke({ command: definition, args, options: command.optsWithGlobals() })
  })
}

function toOption({ flags, describe, repeats }: OptionDefinition): Option {
  const option = new Option(flags, describe)
  if (!repeats) return option
  return option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value])
}

function renderExitCodes(width: number): string {
  const rows = Object.values(exitCodes).map(
    ({ code, meaning }) => `  ${String(code).padStart(3)}  ${wrapText(meaning, width - 7).join('\n       ')}`,
  )
  return `\nExit codes:\n${rows.join('\n')}`
}
