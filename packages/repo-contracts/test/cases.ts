import type { Finding, RepoContractDocument } from '@sanctum/contracts'
import { judgeUpgrade, lintContract, listExpectations, matchContracts, type RepoContract, toReplayFindings } from '@sanctum/repo-contracts'
import { about, buildContract, buildProvider } from './build-contract.ts'

/** What somebody did, and the code that is found. Each stands beside the sound thing that it was made from. */
export interface ContractCase {
  readonly code: string
  readonly name: string
  readonly findings: () => readonly Finding[]
}

type Expects = NonNullable<RepoContractDocument['expects']>

const expecting = (expects: Expects): RepoContract => buildContract('shop', { expects })
const matched = (expects: Expects) => matchContracts([expecting(expects), buildProvider()]).findings

const example = { request: { path: '/status/a' }, response: { status: 200, body: { ok: true, ports: [1] } } }
const consumer = expecting({ endpoints: { status: { about, from: 'haus', examples: [example] } } })

const unfit: readonly (readonly [string, NonNullable<(typeof example.response & { matching?: object })['matching']>])[] = [
  ['a rule for a key that the example does not have', { '$.prots': { match: 'integer' } }],
  ['a pattern that is no regular expression', { '$.ok': { match: 'pattern', pattern: '(' } }],
  ['a rule that the example itself does not pass', { '$.ok': { match: 'one-of', values: [false] } }],
]

const broken: readonly (readonly [string, Expects])[] = [
  ['a newer version than there is', { commands: { 'sanctumctl doctor': { about, from: 'haus', at_least: '1.3.0' } } }],
  ['a package outside of its range', { packages: { '@haus/contracts': { about, from: 'haus', range: '^0.9.0' } } }],
  ['another port', { ports: { api: { about, from: 'haus', port: 2188 } } }],
  ['another protocol', { ports: { api: { about, from: 'haus', protocol: 'udp' } } }],
  ['a file in another form', { files: { manifests: { about, from: 'haus', format: 'toml' } } }],
  ['another path', { endpoints: { status: { about, from: 'haus', examples: [{ ...example, request: { path: '/state/a' } }] } } }],
  [
    'another method',
    { endpoints: { status: { about, from: 'haus', examples: [{ ...example, request: { ...example.request, method: 'POST' } }] } } },
  ],
]

export const contractCases: readonly ContractCase[] = [
  {
    code: 'CONTRACT_REPOSITORY_TWICE',
    name: 'a second contract calls itself haus',
    findings: () => matchContracts([buildProvider(), buildContract('haus')]).findings,
  },
  {
    code: 'CONTRACT_OWNER_UNKNOWN',
    name: 'a command is owned by keper',
    findings: () => lintContract(buildProvider({ commands: { 'sanctumctl doctor': { about, owner: 'keper' } } })),
  },
  {
    code: 'CONTRACT_OWNER_UNKNOWN',
    name: 'the owner of the repository is not among its owners',
    findings: () => lintContract(buildContract('shop', { owner: 'nobody', provides: { commands: { buy: { about }, sell: { about } } } })),
  },
  {
    code: 'CONTRACT_SERVICE_UNKNOWN',
    name: 'a port belongs to a service that is not provided',
    findings: () => lintContract(buildProvider({ ports: { api: { about, port: 2187, service: 'watchdg' } } })),
  },
  {
    code: 'CONTRACT_SERVICE_UNKNOWN',
    name: 'an endpoint belongs to a service that is not provided',
    findings: () => lintContract(buildProvider({ endpoints: { status: { about, service: 'router', path: '/status' } } })),
  },
  ...['/opt/haus/services', '~/services'].map((path) => ({
    code: 'CONTRACT_PATH_LITERAL',
    name: `a file is provided at ${path}`,
    findings: () => lintContract(buildProvider({ files: { manifests: { about, path } } })),
  })),
  {
    code: 'CONTRACT_RANGE_INVALID',
    name: 'a package is expected in the range latest-ish',
    findings: () => lintContract(expecting({ packages: { '@haus/contracts': { about, from: 'haus', range: 'latest-ish' } } })),
  },
  ...unfit.map(([name, matching]) => ({
    code: 'CONTRACT_EXAMPLE_UNFIT',
    name,
    findings: () =>
      lintContract(
        expecting({
          endpoints: { status: { about, from: 'haus', examples: [{ ...example, response: { ...example.response, matching } as never }] } },
        }),
      ),
  })),
  {
    code: 'CONTRACT_PROVIDED_TWICE',
    name: 'two repositories provide one command',
    findings: () =>
      matchContracts([buildProvider(), buildContract('shop', { provides: { commands: { 'sanctumctl doctor': { about } } } })]).findings,
  },
  {
    code: 'CONTRACT_PROVIDED_TWICE',
    name: 'two repositories claim one port under different names',
    findings: () =>
      matchContracts([buildProvider(), buildContract('shop', { provides: { ports: { till: { about, port: 2187 } } } })]).findings,
  },
  {
    code: 'CONTRACT_PROVIDER_ABSENT',
    name: 'the name of the other repository is misspelt',
    findings: () => matched({ services: { watchdog: { about, from: 'hause' } } }),
  },
  {
    code: 'CONTRACT_EXPECTATION_MISSING',
    name: 'a command is expected that is not provided',
    findings: () => matched({ commands: { 'sanctumctl docter': { about, from: 'haus' } } }),
  },
  ...broken.map(([name, expects]) => ({ code: 'CONTRACT_EXPECTATION_BROKEN', name, findings: () => matched(expects) })),
  {
    code: 'CONTRACT_SHAPE_BROKEN',
    name: 'a key of the answer became text',
    findings: () => replay({ kind: 'answered', status: 200, contentType: 'application/json', body: '{"ok":"yes","ports":[1]}' }),
  },
  {
    code: 'CONTRACT_SHAPE_BROKEN',
    name: 'the answer is a page and no document',
    findings: () => replay({ kind: 'answered', status: 200, contentType: 'text/html', body: '<p>' }),
  },
  {
    code: 'CONTRACT_SHAPE_BROKEN',
    name: 'another status',
    findings: () => replay({ kind: 'answered', status: 503, contentType: 'application/json', body: '{"ok":true,"ports":[1]}' }),
  },
  {
    code: 'CONTRACT_PROVIDER_SILENT',
    name: 'nobody listens',
    findings: () => replay({ kind: 'silent', why: 'connect ECONNREFUSED' }),
  },
  {
    code: 'CONTRACT_NOT_VERIFIED',
    name: 'a consumer has no record',
    findings: () =>
      judgeUpgrade({ provider: buildProvider(), consumers: [consumer], records: [], sources: { status: 'a' }, digest: (text) => text })
        .findings,
  },
]

function replay(answer: Parameters<typeof toReplayFindings>[2]['answer']): readonly Finding[] {
  const [expectation] = listExpectations(consumer)
  if (expectation === undefined) throw new Error('the consumer expects nothing')
  return toReplayFindings(consumer, expectation, { index: 0, provision: { owner: 'keeper' }, answer })
}
