import type { Finding } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { renderFindings } from './findings.ts'
import { createStyle } from './style.ts'

const finding: Finding = {
  code: 'SERVICE_UNHEALTHY',
  severity: 'error',
  message: 'voice does not do its work, and nobody knows why',
  subject: 'voice',
  evidence: { expected: 'an answer within a second of the question', observed: 'none' },
  fix: { text: 'Read what it wrote, then ask it once more.', command: 'sanctumctl logs voice --lines 100 --since yesterday', safe: true },
}
const shown = (columns: number) => renderFindings([finding], createStyle({ color: false, columns }))

test('a finding in a wide place is a line for each thing that it says', () => {
  expect(shown(100)).toBe(`✗ SERVICE_UNHEALTHY  voice  voice does not do its work, and nobody knows why
    expected  an answer within a second of the question
    observed  none
    fix  Read what it wrote, then ask it once more.
    run  sanctumctl logs voice --lines 100 --since yesterday`)
})

test('what the message ends with is not told again, and what was expected is', () => {
  const unknown = {
    ...finding,
    message: 'there is no generation 9',
    evidence: { expected: '1, 2, 3', observed: '9' },
  }
  const text = renderFindings([unknown], createStyle({ color: false, columns: 100 }))
  expect(text.match(/^ {4}(expected|observed) .*$/gm)).toEqual(['    expected  1, 2, 3'])
})

test('on a narrow terminal its sentences are broken between words, and what is copied stays whole', () => {
  expect(shown(40)).toBe(`✗ SERVICE_UNHEALTHY  voice
  voice does not do its work, and nobody
  knows why
    expected  an answer within a second
              of the question
    observed  none
    fix  Read what it wrote, then ask it
         once more.
    run  sanctumctl logs voice --lines 100 --since yesterday`)
})
