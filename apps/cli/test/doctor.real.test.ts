import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, chmod, cp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type CheckResult, checkReceipt } from '@sanctum/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { holdPort } from './support/hold-port.ts'
import { createTestHaus, type Run, readEnvelope, repository, type TestHaus } from './support/test-haus.ts'
import { waitUntil } from './support/wait-until.ts'

let haus: TestHaus
beforeAll(async () => {
  haus = await createTestHaus()
  expect((await haus.run('up', '--json')).code).toBe(0)
})
afterAll(() => haus.dispose())

type Step = CheckResult & { readonly suite: string }
const codesOf = (run: Run) => (readEnvelope(run).data['findings'] as { code: string }[]).map(({ code }) => code)
const stepsOf = (run: Run) => readEnvelope(run).data['steps'] as Step[]
const failedOf = (run: Run) =>
  stepsOf(run)
    .filter(({ findings }) => findings.some(({ severity }) => severity === 'error'))
    .map(({ suite, id }) => `${suite} ${id}`)
const inHome = (path: string) => join(haus.sanctumHome, path)

describe('a haus that is well', () => {
  test('doctor asks everything, says when it would end, and finds no error', async () => {
    const run = await haus.run('doctor', '-v')
    expect([run.code, run.stderr]).toEqual([0, expect.stringContaining('in 15 s')])
    expect(run.stdout).toMatch(/probes +healthy: 9 probes asked of 3 services/)
    expect(run.stdout).toMatch(/healer +healthy/)
    expect(run.stdout).not.toContain('could-not-check')
  })

  test('verify proves every step, and leaves a receipt that still speaks of this machine', async () => {
    const file = join(haus.home, 'verify.xml')
    const run = await haus.run('verify', '--json', '--junit', file)
    expect([run.code, failedOf(run)]).toEqual([0, []])
    expect(stepsOf(run).filter(({ verdict, proof }) => verdict === 'healthy' && proof === undefined)).toEqual([])
    const receipt = checkReceipt.parse(JSON.parse(await readFile(inHome('state/receipts/verify.json'), 'utf8')))
    expect([receipt.ok, receipt.steps.length]).toEqual([true, stepsOf(run).length])
    expect(await readFile(file, 'utf8')).toContain('failures="0" errors="0"')
    const plan = await haus.run('verify', '--dry-run', '--json')
    expect(readEnvelope(plan).data['last']).toMatchObject({ ok: true, stale: [] })
  })
})

test('verify shows what it found also where it can write down nothing', async () => {
  await rename(inHome('state/receipts'), inHome('state/kept-receipts'))
  await writeFile(inHome('state/receipts'), '')
  const run = await haus.run('verify', '--suite', 'workspace')
  await rm(inHome('state/receipts'))
  await rename(inHome('state/kept-receipts'), inHome('state/receipts'))
  expect([run.code, run.stderr]).toEqual([73, expect.stringContaining('[4/4] workspace host-audit …')])
  expect(run.stdout.match(/^✓ workspace/gm)).toHaveLength(4)
  expect(run.stdout).toMatch(/RECEIPT_UNWRITTEN[\s\S]*state\/receipts is a link or no folder[\s\S]*no receipt could be written$/m)
})

describe('what is safe to mend is mended, and asked again', () => {
  test('a surface that is gone, a wrong mode, a pointer that leads nowhere, a pid file of nobody: shown, then done', async () => {
    await rm(inHome('current/surfaces/services/dashboard.yaml'))
    await chmod(inHome('current/surfaces/services/watchdog.yaml'), 0o600)
    await rm(inHome('confirmed'))
    await symlink('generations/77', inHome('confirmed'))
    await writeFile(inHome('state/old.pid'), '4194303\n')
    const before = await pids()
    expect(failedOf(await haus.run('verify', '--suite', 'runtime', '--json'))).toEqual(['runtime files'])
    const shown = await haus.run('doctor', '--fix', '--dry-run', '--json')
    const mended = ['DRIFT_METADATA', 'DRIFT_MISSING', 'PID_FILE_DEAD', 'POINTER_DAMAGED']
    expect(fixesOf(shown)).toEqual(mended.map((code) => `${code} planned`))
    expect(await readFile(inHome('state/old.pid'), 'utf8')).toBe('4194303\n')
    const fixed = await haus.run('doctor', '--fix', '--json')
    expect([fixed.code, fixesOf(fixed)]).toEqual([0, mended.map((code) => `${code} fixed`)])
    // What runs was not touched.
    expect(await pids()).toEqual(before)
    expect((await haus.run('verify', '--suite', 'runtime')).code).toBe(0)
    expect((await haus.run('up')).code).toBe(0)
  })

  test('a process that was left behind on the port of its own service is ended; a stranger there is not', async () => {
    const words = JSON.parse(await readFile(inHome('current/surfaces/embedded/dashboard.json'), 'utf8')) as { command: string[] }
    await haus.run('down', '--yes')
    const [program = '', ...args] = words.command
    const orphan = spawn(program, args, { detached: true, stdio: 'ignore', env: { ...process.env, HOME: haus.home } })
    const ended = once(orphan, 'exit')
    await waitUntil(async () => codesOf(await haus.run('doctor', '--check', 'ports', '--json')).includes('PORT_HELD'))
    const fixed = await haus.run('doctor', '--check', 'ports', '--fix', '--json')
    expect([fixed.code, fixesOf(fixed)]).toEqual([0, ['PORT_HELD fixed']])
    await ended
    const release = await holdPort(haus.ports.dashboard)
    try {
      const stranger = await haus.run('doctor', '--check', 'ports', '--fix', '--json')
      expect([stranger.code, codesOf(stranger), fixesOf(stranger)]).toEqual([69, ['PORT_HELD'], []])
    } finally {
      await release()
    }
    expect((await haus.run('up')).code).toBe(0)
  })
})

describe('verify names what is broken', () => {
  test('in the workspace: a path of one machine, then a catalog that nobody can read', async () => {
    const folder = join(haus.home, 'catalog')
    await cp(join(repository, 'catalogs/starter'), folder, { recursive: true })
    const verify = () => haus.run('verify', '--suite', 'workspace', '--catalog', folder, '--json')
    expect(failedOf(await verify())).toEqual([])
    await writeFile(join(folder, 'notes.md'), 'see /Users/neo/sanctum/council-router\n')
    expect(failedOf(await verify())).toEqual(['workspace host-audit'])
    await appendFile(join(folder, 'catalog.yaml'), '  broken: [\n')
    const broken = await verify()
    expect([broken.code, failedOf(broken)]).toEqual([65, ['workspace catalog']])
    expect(stepsOf(broken).filter(({ verdict }) => verdict === 'blocked')).toHaveLength(3)
  })

  test('at run time: a lease that is half a document', async () => {
    const lease = inHome('state/leases/half.json')
    await haus.run('verify', '--suite', 'runtime')
    await cp(inHome('current/surfaces/services/watchdog.yaml'), lease)
    const run = await haus.run('verify', '--suite', 'runtime', '--json')
    await rm(lease)
    expect([run.code, failedOf(run)]).toEqual([1, ['runtime healer']])
  })

  test('end to end: a dashboard that stands still is named by every step that looks at it, and is no green', async () => {
    const { dashboard } = await pids()
    process.kill(dashboard as number, 'SIGSTOP')
    try {
      const run = await haus.run('verify', '--suite', 'e2e', '--json')
      expect(run.code).toBe(1)
      expect(failedOf(run)).toEqual(['e2e dashboard', 'e2e endpoints'])
    } finally {
      process.kill(dashboard as number, 'SIGCONT')
    }
  })
})

test('a journal that nobody can read: status still shows the haus, and both say how to get a new one', async () => {
  // Nobody writes beside it then, so that what is read is what is written here.
  expect((await haus.run('down')).code).toBe(0)
  await rename(inHome('state/journal.db'), inHome('state/moved.db'))
  const quick = await haus.run('doctor', '--quick', '--check', 'journal-end', '--json')
  expect([quick.code, codesOf(quick)]).toEqual([1, ['JOURNAL_CUT']])
  const [cut] = readEnvelope(quick).data['findings'] as { fix: { command: string } }[]
  const kept = await readFile(inHome('state/journal.db-head'), 'utf8')
  expect((await haus.run('events')).stdout).toMatch(/nothing of that[\s\S]*the file is gone[\s\S]*mv .*journal.db-head/)
  for (const head of [kept, 'another end\n']) {
    await writeFile(inHome('state/journal.db-head'), head)
    execFileSync('/bin/sh', ['-c', cut?.fix.command ?? 'false'], { env: { ...process.env, HOME: haus.home } })
  }
  const aside = (await readdir(inHome('state/damaged'), { recursive: true })).filter((name) => name.endsWith('journal.db-head'))
  const ends = await Promise.all(aside.map((name) => readFile(inHome(`state/damaged/${name}`), 'utf8')))
  expect(ends.sort()).toEqual([kept, 'another end\n'].sort())
  await writeFile(inHome('state/journal.db'), 'no database '.repeat(3000))
  const [status, doctor] = await Promise.all([haus.run('status'), haus.run('doctor', '--check', 'journal', '--json')])
  expect([status.code, status.stdout]).toEqual([1, expect.stringMatching(/dashboard [\s\S]*mv ~\/\.sanctum\/state\/journal\.db\* /)])
  expect([doctor.code, codesOf(doctor)]).toEqual([1, ['JOURNAL_DAMAGED']])
})

function fixesOf(run: Run): string[] {
  const fixes = readEnvelope(run).data['fixes'] as { code: string; outcome: string }[]
  return fixes.map(({ code, outcome }) => `${code} ${outcome}`).sort()
}

async function pids(): Promise<Record<string, number | null>> {
  const { services } = readEnvelope(await haus.run('status', '--json')).data['status'] as { services: { id: string; pid: number | null }[] }
  return Object.fromEntries(services.map(({ id, pid }) => [id, pid]))
}
