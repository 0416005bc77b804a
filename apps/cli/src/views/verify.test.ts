import { expect, test } from 'vitest'
import type { SuiteResult } from '../verify/junit.ts'
import { createStyle } from './style.ts'
import { renderSteps, renderVerifyPlan } from './verify.ts'

const step: SuiteResult = {
  suite: 'runtime',
  id: 'journal',
  title: '',
  verdict: 'healthy',
  findings: [],
  duration_ms: 29,
  proof: 'it can be written, and every event follows from the one before',
}
const shown = (columns: number, receipt: string | null = '~/r.json') =>
  renderSteps({ results: [step], findings: [], receipt }, createStyle({ color: false, columns }))

test('a step is a row; where the row is too long its proof is broken between words, and on a narrow terminal it stands below', () => {
  expect(shown(100)).toBe(
    `✓ runtime    journal        it can be written, and every event follows from the one before  29 ms

✓ 1 step holds
receipt: ~/r.json`,
  )
  expect(shown(80).split('\n').slice(0, 2)).toEqual([
    '✓ runtime    journal        it can be written, and every event follows from the',
    '                            one before  29 ms',
  ])
  expect(shown(40).split('\n').slice(0, 3)).toEqual([
    '✓ runtime journal  29 ms',
    '  it can be written, and every event',
    '  follows from the one before',
  ])
})

test.each([40, 57, 58, 70, 80, 90])('no row is longer than %d columns', (columns) => {
  expect(
    shown(columns)
      .split('\n')
      .filter((line) => line.length > columns),
  ).toEqual([])
})

test('it says where there is no receipt', () => {
  expect(shown(100, null)).toContain('no receipt could be written')
})

test('a plan says what the last run did not ask of what would be asked', () => {
  const last = { ok: true, suites: ['runtime', 'e2e'] as const, begun_ms: 0, stale: [] }
  const plan = (...suites: readonly ('workspace' | 'runtime')[]) =>
    renderVerifyPlan({ steps: suites.map((suite) => ({ suite, id: 'x', title: 'y' })), last }, createStyle({ color: false, columns: 100 }))
  expect(plan('workspace', 'runtime')).toMatch(/was clean; it still speaks of this machine; it did not ask workspace$/)
  expect(plan('runtime')).toMatch(/was clean; it still speaks of this machine$/)
})
