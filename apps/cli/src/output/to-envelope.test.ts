import type { Finding } from '@sanctum/contracts'
import { finding, findingCodes } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { toEnvelope, toErrorEnvelope } from './to-envelope.ts'

const answer = (...findings: Finding[]) => ({ exit: 'problems', data: {}, findings, view: () => '' }) as const
const refusal = (...findings: Finding[]) => ({ code: 'REFUSED', message: 'no', hint: '', findings })

test.each(Object.keys(findingCodes))('%s is printed with what goes wrong if it stays, and where to read of it', async (code) => {
  const bare: Finding = { code, severity: 'error', message: 'something is wrong', fix: { text: 'Mend it.', command: 'sanctumctl up' } }
  const documents = [await toEnvelope('status', answer(bare)), await toErrorEnvelope('up', refusal(bare))]
  for (const { data } of documents) {
    const [told] = data.findings ?? []
    expect(finding.parse(told)).toMatchObject({ ...bare, fix: { ...bare.fix, safe: false } })
    expect([told?.impact, told?.docs]).toEqual([expect.stringMatching(/../), expect.stringMatching(new RegExp(`#${code.toLowerCase()}$`))])
  }
})

const told = (severity: Finding['severity'], overrides: Partial<Finding> = {}): Finding => ({
  code: 'FROM_ELSEWHERE',
  severity,
  message: `an ${severity}`,
  ...overrides,
})
const waiver = { reason: 'known', owner: 'neo', expires: '2027-01-01' }

test('errors and warnings are told beside the findings, but for what somebody waived', async () => {
  const findings = [
    told('error', { fix: { text: 'Mend it.' } }),
    told('error', { message: 'bare' }),
    told('error', { waiver }),
    told('warning'),
    told('warning', { message: 'a waived one', waiver }),
    told('info'),
  ]
  const { ok, warnings, errors, data } = await toEnvelope('status', answer(...findings))
  expect([ok, warnings, data.findings?.length]).toEqual([false, ['an warning'], 6])
  expect(errors).toEqual([
    { code: 'FROM_ELSEWHERE', message: 'an error', hint: 'Mend it.' },
    { code: 'FROM_ELSEWHERE', message: 'bare' },
  ])
  expect(await toEnvelope('status', { ...answer(), exit: 'ok' })).toMatchObject({ ok: true, errors: [], warnings: [] })
})

test('without an answer the refusal is the error, unless a finding says more', async () => {
  const errors = async (document: ReturnType<typeof toErrorEnvelope>) => (await document).errors
  expect(await errors(toErrorEnvelope('up', refusal(told('error'))))).toEqual([{ code: 'FROM_ELSEWHERE', message: 'an error' }])
  expect(await errors(toErrorEnvelope('up', refusal(told('warning'))))).toEqual([{ code: 'REFUSED', message: 'no' }])
  expect(await errors(toErrorEnvelope('up', { ...refusal(), hint: 'Wait.' }))).toEqual([{ code: 'REFUSED', message: 'no', hint: 'Wait.' }])
  expect(await toErrorEnvelope('up', refusal())).toMatchObject({ schema_version: 1, ok: false, warnings: [], data: { findings: [] } })
})

test('what no table knows is printed as it is', async () => {
  const strange: Finding = { code: 'FROM_ELSEWHERE', severity: 'info', message: 'a neighbour says so' }
  expect((await toEnvelope('status', answer(strange))).data.findings).toEqual([strange])
})
