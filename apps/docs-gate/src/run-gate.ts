import { type DocsReport, type Finding, sortFindings } from '@sanctum/contracts'
import { readRunnable } from './blocks/read-runnable.ts'
import { runRunnable } from './blocks/run-runnable.ts'
import { isProof, parseReceipt } from './build-receipt.ts'
import { emptyReport } from './empty-report.ts'
import type { Facts } from './facts.ts'
import type { GateOptions } from './gate-options.ts'
import { judgePages, type Scope } from './judge-pages.ts'
import type { Ports, SiteBuild } from './ports.ts'
import { isPage, readSite } from './read-site.ts'
import type { Site } from './rules/rule.ts'
import { toProblem } from './rules/to-problem.ts'
import { judgeRunning } from './running/judge-running.ts'
import { SITE_CONFIG, siteBroken } from './site-broken.ts'

/** So many runnable examples the site is to have, and each of the pages by which somebody changes or mends a haus. */
const FEWEST_BLOCKS = 20
const FEWEST_OF_PAGE = 4
const PAGES_THAT_SHOW = ['start/first-run', 'change/upgrade', 'change/rollback', 'help/troubleshooting']

/** The revision that was named does not exist. */
export class UnknownRevision extends Error {}

/** Reads every page, holds it against the code, runs its examples and builds the site. */
export async function runGate(options: GateOptions, ports: Ports): Promise<DocsReport> {
  const scope = options.changed === null ? null : await readScope(options.changed, ports)
  if (options.buildOnly) return await onlyBuild(options, ports)
  if (options.running) return await auditRunning(ports)
  const asksBuild = scope === null || [...scope.pages].some((file) => file.startsWith('docs/'))
  // The site is built from its files alone, so nobody waits for it but the end.
  const [{ facts, site, blocks }, build] = await Promise.all([
    readAndRun(scope, ports),
    asksBuild ? buildOrRecall(options, ports) : { findings: [], report: emptyReport.build, unavailable: null },
  ])
  return {
    findings: sortFindings([...judgePages(site, facts, scope), ...blocks.findings, ...build.findings]),
    pages: {
      read: site.pages.size,
      checked:
        scope === null || scope.isCodeChanged ? site.pages.size : [...site.pages.keys()].filter((file) => scope.pages.has(file)).length,
    },
    blocks: blocks.report,
    build: build.report,
    running: null,
    recall: null,
    unavailable: build.unavailable,
  }
}

async function readAndRun(scope: Scope | null, ports: Ports) {
  const facts = await ports.facts()
  const site = await readPages(facts, ports)
  return { facts, site, blocks: await runBlocks(site, scope, ports) }
}

async function readScope(revision: string, ports: Ports): Promise<Scope> {
  const changed = await ports.changedSince(revision)
  if (changed === null) throw new UnknownRevision(revision)
  return {
    pages: new Set(changed),
    isCodeChanged: changed.some((file) => !isPage(file)),
  }
}

async function readPages(facts: Facts, ports: Ports): Promise<Site> {
  const pages = await Promise.all(
    facts.files.filter(isPage).map(async (file) => ({
      file,
      source: (await ports.readText(file)) ?? '',
      isGenerated: facts.generated.some((owned) => file === owned || (owned.endsWith('/') && file.startsWith(owned))),
    })),
  )
  return readSite(pages, facts.files)
}

async function runBlocks(site: Site, scope: Scope | null, ports: Ports) {
  const pages = [...site.pages.values()].filter(({ address }) => address !== null)
  const read = pages.map((page) => ({ page, ...readRunnable(page) }))
  const inScope = read.filter(({ page }) => scope === null || scope.isCodeChanged || scope.pages.has(page.file))
  const runnable = inScope.flatMap((one) => one.runnable)
  const few = scope === null && site.files.has(SITE_CONFIG) ? judgeNumbers(read.flatMap((one) => one.runnable.map(({ file }) => file))) : []
  const findings: readonly Finding[] = [...inScope.flatMap((one) => one.findings), ...few, ...(await runRunnable(runnable, ports))]
  return { findings, report: { run: runnable.length, pages: new Set(runnable.map(({ file }) => file)).size } }
}

/** `files` holds the page of each example. */
function judgeNumbers(files: readonly string[]): readonly Finding[] {
  const pages = PAGES_THAT_SHOW.map((name) => `docs/src/content/docs/${name}.md`)
  const poor = pages.map((page) => [page, files.filter((file) => file === page).length] as const).filter(([, has]) => has < FEWEST_OF_PAGE)
  return [
    ...(files.length < FEWEST_BLOCKS ? [tooFew('docs/README.md', 'the site', files.length, FEWEST_BLOCKS)] : []),
    ...poor.map(([page, has]) => tooFew(page, 'this page', has, FEWEST_OF_PAGE)),
  ]
}

function tooFew(file: string, what: string, has: number, wanted: number): Finding {
  return toProblem('DOCS_BLOCKS_FEW', {
    at: { file, line: 1, column: 1 },
    message: `${what} has ${has} runnable examples`,
    fix: 'Mark shell blocks of the first run, the upgrade, the rollback and the troubleshooting with run.',
    expected: `at least ${wanted}`,
    observed: String(has),
  })
}

interface Built {
  readonly findings: Finding[]
  readonly report: DocsReport['build']
  readonly unavailable: string | null
}

async function onlyBuild(options: GateOptions, ports: Ports): Promise<DocsReport> {
  const { findings, report, unavailable } = await buildOrRecall(options, ports)
  return { ...emptyReport, findings, build: report, unavailable }
}

/** From its receipt where the same inputs were built before. */
async function buildOrRecall({ receipt }: GateOptions, ports: Ports): Promise<Built> {
  const digest = await ports.digestDocs()
  if (digest === null) return { findings: [], report: emptyReport.build, unavailable: null }
  const last = receipt === null ? null : parseReceipt(await ports.readReceipt(receipt))
  if (isProof(last, digest)) return { findings: [], report: { outcome: 'receipt', digest, took_ms: last.took_ms }, unavailable: null }
  const begun_ms = ports.now()
  const site = await ports.buildSite()
  if (receipt !== null && site.kind !== 'unavailable') {
    const kept = {
      schema_version: 1,
      command: 'docs build',
      ok: site.kind === 'built',
      digest: site.digest,
      begun_ms,
      took_ms: site.took_ms,
    }
    await ports.keepReceipt(receipt, `${JSON.stringify(kept, null, 2)}\n`)
  }
  return toBuilt(site)
}

function toBuilt(site: SiteBuild): Built {
  if (site.kind === 'unavailable')
    return {
      findings: [],
      report: { outcome: 'unavailable', digest: site.digest, took_ms: 0 },
      unavailable: `the packages of the site cannot be had: ${reasonOf(site.said)}`,
    }
  const { digest, took_ms } = site
  if (site.kind === 'built')
    return { findings: [], report: { outcome: site.isKept ? 'kept' : 'built', digest, took_ms }, unavailable: null }
  return { findings: [siteBroken(site.said.trim().slice(-1500))], report: { outcome: 'failed', digest, took_ms }, unavailable: null }
}

/** The line of an installer that says why; its last one where none does. */
function reasonOf(text: string): string {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => line.replace(/^[\s×│├└╰─▶]+/u, ''))
  return lines.find((line) => /^failed|not found|ENOENT/i.test(line)) ?? lines.at(-1) ?? ''
}

async function auditRunning(ports: Ports): Promise<DocsReport> {
  // Before anything is read for it.
  const haus = await ports.runningHaus()
  if (haus.kind === 'none') return { ...emptyReport, unavailable: `no haus runs here: ${haus.why}` }
  const facts = await ports.facts()
  const site = await readPages(facts, ports)
  const { findings, claims } = judgeRunning(site, facts, haus)
  if (claims === 0) return { ...emptyReport, unavailable: 'no page says a port, a label or a number of what runs here' }
  return {
    ...emptyReport,
    findings: sortFindings(findings),
    pages: { read: site.pages.size, checked: site.pages.size },
    running: { claims, services: haus.services.length },
  }
}
