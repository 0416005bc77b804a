import type { Finding } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { judgeRevisions } from '../haus/observe-revisions.ts'
import { createStyle } from './style.ts'
import { renderUpEnd } from './up-end.ts'

const other = (service: string): Finding => judgeRevisions([{ service, expected: '1.1.0', reported: '1.0.0' }])[0] as Finding
const style = createStyle({ color: false, columns: 100 })
const end = { isWell: true, did: 'nothing to change', findings: [], others: [] }

test('a haus whose roles run what lies there is called healthy', () => {
  expect(renderUpEnd(end, style)).toMatch(/^✓ nothing to change; everything here is healthy\nnext: sanctumctl status /)
})

test('nothing is called healthy below a role that runs other code, and what is to be typed is said', () => {
  expect(renderUpEnd({ ...end, others: [other('watchdog')] }, style)).toBe(
    '! nothing to change; everything answers, and watchdog still runs other code than lies here\nnext: sanctumctl restart watchdog',
  )
  const two = renderUpEnd({ ...end, others: [other('watchdog'), other('board')] }, style)
  expect(two).toMatch(/watchdog, board still run other code.*\nnext: sanctumctl restart watchdog · sanctumctl restart board$/)
})

test('what is ill is said first, whatever code runs', () => {
  expect(renderUpEnd({ ...end, isWell: false, others: [other('watchdog')] }, style)).toMatch(
    /^✗ not everything here is healthy\nnext: sanctumctl doctor/,
  )
})
