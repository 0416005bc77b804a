import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunProgram } from '@sanctum/supervisor/node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createLaunchdHaus, type LaunchdHaus } from './support/launchd-haus.ts'
import { lifecycle } from './support/lifecycle.ts'
import { readEnvelope } from './support/test-haus.ts'
import { waitUntil } from './support/wait-until.ts'

describe('a haus kept by a model of launchctl (untested on a Mac)', () => {
  let haus: LaunchdHaus
  beforeAll(async () => {
    haus = await createLaunchdHaus()
  })
  afterAll(() => haus.dispose())

  test.each(lifecycle)('$title', ({ live }) => live(haus))
})

describe('the model of launchctl', () => {
  let haus: LaunchdHaus
  afterEach(() => haus.dispose())

  test('after a login what was up is up, and what was taken down stays down', async () => {
    haus = await createLaunchdHaus()
    expect((await haus.run('up')).code).toBe(0)
    await login(haus)
    await waitUntil(async () => (await haus.run('status')).code === 0)
    expect((await haus.run('down')).code).toBe(0)
    await login(haus)
    expect(await haus.processes()).toBe(0)
  })

  test('a killed process is started again no sooner than the interval after its last start', async () => {
    haus = await createLaunchdHaus()
    const pid = async () => /^\tpid = (\d+)$/m.exec((await haus.model.exec('launchctl', ['print', 'gui/501/net.example.job'])).stdout)?.[1]
    await haus.model.exec('launchctl', ['bootstrap', 'gui/501', await writeJob(haus, '<key>KeepAlive</key><true/>')])
    const first = await pid()
    haus.model.kill('net.example.job')
    await waitUntil(async () => (await pid()) === undefined)
    haus.model.advance(9_999)
    expect(await pid()).toBeUndefined()
    haus.model.advance(1)
    expect([undefined, first]).not.toContain(await pid())
  })

  test.each([
    ['a label that is loaded', ['gui/501', 'PLIST'], 5, 'Input/output error'],
    ['a domain that is not there', ['gui/502', 'PLIST'], 125, 'Domain does not support'],
    ['a plist that is not there', ['user/501', '/nowhere.plist'], 5, 'Input/output error'],
  ])('refuses %s', async (_, [domain = '', path = ''], code, words) => {
    haus = await createLaunchdHaus()
    const file = await writeJob(haus)
    expect((await haus.model.exec('launchctl', ['bootstrap', 'gui/501', file])).code).toBe(0)
    const end = await haus.model.exec('launchctl', ['bootstrap', domain, path === 'PLIST' ? file : path])
    expect([end.code, end.stderr]).toEqual([code, expect.stringContaining(words)])
  })

  test('refuses a disabled label until it is enabled, across a bootout, and a label that is still going', async () => {
    haus = await createLaunchdHaus()
    const file = await writeJob(haus)
    const { exec } = haus.model
    const codes: number[] = []
    for (const words of ['disable gui/501/net.example.job', `bootstrap gui/501 ${file}`, 'enable gui/501/net.example.job'])
      codes.push((await exec('launchctl', words.split(' '))).code)
    for (const words of [`bootstrap gui/501 ${file}`, 'bootout gui/501/net.example.job', `bootstrap gui/501 ${file}`])
      codes.push((await exec('launchctl', words.split(' '))).code)
    expect(codes).toEqual([0, 119, 0, 0, 36, 37])
  })
})

describe('what is planted fails', () => {
  let haus: LaunchdHaus
  afterEach(() => haus.dispose())

  /** Says that a job is gone as soon as it was booted out. */
  const doNotWait = (exec: RunProgram): RunProgram => {
    const out = new Set<string>()
    return async (program, [verb = '', target = '', ...rest]) => {
      if (verb === 'bootout') out.add(target)
      if (verb === 'bootstrap') out.clear()
      if (verb === 'print' && out.has(target)) return { code: 113, stdout: '', stderr: 'Could not find service' }
      return exec(program, [verb, target, ...rest])
    }
  }

  test('a manager that loads a job without waiting until it is gone', async () => {
    const hurry = { SANCTUM_SET__services__dashboard__start_timeout_s: '5' }
    haus = await createLaunchdHaus({ plant: doNotWait, drainLooks: 1_000, extra: hurry })
    expect((await haus.run('up')).code).toBe(0)
    const { pid } = await haus.unit('dashboard')
    const run = await haus.run('restart', 'dashboard', '--json')
    // Either nothing comes up, or what still answers is the old process on its way out.
    const isSeen = run.code === 1 ? run.stdout.includes('SERVICE_NOT_READY') : readEnvelope(run).data['pid'] === pid
    expect(isSeen, run.stdout).toBe(true)
    await waitUntil(async () => (await haus.unit('dashboard')).pid === null)
  })

  test('a plist that others may not read', async () => {
    haus = await createLaunchdHaus({
      plant: (exec) => async (program, args) => {
        if (args[0] === 'bootstrap') await import('node:fs/promises').then(({ chmod }) => chmod(args[2] as string, 0o600))
        return exec(program, args)
      },
    })
    const run = await haus.run('up', '--json')
    expect(run.code).not.toBe(0)
    expect(run.stdout).toContain('not 0644')
  })
})

describe('a daemon of the system domain, asked for by an operator', () => {
  let haus: LaunchdHaus
  afterEach(() => haus.dispose())

  test.each([['up'], ['render'], ['bootstrap', '--write']])(
    '%s refuses before anything is changed; it names path, unit and what to type',
    async (...args) => {
      haus = await createLaunchdHaus()
      const run = await haus.run(...args, '--json', '--set', 'services.dashboard.domain=system')
      expect(run.code).toBe(77)
      const [finding] = readEnvelope(run).data['findings'] as { code: string; message: string; fix: { text: string; command: string } }[]
      expect(finding).toMatchObject({
        code: 'PUBLISH_NOT_PERMITTED',
        message: expect.stringContaining(`${haus.daemons}/com.sanctum.dashboard.plist, the unit of dashboard,`),
        fix: { text: expect.stringContaining('domain to user'), command: `sudo SANCTUM_HOME=${haus.home}/.sanctum sanctumctl up` },
      })
      expect(await readdir(haus.home)).toEqual(['Library'])
      expect([await readdir(haus.agents), await readdir(haus.daemons)]).toEqual([[], []])
    },
  )
})

describe('a job that moves between the domain of the user and that of the machine', () => {
  let haus: LaunchdHaus
  afterEach(() => haus.dispose())

  test('is gone from the one, with its file, and runs in the other; what is left behind is told', async () => {
    haus = await createLaunchdHaus({ isRoot: true })
    const name = 'com.sanctum.dashboard.plist'
    const isIn = async (domain: string) => (await haus.model.exec('launchctl', ['print', `${domain}/com.sanctum.dashboard`])).code === 0
    const places = async () => [
      await isIn('gui/501'),
      (await readdir(haus.agents)).includes(name),
      await isIn('system'),
      (await readdir(haus.daemons)).includes(name),
    ]
    expect([(await haus.run('up')).code, await places()]).toEqual([0, [true, true, false, false]])
    const there = await haus.run('up', '--set', 'services.dashboard.domain=system')
    expect([there.code, await places()], there.stderr).toEqual([0, [false, false, true, true]])
    const back = await haus.run('up')
    expect([back.code, await places()], back.stderr).toEqual([0, [true, true, false, false]])
    const words = ['bootstrap', 'bootout'].map((verb) =>
      haus.model.calls.filter((call) => call.startsWith(`${verb} `) && call.includes('dashboard')),
    )
    expect(words.map((calls) => calls.length)).toEqual([3, 2])
    // Planted: the job is loaded again where it was, behind Sanctum's back.
    await haus.model.exec('launchctl', ['bootstrap', 'system', await copyJob(haus, name)])
    const drift = await haus.run('drift', '--json')
    expect(drift.stdout).toContain('UNIT_WRONG_LABEL')
  })
})

async function copyJob({ agents, home }: LaunchdHaus, name: string): Promise<string> {
  const file = join(home, name)
  await writeFile(file, await readFile(join(agents, name)), { mode: 0o644 })
  return file
}

async function login({ agents, model }: LaunchdHaus): Promise<void> {
  await model.reboot((await readdir(agents)).map((name) => join(agents, name)))
}

async function writeJob({ agents }: LaunchdHaus, more = ''): Promise<string> {
  const file = join(agents, 'net.example.job.plist')
  const words = ['/bin/sleep', '1000'].map((word) => `<string>${word}</string>`).join('')
  const keys = `<key>Label</key><string>net.example.job</string><key>ProgramArguments</key><array>${words}</array><key>RunAtLoad</key><true/>`
  await writeFile(file, `<plist version="1.0"><dict>${keys}<key>WorkingDirectory</key><string>/</string>${more}</dict></plist>`, {
    mode: 0o644,
  })
  expect(await readFile(file, 'utf8')).toContain('net.example.job')
  return file
}
