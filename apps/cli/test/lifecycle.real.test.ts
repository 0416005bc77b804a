import { cp, lstat, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HausStatus } from '@sanctum/contracts'
import { freePorts } from '@sanctum/testkit/node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { holdPort } from './support/hold-port.ts'
import { lookQuickly } from './support/look-quickly.ts'
import { createTestHaus, findProcesses, type Run, readEnvelope, repository, type TestHaus } from './support/test-haus.ts'
import { waitUntil } from './support/wait-until.ts'

let haus: TestHaus
beforeEach(async () => {
  haus = await createTestHaus()
})
afterEach(() => haus.dispose())

describe('the main job', () => {
  test('a bare home: one command sets it up, starts everything and proves it', async () => {
    const run = await haus.run('up', '--json')
    expect([run.code, run.stderr]).toEqual([0, ''])
    const status = statusOf(run)
    expect(status.services.filter(({ kind }) => kind === 'daemon').map(({ id, verdict, activity }) => [id, verdict, activity])).toEqual([
      ['watchdog', 'healthy', 'running'],
      ['dashboard', 'healthy', 'running'],
      ['failsafe', 'healthy', 'running'],
    ])
    expect([status.generation, status.confirmed]).toEqual([1, 1])
    const shown = await haus.run('status')
    expect(shown.code).toBe(0)
    expect(shown.stdout).toContain(`generation 1, confirmed`)
    expect(shown.stdout).toContain(String(haus.ports.watchdog))
  })

  test('a second time it changes nothing: no file, no time of a file, no process', async () => {
    await up()
    const before = { files: await snapshot(haus.sanctumHome), pids: await pids() }
    const again = await haus.run('up', '--json')
    expect([again.code, readEnvelope(again).data]).toMatchObject([0, { outcome: 'unchanged', changes: [] }])
    expect(await snapshot(haus.sanctumHome)).toEqual(before.files)
    expect(await pids()).toEqual(before.pids)
  })

  test('down stops everything and up brings it back', async () => {
    await up()
    const running = Object.values(await pids())
    const down = await haus.run('down')
    expect(down.code).toBe(0)
    expect(await Promise.all(running.map(isAlive))).toEqual([false, false, false])
    expect((await haus.run('status')).code).not.toBe(0)
    await up()
  })
})

describe('what ends comes back', () => {
  test('a killed service is started again', async () => {
    await up()
    const before = await pids()
    process.kill(before['dashboard'] as number, 'SIGKILL')
    await waitUntil(async () => {
      const now = await pids()
      return now['dashboard'] !== undefined && now['dashboard'] !== before['dashboard']
    })
    expect((await pids())['watchdog']).toBe(before['watchdog'])
  })

  test('a killed watchdog is brought back by the failsafe; what runs is adopted and nothing is started twice', async () => {
    await up()
    const before = await pids()
    process.kill(before['watchdog'] as number, 'SIGKILL')
    await waitUntil(async () => {
      const now = await pids()
      return now['watchdog'] !== undefined && now['watchdog'] !== before['watchdog']
    }, 40_000)
    const after = await pids()
    expect([after['dashboard'], after['failsafe']]).toEqual([before['dashboard'], before['failsafe']])
    expect((await findProcesses(haus.sanctumHome)).length).toBe(3)
  })

  test('a person’s restart gives a new process that is ready', async () => {
    await up()
    const before = await pids()
    const run = await haus.run('restart', 'dashboard', '--json')
    expect([run.code, readEnvelope(run).data]).toMatchObject([0, { service: 'dashboard' }])
    expect((await pids())['dashboard']).not.toBe(before['dashboard'])
  })
})

describe('nothing lies', () => {
  test('a watchdog whose loop stands still with its port open turns doctor and up red', async () => {
    await up()
    const { failsafe, watchdog } = (await pids()) as { failsafe: number; watchdog: number }
    // The failsafe would bring the watchdog back before anybody looks.
    process.kill(failsafe, 'SIGSTOP')
    process.kill(watchdog, 'SIGSTOP')
    try {
      const doctor = await haus.run('doctor', '--json')
      expect([doctor.code, codesOf(doctor)]).toEqual([1, expect.arrayContaining(['WATCHDOG_STALLED'])])
      // A quick look waits less than the probe may take; it does not guess, and is not green either.
      const quick = await haus.run('doctor', '--quick', '--json')
      expect([quick.code, codesOf(quick)]).toEqual([1, expect.arrayContaining(['SERVICE_UNCHECKED'])])
      expect((await haus.run('up', '--json')).code).toBe(1)
    } finally {
      process.kill(watchdog, 'SIGCONT')
      process.kill(failsafe, 'SIGCONT')
    }
  })

  test('doctor is one line when everything is well', async () => {
    await up()
    const doctor = await lookQuickly(haus)
    expect([doctor.code, doctor.stdout.trim().split('\n').length, doctor.stderr]).toEqual([0, 1, ''])
  })

  test('doctor on a bare home says what to type, and writes nothing', async () => {
    const doctor = await haus.run('doctor', '--quick', '--json')
    expect([doctor.code, codesOf(doctor)]).toEqual([1, ['NOT_BOOTSTRAPPED']])
    expect(await readdir(haus.home)).toEqual([])
  })
})

describe('ports', () => {
  test('a port that somebody holds is found before anything is started, and its owner is named', async () => {
    const release = await holdPort(haus.ports.dashboard)
    try {
      const run = await haus.run('up', '--json')
      expect([run.code, codesOf(run)]).toEqual([69, ['PORT_HELD']])
      expect(run.stdout).toContain(`pid ${process.pid}`)
      expect((await findProcesses(haus.sanctumHome)).length).toBe(0)
    } finally {
      await release()
    }
    await up()
  })

  test('a running service is not restarted into a port that a stranger holds', async () => {
    await up()
    const before = await pids()
    const [port] = (await freePorts(1)) as [number]
    const release = await holdPort(port)
    try {
      const run = await haus.run('render', '--json', '--set', `services.dashboard.port=${port}`)
      expect([run.code, codesOf(run)]).toEqual([69, ['PORT_HELD']])
      expect(await pids()).toEqual(before)
    } finally {
      await release()
    }
  })
})

describe('room', () => {
  const greedy = ['--set', 'services.dashboard.capacity.ram_budget_mb=99999999']

  test('a start that does not fit is refused before anything is started, naming who is in the way and what to type', async () => {
    const run = await haus.run('up', '--json', ...greedy)
    expect([run.code, codesOf(run)]).toEqual([69, ['START_NOT_ADMITTED']])
    expect(readEnvelope(run).data.findings?.[0]?.fix?.command).toBe('sanctumctl up --set services.dashboard.enabled=false')
    expect((await findProcesses(haus.sanctumHome)).length).toBe(0)
    const typed = await haus.run('up', '--set', 'services.dashboard.enabled=false', ...greedy)
    expect([typed.code, typed.stderr]).toEqual([0, expect.any(String)])
    expect(Object.keys(await pids()).sort()).toEqual(['failsafe', 'watchdog'])
  })

  test('what runs has its room: it can be restarted, although today it would not be let in', async () => {
    await up()
    const before = await pids()
    const env = { SANCTUM_SET__services__dashboard__capacity__ram_budget_mb: '99999999' }
    expect((await haus.runWith({ env }, 'restart', 'dashboard', '--json')).code).toBe(0)
    const after = await pids()
    expect(after['dashboard']).not.toBe(before['dashboard'])
    expect(after).toEqual({ ...before, dashboard: after['dashboard'] })
  })
})

describe('change and undo', () => {
  test('a change restarts exactly the unit it is about; rollback gives the files back byte for byte and restarts it again', async () => {
    await up()
    const before = { pids: await pids(), files: await surfaces() }
    const [port] = (await freePorts(1)) as [number]
    const moved = ['--set', `services.dashboard.port=${port}`]
    const check = await haus.run('render', '--check', ...moved)
    expect(check.code).toBe(2)
    expect(check.stdout).toContain(String(port))
    expect(await surfaces()).toEqual(before.files)
    const render = await haus.run('render', '--json', ...moved)
    expect([render.code, readEnvelope(render).data]).toMatchObject([0, { outcome: 'applied', generation: 2 }])
    const changed = await pids()
    expect([changed['watchdog'], changed['failsafe']]).toEqual([before.pids['watchdog'], before.pids['failsafe']])
    expect(changed['dashboard']).not.toBe(before.pids['dashboard'])
    expect((await fetch(`http://127.0.0.1:${port}/api/v1/status`)).status).toBe(200)
    expect((await haus.run('generations', 'diff', '1', '2')).code).toBe(2)
    const back = await haus.run('rollback', '--json')
    expect([back.code, readEnvelope(back).data]).toMatchObject([0, { outcome: 'applied', generation: 1 }])
    expect(await surfaces()).toEqual(before.files)
    expect((await fetch(`http://127.0.0.1:${haus.ports.dashboard}/api/v1/status`)).status).toBe(200)
  })

  test('a change that makes a service sick is taken back by itself, and says why', async () => {
    await up()
    const before = await surfaces()
    const sick = await haus.run(
      'render',
      '--json',
      '--set',
      'services.dashboard.health.readiness.path=/no-such-page',
      '--set',
      'services.dashboard.start_timeout_s=3',
    )
    expect([sick.code, readEnvelope(sick).data]).toMatchObject([3, { outcome: 'reverted', generation: 1 }])
    expect(codesOf(sick)).toContain('SERVICE_NOT_READY')
    expect(await surfaces()).toEqual(before)
    expect((await lookQuickly(haus)).code).toBe(0)
  })

  test('what was rendered while the haus was down is confirmed only once up has proven it, and taken back where it is sick', async () => {
    await up()
    await haus.run('down')
    const before = await surfaces()
    const sick = ['--set', 'services.dashboard.health.readiness.path=/no-such-page', '--set', 'services.dashboard.start_timeout_s=3']
    const rendered = await haus.run('render', '--json', ...sick)
    expect([rendered.code, readEnvelope(rendered).data]).toMatchObject([0, { outcome: 'untried', generation: 2 }])
    expect(await pointers()).toEqual({ current: 'generations/2', confirmed: 'generations/1' })
    const tried = await haus.run('up', '--json', ...sick)
    expect([tried.code, readEnvelope(tried).data]).toMatchObject([3, { outcome: 'reverted', generation: 1 }])
    expect(codesOf(tried)).toContain('SERVICE_NOT_READY')
    expect(await surfaces()).toEqual(before)
    expect(await pointers()).toEqual({ current: 'generations/1', confirmed: 'generations/1' })
    await up()
  })

  test('with a catalog that cannot be read any more the haus can still be seen, stopped and rolled back', async () => {
    const catalog = join(haus.home, 'catalog')
    await cp(join(repository, 'catalogs/starter'), catalog, { recursive: true })
    expect((await haus.run('up', '--catalog', catalog)).code).toBe(0)
    await haus.run('render', '--set', 'services.dashboard.start_timeout_s=31')
    await writeFile(join(catalog, 'catalog.yaml'), 'services: [\n')
    expect((await haus.run('up')).code).toBe(65)
    const status = await haus.run('status', '--json')
    expect([status.code, codesOf(status)]).toEqual([0, ['CATALOG_UNUSABLE']])
    // Where a value comes from is kept by no generation, so nothing is said of one.
    const asked = await haus.run('explain', 'services.dashboard.port')
    expect([asked.code, asked.stderr]).toEqual([65, expect.not.stringContaining('goes by generation')])
    const doctor = await haus.run('doctor', '--quick', '--json')
    expect([doctor.code, codesOf(doctor)]).toEqual([65, ['YAML_SYNTAX']])
    expect((await haus.run('doctor', '--quick', '--check', 'prerequisites')).code).toBe(1)
    // Nor does the way back need the folder.
    await rm(catalog, { recursive: true })
    const back = await haus.run('rollback', '--json')
    expect([back.code, codesOf(back), readEnvelope(back).data['steps']]).toMatchObject([
      0,
      ['CATALOG_UNUSABLE'],
      [
        { says: "nothing; not held against it, as it is of today's catalog: MISSING_FILE" },
        { says: expect.stringContaining('verify hold') },
      ],
    ])
    const running = Object.values(await pids())
    const down = await haus.run('down')
    expect([down.code, down.stderr]).toEqual([0, expect.stringContaining('the catalog cannot be used')])
    expect(await Promise.all(running.map(isAlive))).toEqual([false, false, false])
  })

  test('a damaged file of the generation is mended by render, a lost note that a unit is wanted by up; doctor finds both', async () => {
    await up()
    const before = await pids()
    const mark = join(haus.sanctumHome, 'state/embedded/wanted/dashboard.json')
    const wanted = await readFile(mark, 'utf8')
    await rm(mark)
    const file = join(haus.sanctumHome, 'current/surfaces/services/dashboard.yaml')
    const text = await readFile(file, 'utf8')
    await writeFile(file, `${text}# scribbled\n`)
    const doctor = await haus.run('doctor', '--quick', '--json')
    expect(doctor.code).not.toBe(0)
    expect(codesOf(doctor)).toEqual(expect.arrayContaining(['DRIFT_MODIFIED', 'UNIT_NOT_WANTED']))
    const render = await haus.run('render')
    expect([render.code, render.stdout]).toEqual([0, expect.stringMatching(/GENERATION_FILE_DAMAGED.*; what was committed is back/)])
    expect(await readFile(file, 'utf8')).toBe(text)
    const plan = await haus.run('up', '--dry-run', '--json')
    expect([plan.code, readEnvelope(plan).data]).toMatchObject([2, { outcome: 'planned', noted: ['dashboard'] }])
    expect(readEnvelope(plan).data['impact']).not.toContainEqual(expect.objectContaining({ action: 'start' }))
    expect(readEnvelope(await haus.run('up', '--json')).data).toMatchObject({ outcome: 'unchanged', started: [], noted: ['dashboard'] })
    expect([await readFile(mark, 'utf8'), await pids()]).toEqual([wanted, before])
    expect((await lookQuickly(haus)).code).toBe(0)
  })
})

async function up(): Promise<void> {
  const run = await haus.run('up')
  expect([run.code, run.stdout, run.code === 0 ? '' : run.stderr]).toEqual([0, expect.stringContaining('everything here is healthy'), ''])
}

function statusOf(run: Run): HausStatus {
  return readEnvelope(run).data['status'] as HausStatus
}

function codesOf(run: Run): string[] {
  return (readEnvelope(run).data.findings ?? []).map(({ code }) => code)
}

/** Pids of the services that run, by id. */
async function pids(): Promise<Record<string, number>> {
  const { services } = statusOf(await haus.run('status', '--json'))
  return Object.fromEntries(services.flatMap(({ id, pid }) => (pid === null ? [] : [[id, pid]])))
}

/** A process that has ended and that nobody has reaped yet is not alive. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat !== '' && !/\) [ZX] /.test(stat)
}

async function pointers(): Promise<Record<string, string>> {
  const names = ['current', 'confirmed']
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readlink(join(haus.sanctumHome, name))] as const)))
}

async function surfaces(): Promise<Record<string, string>> {
  const root = join(haus.sanctumHome, 'current/surfaces')
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Object.fromEntries(await Promise.all(files.map(async (file) => [file.slice(root.length), await readFile(file, 'utf8')] as const)))
}

/** Name, kind, size and time of everything that `up` may write. What the roles write while they run is left out. */
async function snapshot(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries.map((entry) => ({ isLink: entry.isSymbolicLink(), path: join(entry.parentPath, entry.name) }))
  const ours = paths.filter(
    ({ path }) =>
      !path.startsWith(join(root, 'logs')) && (!path.startsWith(join(root, 'state')) || /\/(wanted\/.*|lock\.db|intent\.json)$/.test(path)),
  )
  return Object.fromEntries(
    await Promise.all(
      ours.map(async ({ isLink, path }) => {
        const { size, mtimeMs, ino } = await lstat(path)
        return [path, isLink ? `link ${ino}` : `${size} ${mtimeMs} ${ino}`] as const
      }),
    ),
  )
}
