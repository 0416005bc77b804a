import type { Finding } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { Refused, UsageProblem } from '../command.ts'
import { tellReason } from './tell-reason.ts'

const finding = (message: string, more: Partial<Finding> = {}): Finding => ({ code: 'UNKNOWN_KEY', severity: 'error', message, ...more })
const at = { file: 'catalog.yaml', line: 4, column: 3 }

test.each([
  [new Refused([finding('"a" is no key.', { at })]), 'catalog.yaml:4:3 "a" is no key'],
  [new Refused([finding('Old.', { severity: 'warning' }), finding('One.'), finding('Two.'), finding('Three.')]), 'One, and 2 more'],
  [new Refused([finding('Old.', { severity: 'warning' })]), 'Old'],
  [new UsageProblem('there is no catalog here', 'Make one.'), 'there is no catalog here'],
])('one line, whatever was wrong', (error, expected) => {
  expect(tellReason(error)).toBe(expected)
})
