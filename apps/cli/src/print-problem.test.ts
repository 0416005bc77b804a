import type { Finding } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { Declined, Refused, UsageProblem } from './command.ts'
import { printProblem } from './print-problem.ts'
import { createStyle } from './views/style.ts'

async function print(error: unknown, verbose: boolean): Promise<string> {
  const written: string[] = []
  const sinks = { stdout: (text: string) => void written.push(text), stderr: (text: string) => void written.push(text) }
  await printProblem(error, { command: 'up', asksJson: false, sinks, style: createStyle({ color: false, columns: 100 }), verbose })
  return written.join('')
}

test('a wrong word has no stack, however much detail was asked for; a bug has one without asking', async () => {
  const wrong = new UsageProblem('there is no service kitchen', 'sanctumctl status names them.')
  expect(await print(wrong, true)).toBe('✗ USAGE  there is no service kitchen\n    next  sanctumctl status names them.\n')
  expect(await print(new Error('planted'), false)).toMatch(/this is a bug of Sanctum: planted\n.*\nError: planted\n +at /s)
})

test('a no to a question is no mistake: a plain line, and the code of a change that is still to come', async () => {
  const written: string[] = []
  const sinks = { stdout: () => {}, stderr: (text: string) => void written.push(text) }
  const style = createStyle({ color: false, columns: 100 })
  const no = new Declined('nothing was removed, as you asked', 'Leave --purge out to keep the home.')
  expect(await printProblem(no, { command: 'uninstall', asksJson: false, sinks, style, verbose: true })).toBe(2)
  expect(written.join('')).toBe('nothing was removed, as you asked\n    next  Leave --purge out to keep the home.\n')
})

const warning: Finding = { code: 'PORT_HELD', severity: 'warning', message: 'planted' }

test.each([
  ['nothing', [], 1],
  ['a warning', [warning], 1],
  ['an error', [{ ...warning, severity: 'error' }], 69],
] as const)('what was refused does not end with 0: %s says why', async (_, findings, exit) => {
  const written: string[] = []
  const sinks = { stdout: (text: string) => void written.push(text), stderr: () => {} }
  const style = createStyle({ color: false, columns: 100 })
  expect(await printProblem(new Refused(findings), { command: 'up', asksJson: true, sinks, style, verbose: false })).toBe(exit)
  expect(JSON.parse(written.join('')).errors).toMatchObject([{ code: findings[0]?.code ?? 'REFUSED' }])
})
