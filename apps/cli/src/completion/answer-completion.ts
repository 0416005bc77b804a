import type { CommandDefinition, OptionDefinition, Takes } from '../command.ts'

/** A word that fits where the cursor stands, with what it means. */
export interface Candidate {
  readonly value: string
  readonly describe: string
}

export interface CompletionAnswer {
  readonly candidates: readonly Candidate[]
  /** Whether the shell itself adds names of files or folders. */
  readonly files: 'none' | 'files' | 'folders'
}

/** Names that are known on this machine alone, looked up when they are asked for. */
export type LiveNames = Readonly<Record<'service' | 'generation' | 'incident' | 'lease' | 'model', () => readonly Candidate[]>>

export interface CompletionTables {
  readonly commands: readonly CommandDefinition[]
  readonly globalOptions: readonly OptionDefinition[]
  readonly writingOptions: readonly OptionDefinition[]
  readonly live: LiveNames
}

/** The words after the program's name, of which the last is the one at the cursor; empty where nothing of it was typed yet. */
export function answerCompletion(given: readonly string[], tables: CompletionTables): CompletionAnswer {
  const { before, current, joined } = splitWords(given)
  const state = before.reduce<State>((seen, word) => readWord(seen, word, tables), begin)
  if (state.isLost) return nothing
  if (state.expecting !== null) return answerTakes(state.expecting.takes, current, tables.live)
  const [flag, value] = splitFlag(current)
  if (!state.onlyArguments && value !== null) return prefixed(flag, answerOption(optionOf(state, flag, tables), value, tables.live))
  if (!state.onlyArguments && current.startsWith('-')) return answerFlags(state, current, tables)
  if (state.command === null) return answerCommands(state.path, current, tables.commands)
  return joined ? nothing : answerTakes(argumentAt(state.command, state.count)?.takes, current, tables.live)
}

const nothing: CompletionAnswer = { candidates: [], files: 'none' }

/** bash hands `--format=dot` over as three words, the others as one. */
function splitWords(given: readonly string[]): { readonly before: readonly string[]; readonly current: string; readonly joined: boolean } {
  const words = given.filter((word, index) => !(word === '=' && given[index - 1]?.startsWith('--') && index < given.length - 1))
  const last = words.at(-1) ?? ''
  return { before: words.slice(0, -1), current: last === '=' ? '' : last, joined: last === '=' }
}

interface State {
  readonly path: readonly string[]
  readonly command: CommandDefinition | null
  /** An option whose value is the next word. */
  readonly expecting: OptionDefinition | null
  /** Arguments so far. */
  readonly count: number
  readonly used: ReadonlySet<string>
  /** After `--`. */
  readonly onlyArguments: boolean
  /** The words so far are no command: whatever came next would be a guess. */
  readonly isLost: boolean
}

const begin: State = { path: [], command: null, expecting: null, count: 0, used: new Set(), onlyArguments: false, isLost: false }

function readWord(state: State, word: string, tables: CompletionTables): State {
  if (state.expecting !== null) return { ...state, expecting: null }
  if (word === '--') return { ...state, onlyArguments: true }
  if (word.startsWith('-') && !state.onlyArguments) return readFlag(state, word, tables)
  if (state.command !== null) return { ...state, count: state.count + 1 }
  const path = [...state.path, word]
  const command = tables.commands.find((each) => each.path.join(' ') === path.join(' ')) ?? null
  return { ...state, path, command, isLost: command === null && !tables.commands.some((each) => startsWith(each.path, path)) }
}

function readFlag(state: State, word: string, tables: CompletionTables): State {
  const [flag, value] = splitFlag(word)
  const option = optionOf(state, flag, tables)
  if (option === null) return state
  const takesNext = value === null && option.flags.includes('<')
  return { ...state, expecting: takesNext ? option : null, used: new Set([...state.used, option.flags]) }
}

/** `--name=value`; the value is null where there is no sign. */
function splitFlag(word: string): readonly [string, string | null] {
  const at = word.startsWith('--') ? word.indexOf('=') : -1
  return at === -1 ? [word, null] : [word.slice(0, at), word.slice(at + 1)]
}

/** Of several short ones in a word, as in `-fn`, the last alone may take a value. */
function optionOf(state: State, flag: string, tables: CompletionTables): OptionDefinition | null {
  const name = /^-[a-z]+$/.test(flag) ? `-${flag.at(-1)}` : flag
  return optionsOf(state.command, tables).find(({ flags }) => namesOf(flags).includes(name)) ?? null
}

function optionsOf(command: CommandDefinition | null, { globalOptions, writingOptions }: CompletionTables): readonly OptionDefinition[] {
  return [...(command?.options ?? []), ...(command?.writes ? writingOptions : []), ...globalOptions, ...alwaysThere]
}

const alwaysThere: readonly OptionDefinition[] = [{ flags: '-h, --help', describe: 'print this help' }]

function namesOf(flags: string): readonly string[] {
  return flags.replace(/ <.*$/, '').split(', ')
}

function answerFlags(state: State, current: string, tables: CompletionTables): CompletionAnswer {
  const options = optionsOf(state.command, tables).filter(({ flags, repeats }) => repeats || !state.used.has(flags))
  const version = state.path.length === 0 ? [{ value: '--version', describe: 'print the version' }] : []
  const long = options.map(({ flags, describe }) => ({ value: namesOf(flags).at(-1) as string, describe }))
  return { candidates: fitting([...long, ...version], current), files: 'none' }
}

function answerCommands(path: readonly string[], current: string, commands: readonly CommandDefinition[]): CompletionAnswer {
  const below = commands.filter((each) => startsWith(each.path, path) && each.path.length > path.length)
  const words = new Map<string, string>()
  for (const { path: full, summary } of below) {
    const word = full[path.length] as string
    const isGroup = full.length > path.length + 1
    const group = below.filter((each) => each.path[path.length] === word).map((each) => each.path.at(-1))
    words.set(word, isGroup ? group.join(', ') : summary)
  }
  return {
    candidates: fitting(
      [...words].map(([value, describe]) => ({ value, describe })),
      current,
    ),
    files: 'none',
  }
}

function answerOption(option: OptionDefinition | null, value: string, live: LiveNames): CompletionAnswer {
  return option === null ? nothing : answerTakes(option.takes, value, live)
}

function answerTakes(takes: Takes | undefined, current: string, live: LiveNames): CompletionAnswer {
  if (takes === undefined) return nothing
  if (takes === 'file') return { candidates: [], files: 'files' }
  if (takes === 'folder') return { candidates: [], files: 'folders' }
  const known = typeof takes === 'string' ? live[takes]() : takes.map((value) => ({ value, describe: '' }))
  return { candidates: fitting(known, current), files: 'none' }
}

/** A shell that sees flag and value as one word wants them back as one. */
function prefixed(flag: string, { candidates, files }: CompletionAnswer): CompletionAnswer {
  return { candidates: candidates.map(({ value, describe }) => ({ value: `${flag}=${value}`, describe })), files }
}

function argumentAt({ args = [] }: CommandDefinition, index: number): NonNullable<CommandDefinition['args']>[number] | undefined {
  const last = args.at(-1)
  return args[index] ?? (last?.syntax.includes('...') ? last : undefined)
}

function fitting(candidates: readonly Candidate[], current: string): readonly Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(current))
}

function startsWith(path: readonly string[], beginning: readonly string[]): boolean {
  return beginning.every((word, index) => path[index] === word)
}
