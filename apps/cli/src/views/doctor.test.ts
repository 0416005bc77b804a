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

test('a check that waits for another is not well; what waits for the same is told in one line', () => {
  const waiting = ['prerequisites', 'unit files'].map((title) => ({
    ...{ id: title, title, findings: [], duration_ms: 1 },
    ...{ verdict: 'blocked' as const, reason: 'the check catalog says why' },
  }))
  const shown = (results: typeof waiting) =>
    renderDoctor({ results, findings: [], verbose: false }, createStyle({ color: false, columns: 100 }))
  expect(shown(waiting.slice(0, 1))).toBe(`? prerequisites could not be checked: the check catalog says why
1 check: 1 could not be made`)
  expect(shown(waiting)).toBe(`? prerequisites, unit files could not be checked: the check catalog says why
2 checks: 2 could not be made`)
})
