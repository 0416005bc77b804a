import { type Command, CommanderError } from 'commander'
import { type CommandDefinition, UsageProblem } from './command.ts'
import { commandTable } from './command-table.ts'
import { nearestWord } from './output/nearest-word.ts'
import { createProgram, type Invocation } from './program.ts'

export interface ParseOptions {
  readonly version: string
  readonly columns: number
  /** Takes the text of --help and --version. */
  readonly write: (text: string) => void
}

/** What the words ask for; null where help or the version was printed. A UsageProblem names the command that it is about. */
export function parseCommandLine(argv: readonly string[], { version, columns, write }: ParseOptions): Invocation | null {
  const asked: { invocation: Invocation | null } = { invocation: null }
  const program = createProgram(version, {
    argv,
    columns,
    invoke: (invocation) => {
      asked.invocation = invocation
    },
  })
  for (const { command, path } of listCommands(program))
    command.configureOutput({ writeOut: write, writeErr: () => undefined }).exitOverride((end) => {
      throw end.exitCode === 0 ? end : toUsageProblem(end, path, argv)
    })
  try {
    if (argv.length === 0) program.outputHelp()
    else program.parse([...argv], { from: 'user' })
  } catch (end) {
    if (end instanceof CommanderError && end.exitCode === 0) return null
    throw end
  }
  return asked.invocation
}

function listCommands(program: Command, path: readonly string[] = []): { command: Command; path: readonly string[] }[] {
  return [{ command: program, path }, ...program.commands.flatMap((command) => listCommands(command, [...path, command.name()]))]
}

function toUsageProblem(end: CommanderError, path: readonly string[], argv: readonly string[]): UsageProblem {
  const name = ['sanctumctl', ...path].join(' ')
  const help = `${name} --help shows what it takes.`
  const command = path.length > 0 ? path.join(' ') : 'sanctumctl'
  const definition = commandTable.find((each) => each.path.join(' ') === command)
  const [message = '', ...rest] = end.message.replace(/^error: /, '').split('\n')
  const suggestion = rest.join(' ').replace(/^\((.*)\)$/, '$1')
  switch (end.code) {
    case 'commander.help':
      return new UsageProblem(`${command} needs one of its commands`, listOwn(path) ?? `${name} --help lists them.`, command)
    case 'commander.missingArgument':
      return new UsageProblem(describeMissing(definition, message), `Such as: ${definition?.examples[0] ?? name}`, command)
    case 'commander.unknownCommand':
      return new UsageProblem(
        message,
        findByHabit(argv, path) ?? (suggestion || findElsewhere(argv, path) || listOwn(path) || `${name} --help lists its commands.`),
        command,
      )
    case 'commander.excessArguments':
      return new UsageProblem(
        message,
        findFileOption(definition, message, argv) ??
          findChoiceOption(definition, message) ??
          findCatalogOption(definition, message, argv) ??
          help,
        command,
      )
    default:
      return new UsageProblem(message, suggestion || help, command)
  }
}

function describeMissing(definition: CommandDefinition | undefined, message: string): string {
  const argument = definition?.args?.find(({ syntax }) => message.includes(`'${syntax.replace(/[<>[\].]/g, '')}'`))
  if (definition === undefined || argument === undefined) return message
  return `${definition.path.join(' ')} needs ${argument.syntax}: ${argument.describe}`
}

/** Who names a file without its option means the first one that takes a file. What has no ending is a folder, as a rule. */
function findFileOption(definition: CommandDefinition | undefined, message: string, argv: readonly string[]): string | null {
  const [, file = ''] = /got 1: (.*)\.$/.exec(message) ?? []
  const flag = definition?.options?.find(({ takes }) => takes === 'file')?.flags.split(' ')[0]
  const isGiven = argv.some((word) => word.split('=')[0] === flag)
  return definition?.args === undefined && flag !== undefined && !isGiven && /\.\w+$/.test(file) ? `Did you mean ${flag} ${file}?` : null
}

/** A word that one option alone takes is a value of that option. */
function findChoiceOption(definition: CommandDefinition | undefined, message: string): string | null {
  const [, word = ''] = /got 1: (.*)\.$/.exec(message) ?? []
  const taking = definition?.options?.filter(({ takes }) => Array.isArray(takes) && takes.includes(word)) ?? []
  return taking.length === 1 ? `Did you mean ${taking[0]?.flags.split(' ')[0]} ${word}?` : null
}

/** Who names something after a command that is about a catalog means its folder, or one service of it. */
function findCatalogOption(definition: CommandDefinition | undefined, message: string, argv: readonly string[]): string | null {
  const [, folder] = /got 1: (.*)\.$/.exec(message) ?? []
  const resolves = ['up', 'render', 'bootstrap', 'catalog'].includes(definition?.path[0] ?? '')
  const isGiven = argv.some((word) => word.split('=')[0] === '--catalog')
  if (folder === undefined || !resolves || isGiven || definition?.args !== undefined) return null
  if (definition?.path[0] === 'up' && !/[./]/.test(folder))
    return `It starts the whole haus. One service is sanctumctl restart ${folder}, another catalog --catalog ${folder}.`
  return `Did you mean --catalog ${folder}?`
}

/** A group is short enough to be named whole; all of sanctumctl is not. */
function listOwn(path: readonly string[]): string | null {
  if (path.length === 0) return null
  return `It has ${commandTable
    .filter((each) => path.every((word, at) => each.path[at] === word))
    .map((each) => each.path[path.length])
    .join(', ')}.`
}

/** What other programs call it; the nearest word would be another command. */
function findByHabit(argv: readonly string[], path: readonly string[]): string | null {
  const word = argv.find((each) => !each.startsWith('-')) ?? ''
  return path.length === 0 && Object.hasOwn(habits, word) ? `Did you mean ${habits[word]}?` : null
}

const habits: Readonly<Record<string, string>> = {
  apply: 'up',
  start: 'up',
  stop: 'down',
  list: 'status',
  ps: 'status',
  version: '--version',
}

/** The second word of a command typed alone: `facts` for `host facts`. */
function findElsewhere(argv: readonly string[], path: readonly string[]): string | null {
  if (path.length > 0) return null
  const word = argv.find((each) => !each.startsWith('-')) ?? ''
  const near = nearestWord(
    word,
    commandTable.flatMap(({ path }) => path[1] ?? []),
  )
  const found = commandTable.find(({ path }) => path[1] !== undefined && path[1] === near)
  return found ? `Did you mean ${found.path.join(' ')}?` : null
}
