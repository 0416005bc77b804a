import { spawn } from 'node:child_process'
import { chmod, lstat, mkdir, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestHaus, type Run, readEnvelope, type TestHaus } from './support/test-haus.ts'
import { waitUntil } from './support/wait-until.ts'

// One haus for all: each test leaves it so that `up` makes it what was committed.
let haus: TestHaus
beforeAll(async () => {
  haus = await createTestHaus()
})
afterAll(() => haus.dispose())

interface Report {
  readonly code: number | null
  readonly files: readonly string[]
  readonly units: readonly string[]
}

const none: Report = { code: 0, files: [], units: [] }

test('a bare home is not set up, which is no drift; nothing is written', async () => {
  const run = await haus.run('drift', '--json')
  expect([run.code, codesOf(run)]).toEqual([1, ['NOT_BOOTSTRAPPED']])
  expect(await readdir(haus.home)).toEqual([])
})

describe('a haus that runs', () => {
  beforeEach(async () => {
    const run = await haus.run('up')
    expect([run.code, run.code === 0 ? '' : run.stdout]).toEqual([0, ''])
  })

  test('as it was committed: one line; looking changes nothing and needs no catalog', async () => {
    const before = await snapshot(haus.sanctumHome)
    const shown = await haus.run('drift')
    expect([shown.code, shown.stdout.trim().split('\n').length, shown.stdout]).toEqual([0, 1, expect.stringContaining('nothing drifted')])
    const layer = join(haus.sanctumHome, 'instance.yaml')
    await rename(layer, `${layer}.kept`)
    await writeFile(layer, 'services: [\n')
    expect([(await haus.run('render', '--check')).code, await drift()]).toEqual([78, none])
    await rename(`${layer}.kept`, layer)
    expect(withoutLayer(await snapshot(haus.sanctumHome))).toEqual(withoutLayer(before))
  })

  test('files: each kind with evidence and what to type; render mends them', async () => {
    await writeFile(inGeneration('services/dashboard.yaml'), '# scribbled\n')
    await chmod(inGeneration('embedded/dashboard.json'), 0o600)
    await unlink(inGeneration('services/failsafe.yaml'))
    await writeFile(inGeneration('services/ghost.yaml'), 'ghost\n')
    const found = ['metadata dashboard.json', 'modified dashboard.yaml', 'missing failsafe.yaml', 'extra ghost.yaml']
    expect(await drift('--files')).toEqual({ code: 2, files: found, units: [] })
    expect(await drift('--units')).toEqual(none)
    const { stdout } = await haus.run('drift')
    expect(stdout).toMatch(/DRIFT_MODIFIED[\s\S]*expected {2}sha256 [\s\S]*observed {2}sha256 [\s\S]*run {2}sanctumctl render/)
    expect((await haus.run('render')).code).toBe(0)
    expect(await drift()).toEqual(none)
  })

  test('drift and pending are two things: a change of the catalog is no drift', async () => {
    const set = ['--set', 'services.dashboard.start_timeout_s=31']
    expect([(await haus.run('render', '--check', ...set)).code, await drift()]).toEqual([2, none])
    const doctor = await haus.run('doctor', '--quick', '--json', ...set)
    expect([doctor.code, new Set(codesOf(doctor))]).toEqual([2, new Set(['CHANGE_PENDING'])])
  })

  test('a process that runs another definition than the current one', async () => {
    const live = join(haus.sanctumHome, 'state/embedded/live/dashboard.json')
    const record = await readFile(live, 'utf8')
    await writeFile(live, record.replace(/("definition_digest":\s*)"[0-9a-f]{12}/, '$1"000000000000'))
    expect(await drift()).toEqual({ code: 2, files: [], units: ['older-than-file dashboard'] })
    await writeFile(live, record)
    expect(await drift()).toEqual(none)
  })

  test('a process with the marks of this haus that nobody supervises', async () => {
    const marks = { SANCTUM_UNIT: 'ha-tunnel', SANCTUM_INCARNATION: 'x', SANCTUM_UNIT_HOME: haus.sanctumHome }
    const stray = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore', env: marks })
    try {
      await waitUntil(async () => (await drift('--units')).units.length > 0)
      expect(await drift()).toEqual({ code: 2, files: [], units: ['unmanaged ha-tunnel'] })
      const patrol = await haus.run('drift', '--patrol', '--json')
      expect([patrol.code, readEnvelope(patrol).data]).toMatchObject([
        2,
        { files: null, units: null, patrol: { drift: [], orphans: ['ha-tunnel'] } },
      ])
    } finally {
      stray.kill('SIGKILL')
    }
  })

  test('a supervisor that died: what it knew is not believed, which is not the same as unchanged', async () => {
    const [watchdog, failsafe] = [await pidOf('watchdog'), await pidOf('failsafe')]
    // It would bring the watchdog back before anybody looks.
    process.kill(failsafe, 'SIGSTOP')
    process.kill(watchdog, 'SIGKILL')
    try {
      await waitUntil(async () => (await drift('--units')).code === 1)
      expect(codesOf(await haus.run('drift', '--json'))).toEqual(['DRIFT_UNCHECKED'])
      expect((await haus.run('restart', 'watchdog')).code).toBe(0)
    } finally {
      process.kill(failsafe, 'SIGCONT')
    }
  })

  test('taken down it has not drifted; and what cannot be compared is said', async () => {
    expect((await haus.run('down')).code).toBe(0)
    expect(await drift()).toEqual(none)
    await rename(inGeneration('../haus.json'), inGeneration('../kept.json'))
    const unknown = await haus.run('drift', '--json')
    expect([unknown.code, codesOf(unknown)]).toEqual([1, ['DRIFT_UNCHECKED']])
    await rename(inGeneration('../kept.json'), inGeneration('../haus.json'))
    const [current, kept] = [join(haus.sanctumHome, 'current'), join(haus.sanctumHome, 'current.kept')]
    await rename(current, kept)
    await mkdir(current)
    const nowhere = await haus.run('drift', '--json')
    expect([nowhere.code, codesOf(nowhere)]).toEqual([1, ['DRIFT_UNCHECKED']])
    await rm(current, { recursive: true })
    await rename(kept, current)
    expect(await drift()).toEqual(none)
  })
})

async function drift(...args: string[]): Promise<Report> {
  const run = await haus.run('drift', '--json', ...args)
  const { files, units } = readEnvelope(run).data as { files: Record<string, string>[] | null; units: Record<string, string>[] | null }
  return {
    code: run.code,
    files: (files ?? []).map(({ kind, path }) => `${kind} ${path?.slice(path.lastIndexOf('/') + 1)}`),
    units: (units ?? []).map(({ kind, service }) => `${kind} ${service}`),
  }
}

function inGeneration(path: string): string {
  return join(haus.sanctumHome, 'current/surfaces', path)
}

function codesOf(run: Run): string[] {
  return (readEnvelope(run).data as { findings: { code: string }[] }).findings.map(({ code }) => code)
}

async function pidOf(service: string): Promise<number> {
  const { data } = readEnvelope(await haus.run('status', '--json'))
  const { services } = (data as { status: { services: { id: string; pid: number | null }[] } }).status
  return services.find(({ id }) => id === service)?.pid as number
}

/** Every file of the home but what running roles write: its kind, mode, times and size. */
async function snapshot(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => !/^(state|logs)/.test(name)).sort()
  const rows = await Promise.all(
    names.map(async (name) => {
      const { mode, mtimeMs, ctimeMs, ino, size } = await lstat(join(folder, name))
      return [name, `${mode} ${mtimeMs} ${ctimeMs} ${ino} ${size}`] as const
    }),
  )
  return Object.fromEntries(rows)
}

/** The test itself moved the machine's layer away and back. */
function withoutLayer({ 'instance.yaml': _, ...rest }: Record<string, string>): Record<string, string> {
  return rest
}
