import { expect, test } from 'vitest'
import { commandTable } from '../command-table.ts'
import { globalOptions, writingOptions } from '../usual-options.ts'
import { answerCompletion } from './answer-completion.ts'

const named = (...values: string[]) => values.map((value) => ({ value, describe: '' }))
const live = {
  service: () => named('dashboard', 'failsafe', 'watchdog'),
  generation: () => named('12', '11', '2'),
  model: () => named('council-secure'),
  incident: () => named('dashboard-20261127t091500z'),
  lease: () => named('lease-20261127t091500z'),
}

function complete(...words: string[]) {
  const { candidates, files } = answerCompletion(words, { commands: commandTable, globalOptions, writingOptions, live })
  return [...candidates.map(({ value }) => value), ...(files === 'none' ? [] : [`<${files}>`])]
}

test.each<[string, string[], string[]]>([
  ['a command by its beginning', ['res'], ['restart']],
  ['the second word of a command', ['catalog', ''], ['check', 'render', 'graph', 'schema']],
  ['nothing after words that are no command', ['catalog', 'nosuch', ''], []],
  ['nothing after a command that takes no more', ['status', ''], []],
  ['a service', ['restart', 'w'], ['watchdog']],
  ['no second service', ['restart', 'watchdog', ''], []],
  ['a service behind an option with a value in between', ['logs', '-n', '5', 'd'], ['dashboard']],
  ['short options in one word, the last with a value', ['logs', '-fn', '5', 'd'], ['dashboard']],
  ['a model', ['explain', 'c'], ['council-secure']],
  ['an incident', ['acknowledge', 'd'], ['dashboard-20261127t091500z']],
  ['a lease', ['lease', 'close', ''], ['lease-20261127t091500z']],
  ['a service of several', ['lease', 'open', 'watchdog', 'd'], ['dashboard']],
  ['generations, newest first', ['rollback', ''], ['12', '11', '2']],
  ['both generations of a comparison', ['generations', 'diff', '2', '1'], ['12', '11']],
  ['the values of an option', ['catalog', 'graph', '--format', ''], ['mermaid', 'dot', 'json']],
  ['an option and its value in one word', ['catalog', 'graph', '--format=d'], ['--format=dot']],
  ['the same as bash hands it over', ['catalog', 'graph', '--format', '=', 'd'], ['dot']],
  ['the same at its beginning', ['catalog', 'graph', '--format', '='], ['mermaid', 'dot', 'json']],
  ['a check', ['doctor', '--check', 'wor'], ['workspace-manifests']],
  ['flags of a command that writes', ['down', '--d'], ['--dry-run']],
  ['no such flag where nothing is written', ['status', '--d'], []],
  ['no flag twice', ['doctor', '--quick', '--q'], ['--quiet']],
  ['a flag that repeats, twice', ['doctor', '--check', 'lock', '--ch'], ['--check']],
  ['files', ['up', '--facts', ''], ['<files>']],
  ['folders', ['--catalog', 'x'], ['<folders>']],
  ['folders in one word', ['up', '--catalog=x'], ['<folders>']],
  ['nothing for a free value', ['up', '--set', ''], []],
  ['an argument after the two dashes', ['restart', '--', 'w'], ['watchdog']],
  ['the version where no command is named', ['--ver'], ['--verbose', '--version']],
])('%s', (_what, words, expected) => {
  expect(complete(...words)).toEqual(expected)
})

test('the first word may be every command', () => {
  expect(complete('').toSorted()).toEqual([...new Set(commandTable.map(({ path }) => path[0]))].toSorted())
})

test('every value that an option or argument takes has a list, or is known to be free', () => {
  const free = [
    '--changed <revision>',
    '--node <id>',
    '--set <path=value>',
    '-n, --lines <count>',
    '--reason <text>',
    '--since <time>',
    '--kind <name>',
    '-n, --limit <count>',
    '--for <time>',
    '--port <number>',
    '--bind <address>',
    '--url <address>',
    '--fault <id>',
    '[command...]',
    '[word...]',
    '--repository <address>',
    '--on-trial-for <pid>',
    '--to <revision>',
    '--against <url>',
    '--to <rev>',
    '--version <version>',
    '--issuer <address>',
    '--identity <name>',
    '--remove <fingerprint>',
  ]
  const rows = [
    ...commandTable.flatMap(({ options = [], args = [] }) => [...options, ...args.map((arg) => ({ ...arg, flags: arg.syntax }))]),
    ...globalOptions,
    ...writingOptions,
  ]
  const without = rows.filter(({ flags, takes }) => /[<[]/.test(flags) && takes === undefined).map(({ flags }) => flags)
  expect([...new Set(without)].filter((flags) => !free.includes(flags))).toEqual([])
})
