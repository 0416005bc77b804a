import type { ContractVerification } from '@sanctum/contracts'
import { digestExamples, judgeUpgrade, listExpectations } from '@sanctum/repo-contracts'
import { expect, test } from 'vitest'
import { about, buildContract, buildProvider } from './build-contract.ts'

const example = { request: { path: '/status/a' }, response: { status: 200, body: { ok: true } } }
const consumer = buildContract('shop', { expects: { endpoints: { status: { about, from: 'haus', examples: [example] } } } })
const digest = (text: string) => `digest of ${text}`
const examples = digestExamples(listExpectations(consumer)[0] as never, digest)

const record = (row: Partial<ContractVerification['endpoints'][string]> = {}, at = 1): ContractVerification => ({
  schema_version: 1,
  consumer: 'shop',
  provider: 'haus',
  provider_version: '1.2.0',
  revision: 'abcdef0123',
  verified_at_ms: at,
  endpoints: { status: { examples, sources: 'tree-1', replayed: 1, outcome: 'verified', ...row } },
})

const judge = (records: readonly ContractVerification[], sources: string | null = 'tree-1') =>
  judgeUpgrade({ provider: buildProvider(), consumers: [consumer], records, sources: { status: sources }, digest })

test.each<[string, readonly ContractVerification[], string | null, string | null]>([
  ['verified from these sources', [record()], 'tree-1', null],
  ['never verified', [], 'tree-1', 'it was never verified'],
  [
    'its sources changed since a record without a revision',
    [{ ...record(), revision: null }],
    'tree-2',
    'its sources have changed since 1.2.0',
  ],
  ['only another endpoint was verified', [{ ...record(), endpoints: {} }], 'tree-1', 'it was never verified'],
  ['verified of another provider', [{ ...record(), provider: 'other' }], 'tree-1', 'it was never verified'],
  ['its sources changed', [record()], 'tree-2', 'its sources have changed since abcdef0'],
  ['its sources changed and were verified again', [record(), record({ sources: 'tree-2' }, 2)], 'tree-2', null],
  ['they went back to what was verified before', [record(), record({ sources: 'tree-2' }, 2)], 'tree-1', null],
  ['its examples changed', [record({ examples: 'older' })], 'tree-1', 'the recorded examples have changed since'],
  ['it was broken', [record({ outcome: 'broken' })], 'tree-1', 'it answered another shape when it was asked'],
  ['it was silent', [record({ outcome: 'silent' })], 'tree-1', 'it was silent when it was asked'],
  [
    'it was good once and broken later, from the same sources',
    [record({ outcome: 'broken' }, 2), record()],
    'tree-1',
    'it answered another shape when it was asked',
  ],
  // Planted: the row was kept while another endpoint was asked anew, and is no newer for it.
  [
    'it is broken, and an older yes stands in a newer record',
    [record({ verified_at_ms: 1 }, 3), record({ outcome: 'broken' }, 2)],
    'tree-1',
    'it answered another shape when it was asked',
  ],
  ['verified from a checkout that was changed', [record({ sources: null })], 'tree-1', 'nothing says which sources were verified'],
  ['the revision has no such sources', [record()], null, 'nothing says which sources the revision has for it'],
])('%s', (_name, records, sources, why) => {
  const judgement = judge(records, sources)
  expect(judgement.consumers[0]?.unverified.map((each) => each.why)).toEqual(why === null ? [] : [why])
  expect(judgement.may).toBe(why === null)
  expect(judgement.findings.map(({ code }) => code)).toEqual(why === null ? [] : ['CONTRACT_NOT_VERIFIED'])
})

test('a revision whose contract lacks what a consumer expects may not come, verified or not', () => {
  const provider = buildProvider({ endpoints: {} })
  const judgement = judgeUpgrade({ provider, consumers: [consumer], records: [record()], sources: {}, digest })
  expect(judgement.consumers[0]).toMatchObject({ unmet: ['the endpoint status'], unverified: [{ endpoint: 'status' }] })
  expect(judgement.findings.map(({ code }) => code)).toContain('CONTRACT_EXPECTATION_MISSING')
})

test('what a consumer expects of others is no matter of this upgrade', () => {
  const other = buildContract('shop', { expects: { services: { till: { about, from: 'elsewhere' } } } })
  const judgement = judgeUpgrade({ provider: buildProvider(), consumers: [other], records: [], sources: {}, digest })
  expect(judgement).toMatchObject({ may: true, findings: [] })
  const endpoint = buildContract('shop', { expects: { endpoints: { status: { about, from: 'elsewhere', examples: [example] } } } })
  expect(judgeUpgrade({ provider: buildProvider(), consumers: [endpoint], records: [], sources: {}, digest }).may).toBe(true)
})

test('an endpoint that a consumer can do without may be missing, and is looked at where it is there', () => {
  const judgeOptional = (name: string) => {
    const other = buildContract('shop', {
      expects: { endpoints: { [name]: { about, from: 'haus', optional: true, examples: [example] } } },
    })
    return judgeUpgrade({ provider: buildProvider(), consumers: [other], records: [], sources: { status: 'tree-1' }, digest })
  }
  // A service of that name is no endpoint.
  for (const name of ['nowhere', 'watchdog'])
    expect(judgeOptional(name)).toMatchObject({ may: true, findings: [], consumers: [{ unverified: [], unmet: [] }] })
  expect(judgeOptional('status').consumers).toMatchObject([{ unverified: [{ endpoint: 'status' }] }])
})

test('only an endpoint has to be seen answering', () => {
  const other = buildContract('shop', { expects: { services: { watchdog: { about, from: 'haus' } } } })
  const judgement = judgeUpgrade({ provider: buildProvider(), consumers: [other], records: [], sources: {}, digest })
  expect(judgement).toMatchObject({ may: true, findings: [], consumers: [{ unverified: [], unmet: [] }] })
})

test('what to type names each service that has to be asked', () => {
  const provider = buildProvider({
    services: { watchdog: { about }, router: { about } },
    endpoints: { status: { about, service: 'watchdog', path: '/status/{id}' }, models: { about, service: 'router', path: '/models' } },
  })
  const models = { about, from: 'haus', examples: [{ request: { path: '/models' }, response: { status: 200 } }] }
  const both = buildContract('shop', { expects: { endpoints: { status: { about, from: 'haus', examples: [example] }, models } } })
  const [finding] = judgeUpgrade({ provider, consumers: [both], records: [], sources: {}, digest }).findings
  expect(finding?.fix?.command).toContain('--against watchdog=http://127.0.0.1:<port> --against router=http://127.0.0.1:<port>')
  expect(judge([]).findings[0]?.fix?.command).toContain('--against http://127.0.0.1:<port>')
})
