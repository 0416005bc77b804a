import { contractCodes } from '@sanctum/contracts'
import {
  auditedFiles,
  contractGraph,
  draftContract,
  lintContract,
  matchContracts,
  renderContractGraph,
  renderContractPage,
} from '@sanctum/repo-contracts'
import { describe, expect, test } from 'vitest'
import { about, buildContract, buildProvider } from './build-contract.ts'
import { contractCases } from './cases.ts'

describe('planted', () => {
  test.each(contractCases)('$code: $name', ({ code, findings }) => {
    const found = findings()
    expect(found.map((each) => each.code)).toEqual([code])
  })

  test('every code is planted, here or where a machine and a folder are', () => {
    // Found by the command line, which has folders and machines; planted in its own tests.
    const elsewhere = ['CONTRACT_ABSENT', 'CONTRACT_MACHINE_LACKS']
    expect([...new Set([...contractCases.map(({ code }) => code), ...elsewhere])].sort()).toEqual(Object.keys(contractCodes).sort())
  })
})

const shop = buildContract('shop', {
  expects: {
    services: { watchdog: { about, from: 'haus' } },
    commands: { 'sanctumctl doctor': { about, from: 'haus', at_least: '1.2.0' } },
    files: { manifests: { about, from: 'haus', format: 'service-manifest' } },
    ports: { api: { about, from: 'haus', port: 2187, protocol: 'tcp' } },
    packages: { '@haus/contracts': { about, from: 'haus', range: '^0.8.0' } },
    endpoints: {
      status: { about, from: 'haus', examples: [{ request: { path: '/status/a?now=1' }, response: { status: 200, body: { ok: true } } }] },
    },
    environment: { HAUS_HOME: { about } },
    events: { 'incident-closed': { about, from: 'haus', optional: true } },
  },
})

describe('sound contracts', () => {
  test('have no finding, and every expectation has a state', () => {
    const { findings, links } = matchContracts([shop, buildProvider()])
    expect([...findings, ...lintContract(shop), ...lintContract(buildProvider())]).toEqual([])
    expect(Object.fromEntries(links.map(({ expectation, state }) => [expectation.name, state]))).toEqual({
      watchdog: 'met',
      'sanctumctl doctor': 'met',
      manifests: 'met',
      api: 'met',
      '@haus/contracts': 'met',
      status: 'met',
      HAUS_HOME: 'machine',
      'incident-closed': 'missing',
    })
  })

  test('a contract that only stands beside is asked for nothing', () => {
    const needy = buildContract('needy', { expects: { services: { gone: { about, from: 'nowhere' } } } })
    expect(matchContracts([buildProvider()], [needy]).findings).toEqual([])
    expect(matchContracts([buildProvider(), needy]).findings).toHaveLength(1)
  })
})

test('a broken expectation names the owners of both sides, and both places', () => {
  const late = buildContract('shop', {
    expects: { commands: { 'sanctumctl doctor': { about, owner: 'helper', from: 'haus', at_least: '2.0.0' } } },
  })
  const provider = buildProvider()
  const [finding] = matchContracts([
    { ...late, places: { '/expects/commands/sanctumctl doctor': { file: late.file, line: 7, column: 5 } } },
    { ...provider, places: { '/provides/commands': { file: provider.file, line: 9, column: 3 } } },
  ]).findings
  expect(finding).toMatchObject({
    message: 'shop (helper) expects the command "sanctumctl doctor" of haus (helper), but it is of version 1.2.0, and 2.0.0 is needed.',
    at: { file: 'shop/sanctum.contract.yaml', line: 7, column: 5 },
    related: [{ at: { file: 'haus/sanctum.contract.yaml', line: 9, column: 3 }, message: 'provided here; helper answers for it' }],
    evidence: { expected: 'at least 2.0.0', observed: '1.2.0' },
  })
})

describe('graph and page', () => {
  const contracts = [shop, buildProvider()]
  const { links } = matchContracts(contracts)

  test('the graph is dashed where something is not met, and says which repository was not read', () => {
    const graph = contractGraph([shop], matchContracts([shop]).links)
    expect(renderContractGraph(graph, 'mermaid')).toBe(
      'flowchart LR\n  r0["haus<br/>not read"]\n  r1["shop<br/>keeper"]\n  r1 -. 7 pieces .-> r0',
    )
    const met = contractGraph(
      contracts,
      links.filter(({ state }) => state === 'met'),
    )
    expect(renderContractGraph(met, 'dot')).toContain('"shop" -> "haus" [label="6 pieces"];')
    expect(JSON.parse(renderContractGraph(graph, 'json'))).toEqual(graph)
  })

  test('the page of a provider names who relies on what', () => {
    const page = renderContractPage(buildProvider(), links)
    expect(page).toContain('| `sanctumctl doctor` | said in a test | 1.2.0 | helper | shop |')
    expect(page).toContain('| `api` | said in a test | tcp 2187, of watchdog | keeper | shop |')
    expect(renderContractPage(shop, links)).toContain(
      '| `incident-closed` | said in a test | haus | may be missing | keeper | **missing** |',
    )
  })
})

test('a draft says what manifests say', () => {
  const shopSight = { name: '@my/shop', version: '0.3.0', description: 'Sells: things', bins: ['shop'] }
  const draft = draftContract({ name: 'My Shop!', packages: [shopSight] })
  expect(draft).toContain('repository: my-shop\nabout: "Sells: things"\nversion: 0.3.0\n')
  expect(draft).toContain('    shop: { about: "Sells: things" }\n  packages:\n    "@my/shop": { version: 0.3.0, about: "Sells: things" }\n')
})

test('a draft leaves out what no contract can say', () => {
  const odd = { name: 'Odd Name', version: '01.0', description: 'x'.repeat(500), bins: ['Shop_CLI', 'shop'] }
  const draft = draftContract({ name: 'shop', packages: [odd] })
  expect(draft).toContain('version: 0.0.0\n')
  expect(draft).toContain('    shop: {')
  expect(draft).not.toMatch(/Odd Name|Shop_CLI|x{401}/)
})

test.each<[string, readonly string[], readonly string[]]>([
  ['docs', ['docs/a.md'], []],
  ['docs/', ['docs/a.md'], []],
  ['doc', ['docs/a.md'], ['docs/a.md']],
  ['**/test', ['a/b/test/c.ts', 'test/d.ts', 'a/test.ts'], ['a/test.ts']],
  ['**/*.test.ts', ['a/b.test.ts', 'c.test.ts', 'a/b.ts'], ['a/b.ts']],
  ['src/*.md', ['src/a.md', 'src/b/a.md'], ['src/b/a.md']],
])('%s leaves out what it names', (path, names, left) => {
  expect(auditedFiles(names, [{ path }])).toEqual(left)
})
