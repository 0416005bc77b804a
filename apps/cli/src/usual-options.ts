import type { OptionDefinition } from './command.ts'

/** Options of every command. */
export const globalOptions: readonly OptionDefinition[] = [
  { flags: '--json', describe: 'one JSON document on stdout' },
  { flags: '--no-color', describe: 'no colour' },
  { flags: '-q, --quiet', describe: 'no talk on stderr' },
  { flags: '-v, --verbose', describe: 'more detail; the stack of a fault' },
  { flags: '--catalog <dir>', describe: 'the folder of the catalog', takes: 'folder' },
]

/** Options of every command that changes something. */
export const writingOptions: readonly OptionDefinition[] = [
  { flags: '--dry-run', describe: 'show the plan and change nothing' },
  { flags: '-y, --yes', describe: 'do not ask' },
]
