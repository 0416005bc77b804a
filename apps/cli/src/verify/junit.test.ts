import { expect, test } from 'vitest'
import { type SuiteResult, toJunit } from './junit.ts'

const result = (changes: Partial<SuiteResult>): SuiteResult => ({
  ...{ suite: 'runtime', id: 'units', title: 'units', verdict: 'healthy', findings: [], duration_ms: 1500 },
  ...changes,
})
const held = { code: 'PORT_HELD', severity: 'error', message: 'port 1 is held by "a\u0007<b>" & c' } as const

test('what failed, was skipped, waits or could not be checked is each another thing', () => {
  const xml = toJunit([
    result({ proof: '3 units' }),
    result({ id: 'ports', verdict: 'failed', findings: [held] }),
    result({ id: 'jobs', verdict: 'not-applicable', reason: 'no job here' }),
    result({ suite: 'e2e', id: 'events', verdict: 'could-not-check', reason: 'no answer' }),
    result({ suite: 'e2e', id: 'verdicts', verdict: 'blocked', reason: 'waits' }),
  ])
  expect(xml).toContain('<testsuites name="sanctumctl verify" tests="5" failures="1" errors="2" skipped="1" time="7.5">')
  expect(xml).toContain('<testsuite name="e2e" tests="2" failures="0" errors="2" skipped="0" time="3">')
  expect(xml).toContain('<system-out>3 units</system-out>')
  expect(xml).toContain('<error message="no answer"/>')
})

test('no text breaks the file: markup is written out, and what XML cannot hold is replaced', () => {
  const xml = toJunit([result({ verdict: 'failed', findings: [held] })])
  expect(xml).toContain('message="PORT_HELD: port 1 is held by &quot;a\u{FFFD}&lt;b&gt;&quot; &amp; c"')
  expect(xml).not.toMatch(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/)
})

test('a warning alone, and an error that somebody waived, fail no step', () => {
  const waiver = { reason: 'a bench', owner: 'yoda', expires: '2099-01-01' }
  const xml = toJunit([
    result({
      verdict: 'drift',
      findings: [
        { ...held, severity: 'warning' },
        { ...held, waiver },
      ],
    }),
  ])
  expect(xml).toContain('failures="0"')
})
