import { type ExitName, exitCodes } from '@sanctum/contracts'
import type { CommandDefinition, OptionDefinition } from '../../../apps/cli/src/command.ts'
import { commandTable } from '../../../apps/cli/src/command-table.ts'
import { globalOptions, writingOptions } from '../../../apps/cli/src/usual-options.ts'
import { renderTable } from '../markdown-table.ts'
import { pageHead } from '../page-head.ts'
import { toProse } from '../to-prose.ts'
import { exitsOf, usualExits } from './command-exits.ts'

/** Every command: what it does, what it takes, how it may end, and examples. */
export function renderCommandsPage(root: string): string {
  return [
    ...pageHead({
      title: 'Commands',
      description: 'Every command of sanctumctl with its arguments, flags, exit codes and examples.',
      source: 'the command tree of apps/cli',
    }),
    `\`sanctumctl\` has ${commandTable.length} commands. The answer goes to stdout and talk to stderr. \`sanctumctl <command> --help\` says in the terminal`,
    'what stands here, `sanctumctl commands --json` says it to a program, with the schema of each answer, and `sanctumctl completion` completes',
    'commands, flags and the names of services.',
    '',
    '## Flags of every command',
    '',
    ...renderOptions(globalOptions),
    '',
    'A command that changes something also takes:',
    '',
    ...renderOptions(writingOptions),
    '',
    `Any command may end with ${codesOf(usualExits)}; [Exit codes](../exit-codes/) says what each means.`,
    '',
    ...commandTable.flatMap((command) => renderCommand(root, command)),
  ].join('\n')
}

function renderCommand(root: string, command: CommandDefinition): readonly string[] {
  const { path, summary, args = [], options = [], writes, passesOn, examples } = command
  const own = exitsOf(root, command)
  const synopsis = ['sanctumctl', ...path, ...args.map(({ syntax }) => syntax), ...(options.length > 0 ? ['[flags]'] : [])].join(' ')
  return [
    `## ${path.join(' ')}`,
    '',
    `${toProse(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}`)}.${writes ? ' It takes `--dry-run` and `--yes`.' : ''}`,
    '',
    '```text',
    synopsis,
    '```',
    '',
    ...(args.length === 0 ? [] : [...renderTable(['Argument', 'Meaning'], args.map(toArgument)), '']),
    ...(options.length === 0 ? [] : [...renderOptions(options), '']),
    ...(passesOn ? ['It ends with the code of the program that it runs.', ''] : []),
    ...(own.length === 0 ? [] : [`It may also end with ${codesOf(own)}.`, '']),
    '```sh',
    ...examples,
    '```',
    '',
  ]
}

function toArgument({ syntax, describe }: NonNullable<CommandDefinition['args']>[number]): readonly string[] {
  return [`\`${syntax}\``, toProse(describe)]
}

function renderOptions(options: readonly OptionDefinition[]): readonly string[] {
  return renderTable(
    ['Flag', 'Meaning'],
    options.map(({ flags, describe, takes }) => [`\`${flags}\``, `${toProse(describe)}${renderChoices(takes, describe)}`]),
  )
}

/** The words that are allowed, where the sentence does not say them already. */
function renderChoices(takes: OptionDefinition['takes'], describe: string): string {
  if (takes === undefined || typeof takes === 'string' || takes.every((word) => describe.includes(word))) return ''
  return `: ${takes.map((word) => `\`${word}\``).join(', ')}`
}

function codesOf(names: readonly ExitName[]): string {
  return names.map((name) => `\`${exitCodes[name].code}\``).join(', ')
}
