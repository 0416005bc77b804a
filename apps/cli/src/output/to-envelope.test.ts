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

test('what no table knows is printed as it is', async () => {
  const strange: Finding = { code: 'FROM_ELSEWHERE', severity: 'info', message: 'a neighbour says so' }
  expect((await toEnvelope('status', answer(strange))).data.findings).toEqual([strange])
})
