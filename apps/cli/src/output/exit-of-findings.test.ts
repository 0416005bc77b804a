import type { Finding } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { exitOfFindings } from './exit-of-findings.ts'

const finding = (code: string, severity: Finding['severity'] = 'error'): Finding => ({ code, severity, message: code })

test.each<[string, Finding[], string]>([
  ['nothing', [], 'ok'],
  ['only a warning', [finding('LOCK_HELD', 'warning')], 'ok'],
  ['only drift', [finding('DRIFT_MODIFIED'), finding('UNIT_STALE')], 'pending'],
  ['drift and a problem', [finding('DRIFT_MODIFIED'), finding('UNIT_FAILED')], 'problems'],
  ['a held port among problems', [finding('UNIT_FAILED'), finding('PORT_HELD')], 'unavailable'],
  ['a code that no table knows', [finding('NEVER_HEARD_OF')], 'problems'],
])('%s', (_, findings, exit) => {
  expect(exitOfFindings(findings)).toBe(exit)
})
