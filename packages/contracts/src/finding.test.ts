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

it('sorts by code what is of one place or of one subject, and what is of no subject before those', () => {
  const coded = (code: string, finding: Finding): Finding => ({ ...finding, code })
  const { subject: _, ...nowhere } = about('x')
  const inOrder = [
    coded('Y', at('a.yaml', 1, 1)),
    coded('Z', at('a.yaml', 1, 1)),
    coded('C', nowhere),
    coded('D', nowhere),
    coded('A', about('a')),
    coded('B', about('a')),
  ]
  for (const given of [inOrder, inOrder.toReversed(), [...inOrder.slice(3), ...inOrder.slice(0, 3)]])
    expect(sortFindings(given)).toEqual(inOrder)
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
