import { type Finding, nearestNames } from '@sanctum/contracts'
import type { CommandFacts, Facts, FlagFacts } from '../facts.ts'
import type { Page, Span } from '../page.ts'
import { placeIn } from './place-in.ts'
import { type CommandLine, joinContinued, readBareLine, readCommandLines, type Word } from './read-command-lines.ts'
import { readSentence } from './read-sentence.ts'
import type { Rule } from './rule.ts'
import { suggest, toProblem } from './to-problem.ts'

/** Every command that a page names is one of the tree. */
export const commands: Rule = {
  id: 'commands',
  about: 'claims',
  check: (page, { facts }) =>
    joinContinued(page.spans).flatMap((span) =>
      listResolved(span, facts).flatMap((resolved) =>
        resolved.kind === 'unknown' ? [toUnknownCommand(page, span, resolved)] : judgeArguments(page, span, resolved, facts),
      ),
    ),
}

/** Every option that a page names belongs to the command beside it; one that stands alone belongs to some command. */
export const flags: Rule = {
  id: 'flags',
  about: 'claims',
  check: (page, { facts }) =>
    joinContinued(page.spans).flatMap((span) => [
      ...readLines(span, facts).flatMap((line) => judgeFlags(page, span, line, facts)),
      ...judgeLoneFlags(page, span, facts),
    ]),
}

/** With its program, or between backticks without it. */
function readLines(span: Span, facts: Facts): readonly CommandLine[] {
  const lines = readCommandLines(span)
  const bare = lines.length === 0 && resolveBare(span, facts) !== null ? readBareLine(span) : null
  return bare === null ? lines : [bare]
}

function listResolved(span: Span, facts: Facts): readonly Resolved[] {
  return readLines(span, facts).map((line) => resolveCommand(line, facts))
}

type Resolved =
  | { readonly kind: 'command'; readonly command: CommandFacts; readonly rest: readonly Word[] }
  | { readonly kind: 'lane'; readonly name: string; readonly rest: readonly Word[] }
  /** A group, a help, a placeholder: nothing more can be said of it. */
  | { readonly kind: 'open'; readonly rest: readonly Word[] }
  | { readonly kind: 'role'; readonly name: string; readonly rest: readonly Word[] }
  | { readonly kind: 'unknown'; readonly word: Word; readonly said: string; readonly known: readonly string[] }

const SHELL = /^(?:sh|bash|zsh|shell|console)?$/

/** Words of the command line that are no command of the tree, and are fine. */
const BUILT_IN = ['help', 'complete']

function resolveCommand({ program, words, isLauncher }: CommandLine, facts: Facts): Resolved {
  if (program === 'sanctumd') return resolveRole(words, facts.roles)
  const said = skipGlobals(words, facts.globalFlags)
  const [first, second] = said
  if (first === undefined || isPlaceholder(first.text) || first.text.startsWith('-')) return { kind: 'open', rest: said }
  if (BUILT_IN.includes(first.text)) return { kind: 'open', rest: [] }
  const lane = facts.lanes[first.text]
  if (lane !== undefined && isLauncher) return { kind: 'lane', name: first.text, rest: said.slice(1) }
  const alone = facts.commands.find(({ path }) => path.length === 1 && path[0] === first.text)
  const group = facts.commands.filter(({ path }) => path.length > 1 && path[0] === first.text)
  if (group.length === 0 && alone === undefined)
    return {
      kind: 'unknown',
      word: first,
      said: `sanctumctl ${first.text}`,
      known: unique(facts.commands.map(({ path }) => path[0] ?? '')),
    }
  const inGroup = group.find(({ path }) => path[1] === second?.text)
  if (inGroup !== undefined) return { kind: 'command', command: inGroup, rest: said.slice(2) }
  if (alone !== undefined) return { kind: 'command', command: alone, rest: said.slice(1) }
  if (second === undefined || isPlaceholder(second.text) || second.text.startsWith('-')) return { kind: 'open', rest: said.slice(1) }
  if (second.text.split('|').every((word) => group.some(({ path }) => path[1] === word))) return { kind: 'open', rest: [] }
  return { kind: 'unknown', word: second, said: `sanctumctl ${first.text} ${second.text}`, known: group.map(({ path }) => path[1] ?? '') }
}

function resolveRole(words: readonly Word[], roles: Facts['roles']): Resolved {
  const [first] = words
  if (first === undefined || isPlaceholder(first.text) || first.text.startsWith('-') || first.text === 'help')
    return { kind: 'open', rest: [] }
  if (roles[first.text] !== undefined) return { kind: 'role', name: first.text, rest: words.slice(1) }
  return { kind: 'unknown', word: first, said: `sanctumd ${first.text}`, known: Object.keys(roles) }
}

/** Words that the command has no place for. */
function judgeArguments(page: Page, span: Span, resolved: Exclude<Resolved, { kind: 'unknown' }>, facts: Facts): readonly Finding[] {
  // What a program prints may go on with a sentence.
  if (resolved.kind !== 'command' || (span.lang !== null && !SHELL.test(span.lang))) return []
  const { path, args, flags } = resolved.command
  if (args.some((syntax) => syntax.includes('...'))) return []
  const alone = [...flags, ...facts.globalFlags, ...facts.writingFlags]
    .filter(({ takesValue }) => !takesValue)
    .flatMap(({ names }) => names)
  // What follows an option that nobody knows may be its value; the option is told.
  const isValue = (before: string | undefined) => before?.startsWith('-') === true && !isKnownFlag(before, alone)
  const own = beforeDashes(resolved.rest).filter(({ text }, index, words) => !text.startsWith('-') && !isValue(words[index - 1]?.text))
  const [extra] = own.filter(({ text }) => !isPlaceholder(text) || text.startsWith('<')).slice(args.length)
  if (extra === undefined) return []
  const syntax = ['sanctumctl', ...path, ...args].join(' ')
  return [
    toProblem('DOCS_COMMAND', {
      at: placeIn(page, span, extra.index),
      message: `sanctumctl ${path.join(' ')} has no place for ${extra.text}`,
      fix: `Write ${syntax}.`,
      command: `sanctumctl ${path.join(' ')} --help`,
    }),
  ]
}

function skipGlobals(words: readonly Word[], globals: readonly FlagFacts[]): readonly Word[] {
  const [first] = words
  const flag = globals.find(({ names }) => names.includes(first?.text ?? ''))
  if (flag === undefined || first?.text === '--help' || first?.text === '--version') return words
  return skipGlobals(words.slice(flag.takesValue ? 2 : 1), globals)
}

function toUnknownCommand(page: Page, span: Span, { word, said, known }: Extract<Resolved, { kind: 'unknown' }>): Finding {
  return toProblem('DOCS_COMMAND', {
    at: placeIn(page, span, word.index),
    message: `there is no command ${said}`,
    fix: suggest(word.text, known, `Use one of ${known.join(', ')}.`),
    command: `${said.split(' ')[0]} --help`,
  })
}

function judgeFlags(page: Page, span: Span, line: CommandLine, facts: Facts): readonly Finding[] {
  const resolved = resolveCommand(line, facts)
  if (resolved.kind === 'unknown') return []
  const known = knownFlags(resolved, facts)
  if (known === null) return []
  const called = nameOf(line.program, resolved)
  return flagWords(resolved.rest).flatMap((word) => {
    const flag = bareFlag(word.text)
    if (flag === null || isKnownFlag(flag, known)) return []
    return [
      toProblem('DOCS_FLAG', {
        at: placeIn(page, span, word.index),
        message: `${called} has no option ${flag}`,
        fix: suggest(flag, known, `Its options are ${known.filter((one) => one.startsWith('--')).join(', ')}.`),
        command: `${called} --help`,
      }),
    ]
  })
}

function nameOf(program: string, resolved: Exclude<Resolved, { kind: 'unknown' }>): string {
  if (resolved.kind === 'open') return program
  return `${program} ${resolved.kind === 'command' ? resolved.command.path.join(' ') : resolved.name}`
}

/** Null where everything may follow. */
function knownFlags(resolved: Exclude<Resolved, { kind: 'unknown' }>, facts: Facts): readonly string[] | null {
  const globals = facts.globalFlags.flatMap(({ names }) => names)
  if (resolved.kind === 'lane') return resolved.name === 'dev' ? null : (facts.lanes[resolved.name] ?? [])
  if (resolved.kind === 'role') return [...(facts.roles[resolved.name] ?? []), '--help', '-h', '--version']
  if (resolved.kind === 'open') return resolved.rest[0]?.text.startsWith('-') ? globals : null
  const { flags, writes } = resolved.command
  return [...flags, ...(writes ? facts.writingFlags : [])].flatMap(({ names }) => names).concat(globals)
}

function flagWords(words: readonly Word[]): readonly Word[] {
  return beforeDashes(words).filter(({ text }) => /^\[?-/.test(text))
}

/** After `--` the words belong to another program. */
function beforeDashes(words: readonly Word[]): readonly Word[] {
  const end = words.findIndex(({ text }) => text === '--')
  return end === -1 ? words : words.slice(0, end)
}

/** Options without a command before them: of a command of the same sentence, else of its section, and else of any. */
function judgeLoneFlags(page: Page, span: Span, facts: Facts): readonly Finding[] {
  if (span.place === 'code' || (span.isCode && !span.text.startsWith('--'))) return []
  const said = [...span.text.matchAll(/(?<=^|[\s,/|(])--[a-z][\w-]*/g)]
  if (said.length === 0) return []
  const owners = findOwners(page, span, facts)
  const lists = owners.map((owner) => knownFlags(owner, facts))
  if (lists.includes(null)) return []
  const known = owners.length === 0 ? listAllFlags(facts) : unique(lists.flatMap((list) => list ?? []))
  const whose = owners.length === 0 ? 'no command' : unique(owners.map((owner) => nameOf('sanctumctl', owner))).join(' or ')
  return said
    .filter(([flag]) => !known.includes(flag))
    .map((match) =>
      toProblem('DOCS_FLAG', {
        at: placeIn(page, span, match.index),
        message: `${whose} has ${owners.length === 0 ? 'an' : 'no'} option ${match[0]}`,
        fix: suggest(match[0], known, 'Name the program that it belongs to before it, or write an option that exists.'),
      }),
    )
}

type Owner = Exclude<Resolved, { kind: 'unknown' }>

/** What the nearest piece of text that names a command names: the sentence, the heading, the section. */
function findOwners(page: Page, span: Span, facts: Facts): readonly Owner[] {
  const section = page.spans.filter(({ section }) => section === span.section)
  const reaches = [readSentence(page, span), section.filter(({ place }) => place === 'heading'), section]
  return reaches.map((spans) => spans.flatMap((one) => listNamed(one, facts))).find((owners) => owners.length > 0) ?? []
}

function listNamed(span: Span, facts: Facts): readonly Owner[] {
  return span.lang !== null && !SHELL.test(span.lang) ? [] : listResolved(span, facts).filter(isOwner)
}

function isOwner(resolved: Resolved): resolved is Owner {
  return resolved.kind === 'command' || resolved.kind === 'lane' || resolved.kind === 'role'
}

/** Null where it is no command that is written without its program. */
function resolveBare(span: Span, facts: Facts): Resolved | null {
  const line = readBareLine(span)
  if (line === null) return null
  const resolved = resolveCommand(line, facts)
  if (resolved.kind === 'command') return resolved
  return resolved.kind === 'unknown' && isSlip(line, resolved, facts) ? resolved : null
}

/** `router serv` is meant as a command; `router definition` is not. */
function isSlip({ words }: CommandLine, { word, known }: Extract<Resolved, { kind: 'unknown' }>, { commands }: Facts): boolean {
  return (
    words.length > 1 &&
    word === words[1] &&
    commands.some(({ path }) => path[0] === words[0]?.text) &&
    nearestNames(word.text, known).length > 0
  )
}

function listAllFlags({ commands, globalFlags, writingFlags, lanes, roles }: Facts): readonly string[] {
  return unique([
    ...[...commands.flatMap(({ flags }) => flags), ...globalFlags, ...writingFlags].flatMap(({ names }) => names),
    ...Object.values(lanes).flat(),
    ...Object.values(roles).flat(),
  ])
}

function bareFlag(text: string): string | null {
  return /^\[?(--?[A-Za-z][\w-]*)/.exec(text)?.[1] ?? null
}

/** Short options may be written as one. */
function isKnownFlag(flag: string, known: readonly string[]): boolean {
  if (known.includes(flag)) return true
  return /^-[a-z]{2,}$/.test(flag) && [...flag.slice(1)].every((letter) => known.includes(`-${letter}`))
}

function isPlaceholder(text: string): boolean {
  return /^[<[{(.…"'$]|^[A-Z_]+(?:…|\.\.\.)?$/.test(text)
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)]
}
