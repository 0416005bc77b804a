import { expect, it } from 'vitest'
import { type Finding, finding, hasErrors, sortFindings } from './finding.ts'

const at = (file: string, line: number, column: number): Finding => ({
  code: 'X',
  severity: 'warning',
  message: 'm',
  at: { file, line, column },
})
const about = (subject: string): Finding => ({ code: 'X', severity: 'info', message: 'm', subject })

it('sorts by place, and what has none comes last', () => {
  const inOrder = [at('a.yaml', 2, 9), at('a.yaml', 10, 1), at('a.yaml', 10, 3), at('b.yaml', 1, 1), about('a'), about('b')]
  expect(sortFindings([...inOrder].reverse())).toEqual(inOrder)
})

it('knows an error', () => {
  expect(hasErrors([at('a', 1, 1)])).toBe(false)
  expect(hasErrors([at('a', 1, 1), { ...about('b'), severity: 'error' }])).toBe(true)
})

it.each([
  [{ code: 'port-taken' }, false],
  [{ at: { file: 'a', line: 0, column: 1 } }, false],
  [{ message: '' }, false],
  [{ extra: 1 }, false],
  [{ code: 'PORT_TAKEN' }, true],
])('%j is a finding: %s', (change, isValid) => {
  expect(finding.safeParse({ ...about('a'), ...change }).success).toBe(isValid)
})
