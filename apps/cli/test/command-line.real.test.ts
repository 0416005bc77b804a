import { existsSync } from 'node:fs'
import { cp, lstat, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { envelope, exitCodes } from '@sanctum/contracts'
import { openLock } from '@sanctum/journal/node'
import { freePorts } from '@sanctum/testkit/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contractEntries } from './support/contract-entries.ts'
import { type Started, type StartOptions, startProgram } from './support/start-program.ts'
import { createTestHaus, type Run, readEnvelope, repository, type TestHaus } from './support/test-haus.ts'
import { waitUntil } from './support/wait-until.ts'

const starter = join(repository, 'catalogs/starter')
const codes = Object.fromEntries(Object.entries(exitCodes).map(([name, { code }]) => [name, code])) as Record<string, number>

let scratch = ''
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sanctum-words-'))
  await mkdir(join(scratch, 'empty'))
  await mkdir(join(scratch, 'full'))
  await writeFile(join(scratch, 'full/file'), 'x')
  await writeFile(join(scratch, 'broken.json'), 'x')
  await copyStarter('typo', (text) => text.replace('kind: daemon', 'knid: daemon'))
  await copyStarter('unclosed', () => 'services: [\n')
  await copyStarter('more', (text) => text.replace(/^services:\n/m, `services:\n${ticker}`))
})
afterAll(() => rm(scratch, { recursive: true, force: true }))

describe('a haus that runs', () => {
  let haus: TestHaus
  beforeAll(async () => {
    haus = await createTestHaus()
    await expectCode(haus.run('up'), 'ok')
    const [port] = await freePorts(1)
    await expectCode(haus.run('up', '--set', `services.dashboard.port=${port}`), 'ok')
    // What runs is judged by the generation that holds, whatever the catalog says meanwhile.
    const status = await haus.run('status')
    expect([status.code, status.stdout]).toEqual([0, expect.stringContaining(String(port))])
    await expectCode(haus.run('up'), 'ok')
  })
  afterAll(() => haus.dispose())

  test.each(Object.entries(contractEntries))(
    '%s: plain with closed stdin, as JSON, on 40 columns, and its help',
    async (command, { args = [], exit }) => {
      const line = [...command.split(' '), ...args]
      const start = (extra: readonly string[], options: Partial<StartOptions> = {}) =>
        startProgram([...line, ...extra], { ...options, env: { ...haus.env, ...options.env } }).ended
      const [plain, json, narrow, help] = await Promise.all([
        start([], { closesStdin: true }),
        start(['--json']),
        start([], { env: { COLUMNS: '40', NO_COLOR: '1' } }),
        startProgram([...command.split(' '), '--help'], { env: haus.env }).ended,
      ])
      expect([plain.code, json.code, narrow.code, help.code]).toEqual([codes[exit], codes[exit], codes[exit], 0])
      for (const run of [plain, narrow, help]) expectForPeople(run)
      // A wrong command line has no answer, and neither has a question to somebody who is not there; what is wrong is talk. What a
      // disposable haus prints is what its command prints, and sleep prints nothing.
      const hasNoAnswer = exit === 'usage' || exit === 'unavailable' || command === 'disposable'
      expect([plain.stdout === '', json.stderr]).toEqual([hasNoAnswer, ''])
      expect(readEnvelope(json)).toMatchObject({ schema_version: 1, command, ok: codes[exit] === 0 })
      expect(help.stdout).toContain('Examples:')
      expect(Math.max(...help.stdout.split('\n').map((each) => each.length))).toBeLessThanOrEqual(100)
    },
  )

  test('a table on 40 columns has each cell on a line of its own', async () => {
    const { stdout } = await haus.runWith({ env: { COLUMNS: '40' } }, 'status')
    expect(stdout).toMatch(/^dashboard\n {2}health +healthy\n {2}state +running$/m)
  })

  test('--dry-run of every command that writes leaves every file and every time as it was', async () => {
    const before = await snapshot(haus.sanctumHome)
    const [port] = await freePorts(1)
    const lines = [
      ['up', '--set', `services.dashboard.port=${port}`],
      ['down'],
      ['restart', 'dashboard'],
      ['render', '--set', `services.dashboard.port=${port}`],
      ['rollback', '1'],
      ['bootstrap', '--write', '--force', '--catalog', join(scratch, 'more')],
    ]
    for (const line of lines) await expectCode(haus.run(...line, '--dry-run'), 'pending')
    expect(await snapshot(haus.sanctumHome)).toEqual(before)
  })

  test('a second writer is told who is at work', async () => {
    const lock = await openLock({ path: join(haus.sanctumHome, 'state/lock.db') }).acquire()
    if (lock.kind !== 'held') throw new Error('nobody else should be at work here')
    try {
      const [up, doctor] = await Promise.all([haus.run('up', '--json'), haus.run('doctor', '--check', 'lock')])
      expect([up.code, readEnvelope(up).errors[0]?.code, readEnvelope(up).errors[0]?.message]).toEqual([
        codes['locked'],
        'LOCKED',
        expect.stringContaining(`pid ${process.pid}`),
      ])
      expect(doctor.stdout).toContain('LOCK_HELD')
    } finally {
      lock.release()
    }
  })

  test('a followed log ends on Ctrl+C, one JSON value a line, the last one the answer', async () => {
    const following = startProgram(['logs', 'watchdog', '-f', '--json'], { env: haus.env, timeoutMs: 60_000 })
    await waitUntil(() => following.stdout().includes('\n'))
    following.child.kill('SIGINT')
    const { code, stdout, stderr } = await following.ended
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect([code, stderr]).toEqual([codes['interrupted'], ''])
    expect(lines[0]).toEqual({ line: expect.any(String) })
    expect(envelope.parse(lines.at(-1))).toMatchObject({ command: 'logs', ok: true, data: { service: 'watchdog' } })
  })

  test('a reader who leaves is no trouble, a disk that takes no answer is', async () => {
    const left = startProgram(['catalog', 'schema', 'catalog'], { env: haus.env })
    left.child.stdout?.destroy()
    const { code, stderr } = await left.ended
    expect([code, stderr]).toEqual([0, ''])
    const full = await open('/dev/full', 'w')
    const refused = await startProgram(['status'], { env: haus.env, stdout: full.fd }).ended
    await full.close()
    expect([refused.code, refused.stderr]).toEqual([codes['cannotWrite'], expect.stringContaining('ENOSPC')])
    expectForPeople(refused)
  })

  test('a file edited by hand stays, is named, and --force keeps a copy of it', async () => {
    const file = join(haus.sanctumHome, '.instance.json')
    const text = await readFile(file, 'utf8')
    await writeFile(file, '{"mine": true}')
    const check = await haus.run('render', '--check')
    expect([check.code, check.stdout]).toEqual([codes['pending'], expect.stringContaining('EDITED_FILE')])
    expect(check.stdout).toContain('-{"mine": true}')
    const kept = await haus.run('render')
    expect([kept.code, kept.stdout]).toEqual([0, expect.stringContaining('nothing was written')])
    expect(await readFile(file, 'utf8')).toBe('{"mine": true}')
    // Without a terminal nobody could say yes.
    await expectCode(haus.run('render', '--force'), 'usage')
    await expectCode(haus.run('render', '--force', '--yes'), 'ok')
    expect(await readFile(file, 'utf8')).toBe(text)
    expect(await textsBelow(join(haus.sanctumHome, 'backups'))).toContain('{"mine": true}')
  })

  test('what another catalog adds is started, and stopped and removed when the haus goes back', async () => {
    await expectCode(haus.run('up', '--catalog', join(scratch, 'more')), 'ok')
    const { services } = readEnvelope(await haus.run('status', '--json')).data['status'] as { services: { id: string; pid: number }[] }
    const pid = services.find(({ id }) => id === 'ticker')?.pid
    expect(pid).toEqual(expect.any(Number))
    await expectCode(haus.run('up', '--catalog', starter), 'ok')
    await waitUntil(() => !existsSync(`/proc/${pid}`))
    expect(await readdir(join(haus.sanctumHome, 'current/surfaces/embedded'))).not.toContain('ticker.json')
    await expectCode(haus.run('doctor', '--quick'), 'ok')
  })

  test('down twice, and a haus that is down restarts nothing alone', async () => {
    await expectCode(haus.run('down'), 'ok')
    const again = await haus.run('down')
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('nothing was running')])
    const restart = await haus.run('restart', 'dashboard')
    expect([restart.code, restart.stderr]).toEqual([codes['problems'], expect.stringContaining('sanctumctl up')])
    const status = await haus.run('status')
    expect([status.code, status.stdout]).toEqual([codes['problems'], expect.stringContaining('nothing runs; run sanctumctl up')])
  })
})

describe('a bare home', () => {
  let haus: TestHaus
  beforeAll(async () => {
    haus = await createTestHaus()
  })
  afterAll(() => rm(haus.home, { recursive: true, force: true }))

  /** What is typed, the exit, and what the person or the agent is told. `{s}` is the scratch folder. */
  const situations: readonly (readonly [string, keyof typeof exitCodes, string, Readonly<Record<string, string>>?])[] = [
    ['upp', 'usage', 'Did you mean up?'],
    ['facts', 'usage', 'Did you mean host facts?'],
    ['catalog', 'usage', 'It has check, render, graph, schema'],
    ['catalog chek', 'usage', 'Did you mean check?'],
    ['up --cataloog x', 'usage', 'Did you mean --catalog?'],
    ['up --catalog', 'usage', 'argument missing'],
    ['restart', 'usage', 'restart needs <id>: the service'],
    ['restart a b', 'usage', 'too many arguments'],
    ['restart dashbord', 'usage', 'Did you mean dashboard?'],
    ['restart ollama', 'usage', 'does not run on this machine'],
    ['restart dashboard', 'problems', 'sanctumctl up'],
    ['logs dashboard -n x', 'usage', 'is no number of lines'],
    ['generations diff 1', 'usage', 'generations diff needs <b>'],
    ['generations diff 1 2', 'usage', 'there is no generation 1'],
    ['rollback', 'problems', 'NOT_BOOTSTRAPPED'],
    ['rollback 7 --dry-run', 'problems', 'sanctumctl up'],
    ['rollback abc', 'usage', 'abc is no number of a generation'],
    ['explain PORT_HELDD', 'usage', 'Did you mean PORT_HELD?'],
    ['explain services.dashbord.port', 'usage', 'Did you mean services.dashboard.port?'],
    ['explain qwen --port 1', 'usage', 'sanctumctl router status'],
    ['explain dashboard --port 1', 'usage', 'Did you mean services.dashboard?'],
    ['doctor --check prts', 'usage', 'Did you mean ports?'],
    ['doctor --quick', 'problems', 'NOT_BOOTSTRAPPED'],
    ['status', 'problems', 'nothing is set up yet; run sanctumctl up'],
    ['render --target bogus --check', 'usage', 'there is no target bogus'],
    ['render --out {s}/full', 'usage', 'is not empty'],
    ['render --facts catalogs/facts/linux-embedded.json', 'usage', '--out DIR'],
    ['up --facts catalogs/facts/linux-embedded.json', 'usage', 'describes another machine'],
    ['host profile --facts {s}/broken.json', 'invalid', 'is no JSON'],
    ['host audit {s}/nowhere', 'usage', 'there is no folder'],
    ['catalog graph --format png', 'usage', 'mermaid, dot, json'],
    ['catalog schema cat', 'usage', 'Use one of'],
    ['catalog check --catalog {s}/nowhere', 'usage', 'which --catalog names'],
    ['catalog check --catalog README.md', 'usage', 'which --catalog names'],
    ['catalog check --catalog {s}/empty', 'invalid', 'MISSING_FILE'],
    ['up --catalog {s}/typo', 'invalid', 'Did you mean kind?'],
    ['up --catalog {s}/unclosed', 'invalid', 'catalog.yaml:2:1'],
    ['render --set services.dashboard.port=x', 'invalid', 'which is not a number'],
    ['render --set services.dashboard', 'usage', 'has no value'],
    ['host profile --node foo', 'usage', 'the catalog has local'],
    ['up --node locl --dry-run', 'usage', 'Did you mean local?'],
    ['up --dry-run', 'hostConfig', 'NODE_NOT_IN_CATALOG', { SANCTUM_NODE: 'foo' }],
    ['status', 'hostConfig', 'Did you mean dashboard?', { SANCTUM_SET__services__dashbord__port: '1112' }],
    ['status', 'hostConfig', 'nothing reads the variable SANCTUM_FOO', { SANCTUM_FOO: '1' }],
    ['status', 'hostConfig', 'is not a folder', { HOME: '{s}/broken.json' }],
    ['up', 'hostConfig', 'does not start with /', { HOME: 'relative' }],
    ['up', 'hostConfig', 'instance.yaml:2:3', { SANCTUM_HOME: '{s}/mistyped' }],
  ]

  beforeAll(async () => {
    await mkdir(join(scratch, 'mistyped'))
    await writeFile(join(scratch, 'mistyped/instance.yaml'), 'services:\n  dashbord: { port: 1112 }\n')
  })

  test.each(situations.map(([typed, exit, told, extra = {}]) => ({ typed, exit, told, extra })))(
    '$typed: $exit',
    async ({ typed, exit, told, extra }) => {
      const fill = (text: string) => text.replace('{s}', scratch)
      const env = { ...haus.env, ...Object.fromEntries(Object.entries(extra).map(([name, value]) => [name, fill(value)])) }
      const args = typed.split(' ').map(fill)
      const [plain, json] = await Promise.all([
        startProgram(args, { env }).ended,
        // Options of every command go anywhere.
        startProgram(['--json', ...args], { env }).ended,
      ])
      expect([plain.code, json.code, json.stderr]).toEqual([codes[exit], codes[exit], ''])
      expectForPeople(plain)
      expect(`${plain.stdout}${plain.stderr}`).toContain(told)
      const document = readEnvelope(json)
      expect([document.ok, document.errors.length > 0 || document.data['status'] !== undefined]).toEqual([false, true])
      expect(await readdir(haus.home)).toEqual([])
    },
  )

  test.each(['up', 'render', 'bootstrap --write', 'bootstrap', 'render --check'])('%s --dry-run writes nothing', async (typed) => {
    await expectCode(haus.run(...typed.split(' '), '--dry-run'), 'pending')
    expect(await readdir(haus.home)).toEqual([])
  })

  test('down, logs of nothing and a home that nobody named are no trouble', async () => {
    const logs = await haus.run('logs', 'dashboard')
    expect([logs.code, logs.stdout, logs.stderr]).toEqual([0, '', expect.stringContaining('has written nothing yet')])
    await expectCode(haus.run('down'), 'ok')
    await expectCode(haus.runWith({ env: { HOME: undefined } }, 'catalog', 'check', '--catalog', starter), 'ok')
    expect(await readdir(haus.home)).toEqual([])
  })

  test('colour goes to those who want it', async () => {
    const color = async (env: Record<string, string>, ...args: string[]) =>
      (await haus.runWith({ env }, 'upp', ...args)).stderr.includes('\u001b[')
    expect(
      await Promise.all([color({}), color({ FORCE_COLOR: '1' }), color({ FORCE_COLOR: '1' }, '--no-color'), color({ NO_COLOR: '1' })]),
    ).toEqual([false, true, false, false])
  })

  test('the files of another machine go into a folder of their own', async () => {
    const out = join(scratch, 'elsewhere')
    const facts = ['--facts', join(repository, 'catalogs/facts/mac-hub.json'), '--catalog', join(repository, 'catalogs/manoir')]
    await expectCode(haus.run('render', ...facts, '--out', out), 'ok')
    expect(await readdir(out)).toContain('launchd')
    expect(await readdir(haus.home)).toEqual([])
  })
})

describe('an up that is cut off', { concurrent: true }, () => {
  // It cannot end by itself: the dashboard has no such page.
  const endless = ['up', '--set', 'services.dashboard.health.readiness.path=/no-such-page']

  const moments: readonly (readonly [string, NodeJS.Signals, number | null, (started: Started, haus: TestHaus) => boolean])[] = [
    [
      'as soon as it holds the lock',
      'SIGINT',
      exitCodes.interrupted.code,
      (_, haus) => existsSync(join(haus.sanctumHome, 'state/lock.db')),
    ],
    ['once the generation is in place', 'SIGKILL', null, (_, haus) => existsSync(join(haus.sanctumHome, 'current'))],
    ['while services start', 'SIGTERM', exitCodes.terminated.code, ({ stderr }) => stderr().includes('watchdog is ready')],
  ]

  test.for(moments)('%s by %s: it ends soon, and the next run finishes without a person', async (moment, { onTestFinished }) => {
    const [, signal, code, isNow] = moment
    const haus = await createTestHaus()
    onTestFinished(() => haus.dispose())
    const cut = startProgram(endless, { env: haus.env, timeoutMs: 60_000 })
    await waitUntil(() => isNow(cut, haus))
    const asked = performance.now()
    cut.child.kill(signal)
    const run = await cut.ended
    expect(run.code).toBe(code)
    expect(performance.now() - asked).toBeLessThan(10_000)
    expectForPeople(run)
    await expectCode(haus.run('up'), 'ok')
    await expectCode(haus.run('doctor', '--quick'), 'ok')
    const names = await readdir(haus.sanctumHome, { recursive: true })
    expect(names.filter((name) => /sanctum-new|staging/.test(name))).toEqual([])
  })
})

const ticker = `  ticker:
    title: Ticker
    kind: daemon
    tier: ops
    run: { command: [/bin/sh, -c, 'while :; do sleep 1; done'], cwd: '\${host.sanctum_home}' }
    health:
      liveness: { type: process }
`

async function copyStarter(name: string, change: (catalog: string) => string): Promise<void> {
  const folder = join(scratch, name)
  await cp(starter, folder, { recursive: true, filter: (path) => !path.endsWith('/services') })
  const file = join(folder, 'catalog.yaml')
  await writeFile(file, change(await readFile(file, 'utf8')))
}

async function expectCode(running: Promise<Run>, exit: keyof typeof exitCodes): Promise<void> {
  const { code, stdout, stderr } = await running
  expect([code, code === codes[exit] ? '' : `${stdout}${stderr}`]).toEqual([codes[exit], ''])
}

/** No stack, no bug, no half-printed value. */
function expectForPeople({ stdout, stderr }: Run): void {
  expect(`${stdout}${stderr}`).not.toMatch(/^ {4}at |bug of Sanctum|\[object Object\]|\bundefined\b|\bNaN\b/m)
}

/** Name, size and time of everything, apart from what the roles write while they run. */
async function snapshot(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/(logs|state)(\/|$)/.test(path.slice(root.length)))
  const stats = await Promise.all(paths.map(async (path) => [path, await lstat(path)] as const))
  return Object.fromEntries(stats.map(([path, { size, mtimeMs, ino }]) => [path, `${size} ${mtimeMs} ${ino}`]))
}

async function textsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')))
}
