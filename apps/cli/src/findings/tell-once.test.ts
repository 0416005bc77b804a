import type { Finding } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { tellOnce } from './tell-once.ts'

const finding = (code: string, subject: string, rest: Partial<Finding> = {}): Finding => ({
  code,
  severity: 'error',
  message: `${code} of ${subject}`,
  subject,
  ...rest,
})
const waiver = { reason: 'until Monday', owner: 'neo', expires: '2999-01-01' }

test.each<[string, Finding[], string[]]>([
  ['what two checks saw', [finding('JOURNAL_CUT', 'j'), finding('JOURNAL_CUT', 'j')], ['JOURNAL_CUT']],
  [
    'a probe of a service that is told',
    [finding('SERVICE_UNHEALTHY', 'voice'), finding('PROBE_FAILED', 'voice tcp')],
    ['SERVICE_UNHEALTHY'],
  ],
  [
    'a probe of another service',
    [finding('SERVICE_UNHEALTHY', 'voice'), finding('PROBE_FAILED', 'web tcp')],
    ['SERVICE_UNHEALTHY', 'PROBE_FAILED'],
  ],
  ['other code of an older program', [finding('UNIT_OLD_PROGRAM', 'router'), finding('ROLE_OTHER_CODE', 'router')], ['UNIT_OLD_PROGRAM']],
  [
    'other code where the older program is waived',
    [finding('UNIT_OLD_PROGRAM', 'router', { waiver }), finding('ROLE_OTHER_CODE', 'router')],
    ['UNIT_OLD_PROGRAM', 'ROLE_OTHER_CODE'],
  ],
  [
    'a probe where what is said of its service is waived',
    [finding('SERVICE_UNHEALTHY', 'voice', { waiver }), finding('PROBE_FAILED', 'voice tcp')],
    ['SERVICE_UNHEALTHY', 'PROBE_FAILED'],
  ],
])('%s', (_, findings, codes) => {
  expect(tellOnce(findings).map(({ code }) => code)).toEqual(codes)
})
