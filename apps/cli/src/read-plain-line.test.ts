import { expect, test } from 'vitest'
import { parseCommandLine } from './parse-command-line.ts'
import { readPlainLine } from './read-plain-line.ts'

test.each([
  'render',
  'render --yes',
  'render --check --json --quiet',
  'render --dry-run --verbose',
  'drift --files',
  'drift --units --json',
])('%s means what the parser reads in it', (line) => {
  const [plain, parsed] = [
    readPlainLine(line.split(' ')),
    parseCommandLine(line.split(' '), { version: '1', columns: 80, write: () => {} }),
  ]
  expect(plain?.command).toBe(parsed?.command)
  // The parser alone has defaults.
  expect({ color: true, ...plain?.options }).toEqual(parsed?.options)
})

test.each([
  ...['', '--json render', 'status --json', 'render --no-color', 'render -y', 'render --yes --yes', 'render --set a=1', 'render --yess'],
  ...['render --help', 'render --version', 'render extra', 'drift --files=yes', 'renders'],
])('%s is left to the parser', (line) => {
  expect(readPlainLine(line.split(' '))).toBeNull()
})
