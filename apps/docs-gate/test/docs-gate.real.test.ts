import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { docsReport, envelope, type Finding } from '@sanctum/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installOutside } from '../../../tools/install-outside.ts'
import { runGate } from '../src/run-gate.ts'
import { checkout, createPlantedPorts, sanctumctl } from './support/planted-ports.ts'

const execute = promisify(execFile)
let home = ''
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sanctum-docs-gate-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

interface Run {
  readonly code: number | null
  readonly stdout: string
}

function runCli(...words: readonly string[]): Promise<Run> {
  return new Promise((resolve) => {
    const environment = { PATH: process.env['PATH'], HOME: home, SANCTUM_HOME: join(home, '.sanctum') }
    const child = execFile(
      process.execPath,
      [sanctumctl, ...words],
      { cwd: home, env: environment, maxBuffer: 64 << 20 },
      (_error, stdout) => {
        resolve({ code: child.exitCode, stdout })
      },
    )
  })
}

const options = { changed: null, buildOnly: false, running: false, receipt: null }
const head = '---\ntitle: A page\ndescription: What it is about.\n---\n\n'
const example = (script: string, output: string, info = 'sh run') =>
  `\`\`\`${info}\n${script}\n\`\`\`\n\n\`\`\`text output\n${output}\n\`\`\`\n\n`
const places = (findings: readonly Finding[]) =>
  findings.map(({ code, at, message }) => `${at?.file.split('/').at(-1)}:${at?.line} ${code} ${message}`)

test('the documentation of this checkout says what the code does, and its examples do what they show', { timeout: 300_000 }, async () => {
  const { code, stdout } = await runCli('docs', 'check', '--json')
  const data = docsReport.parse(envelope.parse(JSON.parse(stdout)).data)
  expect(places(data.findings.filter(({ severity }) => severity === 'error'))).toEqual([])
  expect(code).toBe(0)
  expect(data.blocks.run).toBeGreaterThanOrEqual(20)
  expect(['built', 'kept']).toContain(data.build.outcome)

  // The second time its receipt answers, which only holds for the same inputs.
  const receipt = join(home, '.sanctum/state/receipts/docs.json')
  const again = JSON.parse((await runCli('docs', 'check', '--build-only', '--json')).stdout)
  expect(again.data.build).toMatchObject({ outcome: 'receipt', digest: data.build.digest })
  const recall = async () => {
    const { code, stdout } = await runCli('docs', 'check', '--recall', '--json')
    return [code, JSON.parse(stdout).data.recall.state]
  }
  expect(await recall()).toEqual([0, 'green'])
  writeFileSync(receipt, readFileSync(receipt, 'utf8').replace(data.build.digest as string, 'f'.repeat(64)))
  const before = readFileSync(receipt, 'utf8')
  expect(await recall()).toEqual([75, 'stale'])
  expect(readFileSync(receipt, 'utf8')).toBe(before)
  expect(JSON.parse((await runCli('docs', 'check', '--build-only', '--json')).stdout).data.build).toMatchObject({ outcome: 'kept' })
})

test('examples are run in order in a home of their page, and what differs is told with its line', async () => {
  const pages = {
    'docs/src/content/docs/true.md': [
      head,
      example('sanctumctl catalog check', '✓ ~/sanctum/catalogs/starter: … services, 1 node, nothing to report'),
      example('./tools/sanctumctl up --dry-run --set services.dashboard.prot=1', '…\n…dashboard.prot…\n…', 'sh run exit=65'),
      example('echo kept > here.txt', ''),
      example('false | cat', '', 'sh run exit=1'),
      example('cat here.txt; echo said >&2; pwd', 'kept\nsaid\n/home/neo/sanctum'),
    ].join(''),
    'docs/src/content/docs/lie.md': [
      head,
      example('sanctumctl catalog check', 'everything is fine'),
      example('cat here.txt', 'kept'),
      example('sanctumctl explain services.dashboard.port', 'nothing of the kind', 'sh run exit=1'),
      example('printf "a\\nb\\n"', 'a'),
    ].join(''),
  }
  const { findings, blocks } = await runGate(options, createPlantedPorts(pages))
  expect(blocks).toEqual({ run: 9, pages: 2 })
  expect(places(findings.filter(({ code }) => code !== 'DOCS_KEY'))).toEqual([
    'lie.md:11 DOCS_OUTPUT this line was not printed',
    'lie.md:15 DOCS_OUTPUT the block ended with 1, not 0',
    'lie.md:23 DOCS_OUTPUT the block ended with 0, not 1',
    'lie.md:36 DOCS_OUTPUT more was printed than the page shows',
  ])
  // The same line that the example is to be refused for is a key that no schema has, and the page is told so as well.
  expect(places(findings.filter(({ code }) => code === 'DOCS_KEY'))).toEqual(['true.md:15 DOCS_KEY services.dashboard has no key prot'])
})

test('what the code of this checkout knows tells what is true of it from what only looks so', async () => {
  const commands = (await createPlantedPorts({}).facts()).commands.length
  const truths = [
    '`sanctumctl router drill --fault S08`, `./tools/sanctumctl test --long` and `sanctumctl -q lease open dashboard --for 1h`',
    'the `dashboard` on port 1111, the `watchdog` at `127.0.0.1:2187`',
    `${commands} commands`,
    '`packages/contracts/src/finding.ts`, `~/.sanctum/state/soak.db`, `SANCTUM_HOME/generations/<n>/haus.json`',
    '`PORT_HELD`, `DISK_FULL`, `SANCTUM_HOME`, `XDG_RUNTIME_DIR`, exit 65',
    '`services.dashboard.enabled`, `settings.escalation_command`, `sanctum_watchdog_ok`, `last_cycle_age_s`',
    '10.10.10.10',
  ]
  const lies = [
    ['DOCS_COMMAND', '`sanctumctl router drills`'],
    ['DOCS_FLAG', '`sanctumctl router drill --faults S08`'],
    ['DOCS_PORT', 'the `dashboard` on port 1112'],
    ['DOCS_COUNT', `${commands + 1} commands`],
    ['DOCS_PATH', '`packages/contract/src`'],
    ['DOCS_PATH', '`~/.sanctum/state/soak.sqlite`'],
    ['DOCS_CODE', '`PORT_IS_HELD`'],
    ['DOCS_CODE', 'exit 66'],
    ['DOCS_KEY', '`services.dashboard.enable`'],
    ['DOCS_KEY', '`last_cycle_age_ms`'],
    ['DOCS_LEAK', ['192', '168', '77', '10'].join('.')],
  ] as const
  const page = [head.trimEnd(), ...truths.map((text) => `- ${text}`), ...lies.map(([, text]) => `- ${text}`), ''].join('\n')
  const { findings } = await runGate(options, createPlantedPorts({ 'docs/src/content/docs/x.md': page }))
  const first = head.trimEnd().split('\n').length + truths.length + 1
  const expected = lies.map(([code], index) => `${first + index} ${code}`)
  // A port that no service has is wrong in itself, and beside its service.
  expect([...new Set(findings.map(({ at, code }) => `${at?.line} ${code}`))]).toEqual(expected)
})

test('what the pages claim is held against a haus that runs', async () => {
  const audit = join(checkout, 'apps/docs-gate/test/support/audit-planted-pages.ts')
  const { stdout } = await runCli('-q', 'disposable', '--up', '--', process.execPath, '--conditions=@sanctum/source', audit)
  const report = docsReport.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''))
  expect(report.running).toMatchObject({ claims: 13 })
  expect(report.findings.map(({ code, at, message }) => [code, at?.file, at?.line, message.replace(/\d+/g, 'N')])).toEqual([
    ['DOCS_RUNNING', 'docs/lie.md', 3, 'watchdog runs here under the label com.sanctum.watchdog, not com.sanctum.dog'],
    ['DOCS_RUNNING', 'docs/lie.md', 3, 'watchdog runs here with port N, not N'],
    ['DOCS_RUNNING', 'docs/lie.md', 4, 'dashboard runs here with port N, not N'],
    ['DOCS_RUNNING', 'docs/lie.md', 6, 'starter runs here with N services, not N'],
    ['DOCS_RUNNING', 'docs/lie.md', 8, 'watchdog runs here under the label com.sanctum.watchdog, not com.sanctum.dog'],
    ['DOCS_RUNNING', 'docs/lie.md', 8, 'dashboard runs here with port N, not N'],
  ])
})

test('without a haus the audit could not be made, which is no clean answer', async () => {
  expect((await runCli('docs', 'check', '--running')).code).toBe(69)
})

describe('since a revision', () => {
  test.each([
    ['HEAD', true],
    ['no-such-revision', false],
    ['--output=stolen', false],
  ])('%s', async (revision, isKnown) => {
    const changed = await createPlantedPorts({}).changedSince(revision)
    expect(changed !== null).toBe(isKnown)
    expect(existsSync(join(checkout, 'stolen'))).toBe(false)
  })
})

test.concurrent.each(['SIGINT', 'SIGHUP'] as const)('asked to end by %s, it ends, and takes the homes along', async (signal) => {
  const rooms = join(home, signal)
  mkdirSync(rooms)
  const made = watch(rooms)
  const isMade = new Promise<void>((resolve) => made.on('change', (_kind, name) => String(name).startsWith('sanctum-docs-') && resolve()))
  const gate = join(checkout, 'apps/docs-gate/src/main.ts')
  const words = signal === 'SIGINT' ? [sanctumctl, 'docs', 'check'] : ['--conditions=@sanctum/source', gate]
  const child = spawn(process.execPath, words, { cwd: home, env: { PATH: process.env['PATH'], HOME: home, TMPDIR: rooms } })
  const ended = once(child, 'exit')
  // A gate that ends before it makes a home is told from one that hangs.
  await Promise.race([isMade, ended])
  made.close()
  child.kill(signal)
  expect(await ended).toEqual([130, null])
  // What Node has compiled stays for whoever starts next.
  expect(readdirSync(rooms).filter((name) => name !== 'node-compile-cache')).toEqual([])
})

test('a site that cannot be built is red, and says what the build said', async () => {
  // Without them here they would be installed through the link, for a folder that goes away.
  installOutside(join(checkout, 'docs'))
  const root = join(home, 'broken')
  mkdirSync(root)
  cpSync(join(checkout, 'docs'), join(root, 'docs'), {
    recursive: true,
    filter: (path) => !/docs\/(?:node_modules|\.state|\.astro|dist)(?:\/|$)/.test(path),
  })
  symlinkSync(join(checkout, 'docs/node_modules'), join(root, 'docs/node_modules'))
  writeFileSync(join(root, 'docs/src/content/docs/broken.md'), '---\ndescription: No title.\n---\n\ntext\n')
  execFileSync('git', ['init', '-q'], { cwd: root })
  const printed = await execute(process.execPath, [join(checkout, 'tools/docs-site/print-site.ts'), root], { encoding: 'utf8' })
  expect(JSON.parse(printed.stdout)).toMatchObject({ kind: 'failed', said: expect.stringContaining('title') })
})
