import { expect, test } from 'vitest'
import { factsOfTests } from '../test/facts-of-tests.ts'
import type { Ports, SiteBuild } from './ports.ts'
import { recallBuild } from './recall-build.ts'
import { runGate, UnknownRevision } from './run-gate.ts'

const page = '---\ntitle: A\ndescription: B\n---\n\n# A\n'
const all = { changed: null, buildOnly: false, running: false, receipt: '/home/neo/.sanctum/state/receipts/docs.json' }

interface World {
  readonly pages?: Readonly<Record<string, string>>
  readonly build?: SiteBuild
  readonly changed?: readonly string[] | null
  readonly receipt?: string | null
  readonly digest?: string
}

function createWorld({ pages = {}, build, changed = null, receipt = null, digest = 'd1' }: World = {}) {
  const files: Record<string, string> = { 'docs/astro.config.ts': '', 'docs/src/content/docs/index.md': page, ...pages }
  const seen = { builds: 0, kept: null as string | null }
  const ports: Ports = {
    facts: async () => ({ ...factsOfTests, files: [...factsOfTests.files, ...Object.keys(files)] }),
    readText: async (file) => files[file] ?? '',
    changedSince: async () => changed,
    digestDocs: async () => digest,
    buildSite: async () => {
      seen.builds += 1
      return build ?? { kind: 'built', digest, isKept: false, took_ms: 5 }
    },
    runDisposable: async () => ({ code: 69, said: 'no port is free' }),
    self: ['docs-gate'],
    checkout: '/haus',
    runningHaus: async () => ({ kind: 'none', why: 'nothing is up' }),
    readReceipt: async () => seen.kept ?? receipt,
    keepReceipt: async (_file, text) => {
      seen.kept = text
    },
    now: () => 1_000,
  }
  return { ports, seen }
}

const codesOf = async (options: Partial<typeof all> | { changed: string }, world: ReturnType<typeof createWorld>) =>
  (await runGate({ ...all, ...options }, world.ports)).findings.map(({ code }) => code)

test('the pages are judged, the site is built, and too few examples are told', async () => {
  const world = createWorld({ pages: { 'docs/src/content/docs/x.md': `${page}[a](/nowhere/)\n` } })
  const report = await runGate(all, world.ports)
  expect(report.findings.map(({ code, at }) => `${code} ${at?.file.split('/').at(-1)}`).toSorted()).toEqual([
    ...['README', 'first-run', 'rollback', 'troubleshooting', 'upgrade'].map((page) => `DOCS_BLOCKS_FEW ${page}.md`),
    'DOCS_LINK x.md',
  ])
  expect(report).toMatchObject({ pages: { read: 4, checked: 4 }, build: { outcome: 'built', digest: 'd1' }, unavailable: null })
})

test('a good build of the same inputs is answered from its receipt, another is built', async () => {
  const world = createWorld()
  await runGate({ ...all, buildOnly: true }, world.ports)
  expect(JSON.parse(world.seen.kept ?? '')).toMatchObject({ ok: true, digest: 'd1', begun_ms: 1_000 })
  expect(await runGate({ ...all, buildOnly: true }, world.ports)).toMatchObject({ build: { outcome: 'receipt' }, findings: [] })
  expect(world.seen.builds).toBe(1)
  const changed = createWorld({ receipt: world.seen.kept, digest: 'd2' })
  expect(await runGate({ ...all, buildOnly: true }, changed.ports)).toMatchObject({ build: { outcome: 'built', digest: 'd2' } })
})

test('a red receipt is no answer: what it went by may have been mended outside of the pages', async () => {
  const red = createWorld({ build: { kind: 'failed', digest: 'd1', said: 'no such element', took_ms: 9 } })
  const report = await runGate({ ...all, buildOnly: true }, red.ports)
  expect(report).toMatchObject({
    build: { outcome: 'failed' },
    findings: [{ code: 'DOCS_BUILD', evidence: { observed: 'no such element' } }],
  })
  const again = createWorld({ receipt: red.seen.kept })
  expect(await runGate({ ...all, buildOnly: true }, again.ports)).toMatchObject({ build: { outcome: 'built' }, findings: [] })
})

test('what is recalled is what the receipt says of these pages; nothing is built and nothing is kept', async () => {
  const recalled = async (given: World) => {
    const world = createWorld(given)
    const { recall, findings } = await recallBuild(all.receipt, world.ports)
    expect(world.seen).toEqual({ builds: 0, kept: null })
    return [recall?.state, recall?.begun_ms, ...findings.map(({ code }) => code)]
  }
  const receipt = (ok: boolean) => JSON.stringify({ schema_version: 1, command: 'docs build', ok, digest: 'd1', begun_ms: 7, took_ms: 5 })
  expect(await recalled({ receipt: receipt(true) })).toEqual(['green', 7])
  expect(await recalled({ receipt: receipt(false) })).toEqual(['red', 7, 'DOCS_BUILD'])
  expect(await recalled({ receipt: receipt(true), digest: 'd2' })).toEqual(['stale', 7])
  expect(await recalled({ receipt: receipt(false), digest: 'd2' })).toEqual(['stale', 7])
  expect(await recalled({ receipt: '{"ok": true' })).toEqual(['none', null])
  expect(await recalled({})).toEqual(['none', null])
})

test.each([
  ['half a receipt', '{"ok": true'],
  ['another form', '{"schema_version": 2, "ok": true, "digest": "d1"}'],
])('%s is none', async (_what, receipt) => {
  const world = createWorld({ receipt })
  expect(await runGate({ ...all, buildOnly: true }, world.ports)).toMatchObject({ build: { outcome: 'built' } })
})

test('packages that cannot be had are told, and leave no receipt', async () => {
  const world = createWorld({ build: { kind: 'unavailable', digest: 'd1', said: 'a\nno network' } })
  const report = await runGate({ ...all, buildOnly: true }, world.ports)
  expect(report).toMatchObject({ build: { outcome: 'unavailable' }, unavailable: 'the packages of the site cannot be had: no network' })
  expect(world.seen.kept).toBeNull()
})

test('without a home no receipt is asked and none is kept', async () => {
  const world = createWorld()
  await runGate({ ...all, buildOnly: true, receipt: null }, world.ports)
  expect(world.seen.kept).toBeNull()
})

test('only what was changed is judged; without a page among it nothing is built', async () => {
  const pages = { 'docs/src/content/docs/x.md': `${page}${'TO'}${'DO'}\n`, 'README.md': `${'TO'}${'DO'}\n` }
  expect(await codesOf({ changed: 'main' }, createWorld({ pages, changed: ['README.md'] }))).toEqual(['DOCS_PLACEHOLDER'])
  const world = createWorld({ pages, changed: ['packages/catalog/src/index.ts'] })
  expect(await runGate({ ...all, changed: 'main' }, world.ports)).toMatchObject({
    findings: [],
    pages: { checked: 4 },
    build: { outcome: 'not-asked' },
  })
  expect(world.seen.builds).toBe(0)
})

test('a revision that there is not is no clean answer', async () => {
  await expect(runGate({ ...all, changed: 'nowhere' }, createWorld({ changed: null }).ports)).rejects.toThrow(UnknownRevision)
})

test('examples whose haus cannot be made are no examples that ran', async () => {
  const pages = { 'docs/src/content/docs/x.md': `${page}\`\`\`sh run\nsanctumctl up\n\`\`\`\n\n\`\`\`text output\nup\n\`\`\`\n` }
  expect(await codesOf({}, createWorld({ pages }))).toContain('DOCS_OUTPUT')
  // What the code prints may have changed, whatever of it was touched.
  for (const changed of ['packages/catalog/src/index.ts', 'docs/sidebar.ts', 'ledgers/findings.yaml', 'sanctum.contract.yaml'])
    expect(await codesOf({ changed: 'main' }, createWorld({ pages, changed: [changed] }))).toEqual(['DOCS_OUTPUT'])
  expect(await codesOf({ changed: 'main' }, createWorld({ pages, changed: ['README.md'] }))).toEqual([])
})

test('without a haus that runs there is nothing to hold the pages against', async () => {
  const report = await runGate({ ...all, running: true }, createWorld().ports)
  expect(report).toMatchObject({ findings: [], unavailable: 'no haus runs here: nothing is up' })
})

test('a haus of which the pages say nothing was not held against them', async () => {
  const { ports } = createWorld()
  const services = [{ id: 'clock', label: null, ports: [], open: [] }]
  const report = await runGate({ ...all, running: true }, { ...ports, runningHaus: async () => ({ kind: 'running', slug: 'x', services }) })
  expect(report.unavailable).toMatch(/no page says/)
})
