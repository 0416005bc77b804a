import { expect, test } from 'vitest'
import { toCommandsLine } from './to-commands-line.ts'

test.each([
  ['--help --json', 'commands --json'],
  ['help --json', 'commands --json'],
  ['--json help lease open', 'commands lease open --json'],
  ['lease -h --json', 'commands lease --json'],
  ['logs dashboard --json --help', 'commands logs --json'],
  ['--catalog my-haus up --help --json', 'commands up --json'],
  ['--catalog=my-haus help up --json', 'commands up --json'],
  ['stauts --help --json', 'commands stauts --json'],
  // No help, or none as a document.
  ['status --json', null],
  ['status --help', null],
  ['disposable --json -- sanctumctl status --help', null],
])('%s', (line, expected) => {
  expect(toCommandsLine(line.split(' '))?.join(' ') ?? null).toBe(expected)
})
