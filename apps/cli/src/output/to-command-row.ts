import { toOutputFile } from '@sanctum/contracts'
import type { CommandDefinition, OptionDefinition, Takes } from '../command.ts'
import { commandExits } from '../command-exits.ts'
import { writingOptions } from '../usual-options.ts'

type Argument = NonNullable<CommandDefinition['args']>[number]

/** A command of the table as a program reads it; nothing of commander's notation is left to be parsed. */
export function toCommandRow({ path, summary, args = [], options = [], writes = false, passesOn = false, examples }: CommandDefinition) {
  const command = path.join(' ')
  return {
    command,
    summary,
    arguments: args.map(toArgument),
    options: [...options, ...(writes ? writingOptions : [])].map(toOptionRow),
    writes,
    passes_on: passesOn,
    exit_codes: [...(commandExits[command] ?? [])],
    schema: toOutputFile(command),
    examples: [...examples],
  }
}

function toArgument({ syntax, describe, takes }: Argument) {
  return {
    name: syntax.replace(/[<>[\].]/g, ''),
    required: syntax.startsWith('<'),
    repeats: syntax.includes('...'),
    meaning: describe,
    ...toChoice(takes),
  }
}

export function toOptionRow({ flags, describe, repeats = false, takes }: OptionDefinition) {
  const [, short, name = flags, value] = /^(?:(-\w), )?(--[\w-]+)(?: <(.+)>)?$/.exec(flags) ?? []
  return { name, short: short ?? null, value: value ?? null, repeats, meaning: describe, ...toChoice(takes) }
}

function toChoice(takes: Takes | undefined) {
  return typeof takes === 'string' ? { one_of: null, names: takes } : { one_of: takes === undefined ? null : [...takes], names: null }
}
