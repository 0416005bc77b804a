import { spawn } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGenerations } from '@sanctum/generations/node'
import { openJournal } from '@sanctum/journal/node'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { lookQuickly } from './support/look-quickly.ts'
import { createTestHaus, type Run, readEnvelope, repository, type TestHaus, withoutStrangers } from './support/test-haus.ts'
import { waitUntil } from './support/wait-until.ts'

const dist = join(repository, 'apps/cli/dist')
/** It renders well, and its page is not there. */
const sickPage = 'services.dashboard.health.readiness.path=/no-such-page'
/** Roles that look often, so that a test waits for seconds. */
const quick = {
  SANCTUM_SET__services__watchdog__settings__cycle_s: '0.5',
  SANCTUM_SET__services__failsafe__settings__cycle_s: '0.5',
  ...withoutStrangers,
}

let haus: TestHaus
beforeEach(async () => {
  haus = await createTestHaus(quick)
})
afterEach(() => haus.dispose())

describe('a change that renders well and makes a service sick', () => {
  test('the machine goes back by itself, by another process, and says which probe of which service', async () => {
    await up()
    const before = await stand()
    const { child, ended } = start('render', '--json', ...sick({ startS: 2 }))
    const run = await ended
    expect([run.code, readEnvelope(run).data]).toMatchObject([3, { outcome: 'reverted', generation: 1 }])
    expect(codesOf(run)).toEqual(expect.arrayContaining(['SERVICE_NOT_READY', 'GENERATION_REVERTED']))
    expect(run.stdout).toContain('its readiness probe (http /no-such-page) says')
    expect(await stand()).toEqual({ ...before, dashboard: expect.objectContaining({ definition: before.dashboard.definition }) })
    const [reverted] = events('generation-reverted')
    expect(reverted?.data).toMatchObject({ to: 1, because: [expect.stringMatching(/^dashboard did not become ready: .*no-such-page/)] })
    expect(reverted?.data['by']).not.toBe(child.pid)

    const status = await haus.run('status')
    expect([status.code, flat(status)]).toEqual([0, expect.stringContaining('generation 2 was taken back')])
    expect(flat(status)).toContain('(http /no-such-page)')
    const explained = await haus.run('explain', '2')
    expect([explained.code, flat(explained)]).toEqual([0, expect.stringMatching(/generation-committed.*generation-reverted.*no-such-page/)])
    expect((await lookQuickly(haus)).code).toBe(0)
    const none = await haus.run('revert')
    expect([none.code, none.stdout]).toEqual([0, expect.stringContaining('nothing is on trial: generation 1 is confirmed')])
  })

  test('the first generation of all has nothing to go back to, says so and stays', async () => {
    const run = await haus.run('up', '--json', ...sick({ startS: 2 }))
    expect([run.code, codesOf(run)]).toEqual([1, expect.arrayContaining(['SERVICE_NOT_READY', 'NO_WAY_BACK'])])
    expect(await pointers()).toEqual({ current: 'generations/1', confirmed: null, trial: false })
    await up()
    expect(await pointers()).toEqual({ current: 'generations/2', confirmed: 'generations/2', trial: false })
  })

  test('with the confirmed generation damaged it is refused with the reason, destroys nothing, and a later good change ends it', async () => {
    await up()
    const { ended } = start('render', '--json', ...sick({ startS: 4 }))
    await waitUntil(isSwapped, 60_000)
    const file = join(haus.sanctumHome, 'generations/1/surfaces/services/dashboard.yaml')
    await writeFile(file, 'scribbled\n')
    const run = await ended
    expect([run.code, readEnvelope(run).data]).toMatchObject([4, { outcome: 'stuck', generation: 2 }])
    expect(codesOf(run)).toEqual(expect.arrayContaining(['SERVICE_NOT_READY', 'REVERT_REFUSED']))
    expect(await pointers()).toEqual({ current: 'generations/2', confirmed: 'generations/1', trial: true })
    expect(await readFile(file, 'utf8')).toBe('scribbled\n')
    expect(flat(await haus.run('status'))).toContain('generation 1 is not whole: services/dashboard.yaml')
    expect(codesOf(await haus.run('doctor', '--quick', '--json'))).toContain('REVERT_REFUSED')
    expect((await haus.run('revert', '--json')).code).toBe(4)
    expect(events('revert-refused')).toHaveLength(1)
    const again = await haus.run('revert', '--now', '--json')
    expect([again.code, codesOf(again)]).toEqual([4, ['REVERT_REFUSED', 'GENERATION_DAMAGED']])
    const mended = await haus.run('up', '--json')
    expect([mended.code, readEnvelope(mended).data]).toMatchObject([0, { generation: 3 }])
    expect(await pointers()).toEqual({ current: 'generations/3', confirmed: 'generations/3', trial: false })
  })
})

describe('whoever tries it is not the one that goes back', () => {
  test('killed right after the swap, then with the watchdog killed too, then stopped by a signal past its deadline, then merely slow', async () => {
    await up()
    const before = await stand()
    const back = async (why: RegExp, count: number) => {
      await waitUntil(() => isBack('generations/1'), 60_000)
      expect(events('generation-reverted')).toHaveLength(count)
      expect(events('generation-reverted').at(-1)?.data['why']).toMatch(why)
      // Nothing has to start for this way back; a watchdog that was killed reads the definitions again when the failsafe has started it.
      await waitUntil(async () => (await stand()).dashboard.definition === before.dashboard.definition)
      await waitUntil(async () => (await haus.run('status')).code === 0)
    }

    const killed = start('render', ...sick({ startS: 60 }))
    await waitUntil(isSwapped, 60_000)
    expect(flat(await haus.run('status'))).toMatch(/trying generation 2 since \d+ s; goes back to 1 in \d+ s unless confirmed/)
    expect((await haus.run('revert')).code).toBe(2)
    killed.child.kill('SIGKILL')
    await back(/sanctumctl render, which was trying it, is gone/, 1)

    const both = start('render', ...sick({ startS: 60 }))
    await waitUntil(isSwapped, 60_000)
    both.child.kill('SIGKILL')
    process.kill(await watchdogPid(), 'SIGKILL')
    await back(/is gone/, 2)

    const stopped = start('render', ...sick({ startS: 60, withinS: 3 }))
    await waitUntil(isSwapped, 60_000)
    stopped.child.kill('SIGSTOP')
    await back(/it was not confirmed within 3 s/, 3)
    expect((await stopped.ended).code).toBeNull()

    const slow = start('render', '--json', ...sick({ startS: 60, withinS: 2 }))
    await waitUntil(isSwapped, 60_000)
    await back(/it was not confirmed within 2 s/, 4)
    expect((await slow.ended).code).toBe(143)
  })

  test('planted: with the reverter switched off nobody goes back, neither for applier nor for watchdog; once it is there, the next command does first', async () => {
    const folder = await plantDeafReverter()
    const planted = (...args: string[]) => startProgram(join(folder, 'applier.js'), args)
    expect((await planted('up').ended).code).toBe(0)
    const found = await planted('render', '--json', ...sick({ startS: 2 })).ended
    expect([found.code, codesOf(found)]).toEqual([4, expect.arrayContaining(['REVERT_REFUSED'])])
    await waitUntil(async () => (await readLogs()).includes('"revert-ended"'))
    expect(await pointers()).toEqual({ current: 'generations/2', confirmed: 'generations/1', trial: true })
    const overdue = await planted('doctor', '--quick', '--json').ended
    expect(codesOf(overdue)).toContain('TRIAL_OVERDUE')
    expect(overdue.code).not.toBe(0)

    // The watchdog has just tried and pauses; whoever types a command does not wait for it.
    await cp(join(folder, 'applier.js'), join(folder, 'sanctumctl.js'))
    const rollback = await planted('rollback', '--json').ended
    expect([rollback.code, codesOf(rollback)]).toEqual([0, ['GENERATION_REVERTED']])
    expect(await isBack('generations/1')).toBe(true)
  })
})

function sick({ startS, withinS }: { readonly startS: number; readonly withinS?: number }): string[] {
  const within = withinS === undefined ? [] : ['--set', `policies.confirm_within_s=${withinS}`]
  return ['--set', sickPage, '--set', `services.dashboard.start_timeout_s=${startS}`, ...within]
}

async function up(): Promise<void> {
  const run = await haus.run('up')
  expect([run.code, run.code === 0 ? '' : run.stderr + run.stdout]).toEqual([0, ''])
}

function start(...args: readonly string[]) {
  return startProgram(join(dist, 'sanctumctl.js'), args)
}

/** The program given, still running, ended with the test. */
function startProgram(program: string, args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: repository,
    env: { PATH: process.env['PATH'], ...haus.env } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const text = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text.stdout += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text.stderr += part))
  const ended = new Promise<Run>((resolve) => child.on('close', (code) => resolve({ code, ...text })))
  return { child, ended }
}

/** A copy of the programs in which the one that applier and watchdog start to go back does nothing. */
async function plantDeafReverter(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sanctum-deaf-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp(dist, join(folder, 'dist'), { recursive: true })
  await cp(join(repository, 'apps/cli/package.json'), join(folder, 'package.json'))
  await rename(join(folder, 'dist/sanctumctl.js'), join(folder, 'dist/applier.js'))
  await writeFile(join(folder, 'dist/sanctumctl.js'), '')
  return join(folder, 'dist')
}

/** What the roles wrote. */
async function readLogs(): Promise<string> {
  const folder = join(haus.sanctumHome, 'logs')
  const names = await readdir(folder)
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('')
}

async function pointers() {
  const read = (name: string) => readlink(join(haus.sanctumHome, name)).catch(() => null)
  const trial = (await readdir(join(haus.sanctumHome, 'state'))).includes('trial.json')
  return { current: await read('current'), confirmed: await read('confirmed'), trial }
}

async function isSwapped(): Promise<boolean> {
  const { current, confirmed } = await pointers()
  return current !== confirmed
}

async function isBack(goal: string): Promise<boolean> {
  const { current, trial } = await pointers()
  return current === goal && !trial
}

/** What holds and what runs. */
async function stand() {
  const home = createGenerations({ home: haus.sanctumHome, roots: [] })
  const { current } = home.readPointers()
  const live = JSON.parse(await readFile(join(haus.sanctumHome, 'state/embedded/live/dashboard.json'), 'utf8'))
  return {
    current,
    surfaces: current.kind === 'set' ? home.read(current.number) : null,
    dashboard: { definition: live.definition_digest as string, pid: live.pid as number },
  }
}

async function watchdogPid(): Promise<number> {
  return JSON.parse(await readFile(join(haus.sanctumHome, 'state/embedded/supervisor.json'), 'utf8')).pid
}

function events(kind: string) {
  const journal = openJournal({ path: join(haus.sanctumHome, 'state/journal.db'), now: Date.now })
  try {
    return journal.read({ kind }).events
  } finally {
    journal.close()
  }
}

function codesOf(run: Run): string[] {
  return (readEnvelope(run).data.findings ?? []).map(({ code }) => code)
}

/** Without the breaks of lines. */
function flat({ stdout }: Run): string {
  return stdout.replace(/\s+/g, ' ')
}
