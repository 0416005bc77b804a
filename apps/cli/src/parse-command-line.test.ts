import { describe, expect, test } from 'vitest'
import { UsageProblem } from './command.ts'
import { commandTable } from './command-table.ts'
import { parseCommandLine } from './parse-command-line.ts'

function parse(line: string, columns = 100) {
  const written: string[] = []
  const invocation = parseCommandLine(line === '' ? [] : line.split(' '), {
    version: '1.2.3',
    columns,
    write: (text) => void written.push(text),
  })
  return { invocation, text: written.join('') }
}

function problemOf(line: string): UsageProblem {
  try {
    parse(line)
  } catch (error) {
    if (error instanceof UsageProblem) return error
    throw error
  }
  throw new Error(`${line} is no usage problem`)
}

test.each(['--json status', 'status --json'])('options of every command stand where the person likes: %s', (line) => {
  const { invocation } = parse(line)
  expect([invocation?.command.path, invocation?.options['json']]).toEqual([['status'], true])
})

test('options of the command itself, repeated ones in their order', () => {
  const { invocation } = parse('up --set a.b=1 --set c=2 --catalog x --dry-run -q')
  expect(invocation?.options).toMatchObject({ set: ['a.b=1', 'c=2'], catalog: 'x', dryRun: true, quiet: true })
  expect(parse('logs watchdog -fn 5').invocation).toMatchObject({ args: ['watchdog'], options: { follow: true, lines: '5' } })
})

test.each([
  ['upp', 'sanctumctl', "unknown command 'upp'", 'Did you mean up?'],
  ['prerequisites', 'sanctumctl', "unknown command 'prerequisites'", 'Did you mean host prerequisites?'],
  ['xyzzyx', 'sanctumctl', "unknown command 'xyzzyx'", 'sanctumctl --help lists its commands.'],
  ['--json', 'sanctumctl', 'sanctumctl needs one of its commands', 'sanctumctl --help lists them.'],
  ['catalog', 'catalog', 'catalog needs one of its commands', 'It has check, render, graph, schema.'],
  ['catalog show', 'catalog', "unknown command 'show'", 'It has check, render, graph, schema.'],
  ['generations facts', 'generations', "unknown command 'facts'", 'It has list, diff, pin, unpin.'],
  ['start', 'sanctumctl', "unknown command 'start'", 'Did you mean up?'],
  ['stop', 'sanctumctl', "unknown command 'stop'", 'Did you mean down?'],
  ['version --json', 'sanctumctl', "unknown command 'version'", 'Did you mean --version?'],
  ['catalog chek --json', 'catalog', "unknown command 'chek'", 'Did you mean check?'],
  ['restart', 'restart', 'restart needs <id>: the service', 'Such as: sanctumctl restart dashboard'],
  ['generations diff 1', 'generations diff', 'generations diff needs <b>: another', 'Such as: sanctumctl generations diff 3 4'],
  ['up --dry-rum', 'up', "unknown option '--dry-rum'", 'Did you mean --dry-run?'],
  ['up ./my-haus', 'up', "too many arguments for 'up'. Expected 0 arguments but got 1: ./my-haus.", 'Did you mean --catalog ./my-haus?'],
  ['up a.json', 'up', "too many arguments for 'up'. Expected 0 arguments but got 1: a.json.", 'Did you mean --facts a.json?'],
  [
    'up dashboard',
    'up',
    "too many arguments for 'up'. Expected 0 arguments but got 1: dashboard.",
    'It starts the whole haus. One service is sanctumctl restart dashboard, another catalog --catalog dashboard.',
  ],
  [
    'render systemd',
    'render',
    "too many arguments for 'render'. Expected 0 arguments but got 1: systemd.",
    'Did you mean --target systemd?',
  ],
  [
    'render my-haus',
    'render',
    "too many arguments for 'render'. Expected 0 arguments but got 1: my-haus.",
    'Did you mean --catalog my-haus?',
  ],
  ['doctor ports', 'doctor', "too many arguments for 'doctor'. Expected 0 arguments but got 1: ports.", 'Did you mean --check ports?'],
  [
    'catalog check --catalog a b',
    'catalog check',
    "too many arguments for 'check'. Expected 0 arguments but got 1: b.",
    'sanctumctl catalog check --help shows what it takes.',
  ],
  [
    'down now',
    'down',
    "too many arguments for 'down'. Expected 0 arguments but got 1: now.",
    'sanctumctl down --help shows what it takes.',
  ],
  [
    'router serve a.yaml',
    'router serve',
    "too many arguments for 'serve'. Expected 0 arguments but got 1: a.yaml.",
    'Did you mean --config a.yaml?',
  ],
  [
    'router serve --config a.yaml b.yaml',
    'router serve',
    "too many arguments for 'serve'. Expected 0 arguments but got 1: b.yaml.",
    'sanctumctl router serve --help shows what it takes.',
  ],
  ['status --xyzzyx', 'status', "unknown option '--xyzzyx'", 'sanctumctl status --help shows what it takes.'],
])('%s is a problem of %s: %s', (line, command, message, hint) => {
  const problem = problemOf(line)
  expect([problem.command, problem.message, problem.hint]).toEqual([command, message, hint])
})

describe('help', () => {
  const lines = ['', '--help', ...commandTable.map(({ path }) => `${path.join(' ')} --help`)]

  test.each(lines)('"%s" fits a hundred columns, however wide the terminal', (line) => {
    const { invocation, text } = parse(line, 300)
    expect(invocation).toBeNull()
    expect(text.split('\n').filter((each) => each.length > 100)).toEqual([])
  })

  test('every command shows its examples', () => {
    for (const { path, examples } of commandTable) {
      const { text } = parse(`${path.join(' ')} --help`)
      for (const example of examples) expect(text).toContain(`  ${example}\n`)
    }
  })

  test('--version', () => {
    expect(parse('--version').text).toBe('1.2.3\n')
  })
})

test('every example of the table is a command line that parses to its own command', () => {
  for (const { path, examples } of commandTable)
    for (const example of examples) {
      const words = example.replace(/ > .*$/, '').replace(/^sanctumctl /, '')
      expect(parse(words).invocation?.command.path).toEqual(path)
    }
})
