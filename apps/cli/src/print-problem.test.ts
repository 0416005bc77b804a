import { expect, test } from 'vitest'
import { UsageProblem } from './command.ts'
import { printProblem } from './print-problem.ts'
import { createStyle } from './views/style.ts'

function print(error: unknown, verbose: boolean): string {
  const written: string[] = []
  const sinks = { stdout: (text: string) => void written.push(text), stderr: (text: string) => void written.push(text) }
  printProblem(error, { command: 'up', asksJson: false, sinks, style: createStyle({ color: false, columns: 100 }), verbose })
  return written.join('')
}

test('a wrong word has no stack, however much detail was asked for; a bug has one without asking', () => {
  const wrong = new UsageProblem('there is no service kitchen', 'sanctumctl status names them.')
  expect(print(wrong, true)).toBe('✗ USAGE  there is no service kitchen\n    next  sanctumctl status names them.\n')
  expect(print(new Error('planted'), false)).toMatch(/this is a bug of Sanctum: planted\n.*\nError: planted\n +at /s)
})
