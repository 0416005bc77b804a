import { expect, test } from 'vitest'
import { renderDoctor } from './doctor.ts'
import { createStyle } from './style.ts'

test.each([
  [1, '✓ 1 check, nothing wrong'],
  [2, '✓ 2 checks, nothing wrong'],
])('%i of them', (count, line) => {
  const results = Array.from({ length: count }, (_, at) => ({
    id: `c${at}`,
    title: 'ports',
    verdict: 'healthy' as const,
    findings: [],
    duration_ms: 1,
  }))
  expect(renderDoctor({ results, findings: [], verbose: false }, createStyle({ color: false, columns: 80 }))).toBe(line)
})
