import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import {
  type HausStatus,
  type HistoryEntry,
  type UpgradeDocument,
  type UpgradeReceipt,
  upgradeDocument,
  upgradeReceipt,
} from '@sanctum/contracts'
import { freePorts } from '@sanctum/testkit/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plantBuild } from './crash/plant-build.ts'
import { findProcesses, type Run, readEnvelope, repository } from './support/test-haus.ts'
import { cloneToy, createToyRepository, type ToyRepository, type ToyRevision, toGit } from './support/toy-repository.ts'
import { waitUntil } from './support/wait-until.ts'

const execute = promisify(execFile)
let scratch = ''
let toy: ToyRepository

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sanctum upgrade '))
  toy = await createToyRepository(join(scratch, 'toy'))
})
afterAll(() => rm(scratch, { recursive: true, force: true, maxRetries: 5 }))

describe('an upgrade of a toy haus', { concurrent: true, timeout: 300_000 }, () => {
  test('killed before the swap, while it swaps and while it is proven, the next command brings everything back', async () => {
    await using haus = await openHaus(toy, 'logic')
    for (const [step, settling] of [
      ['install', ['revert', '--json']],
      ['build', ['render', '--json']],
      ['render', ['up', '--json']],
      ['swap', ['revert', '--json']],
    ] as const) {
      await haus.killAt(step)
      expect([step, (await haus.run(...settling)).code]).toEqual([step, 0])
      expect([step, await haus.stand()]).toEqual([step, old])
      expect((await haus.record())?.outcome).toBe('reverted')
    }
    await haus.killWhen(async () => (await haus.pointers()).current !== 'generations/1')
    expect([0, 2, 3]).toContain((await haus.run('revert', '--json')).code)
    expect(await haus.stand()).toEqual(old)
  })

  test('killed while it is proven, the watchdog takes it back, and nobody has to type anything', async () => {
    await using haus = await openHaus(toy, 'logic')
    await haus.killAt('doctor')
    await haus.settled()
    expect(await haus.stand()).toEqual(old)
    await haus.killAt('verify')
    const upgraded = await haus.run('upgrade', '--json')
    // Where the watchdog was quicker there is only its generation left to tell of.
    expect([upgraded.code, codesOf(upgraded)[0]]).toEqual([0, expect.stringMatching(/^(?:UPGRADE_TAKEN_BACK|GENERATION_REVERTED)$/)])
    expect(await haus.stand()).toEqual(next)
  })

  test('killed while it confirms and while the checkout follows, it ends whole, and the new one stays where it was confirmed', async () => {
    await using haus = await openHaus(toy, 'machine-contract')
    await haus.killAtLine('] confirm …', '--yes')
    // 3 says that it went back; 2 that the watchdog is at it already.
    expect([0, 2, 3]).toContain((await haus.run('revert', '--json')).code)
    const stand = await haus.stand()
    expect([old, next]).toContainEqual(stand)
    // It was quicker than the kill, and what follows begins at the old one.
    if (stand.checkout === 'new') expect((await haus.run('rollback', '--yes', '--json')).code).toBe(0)
    const before = await haus.pointers()
    const release = await haus.holdGit()
    await haus.killWhen(async () => (await haus.record())?.step === 'fast-forward' && haus.isGitHeld(), '--yes')
    await release()
    expect((await haus.pointers()).confirmed).not.toBe(before.confirmed)
    expect(await haus.git('rev-parse', 'HEAD')).toBe(toy.revisions.base)
    const doctor = await haus.run('doctor', '--quick', '--json')
    expect(codesOf(doctor)).toContain('UPGRADE_UNFINISHED')
    // The old program finishes it and renders nothing: that would be a generation of the old code again.
    const settled = await haus.run('render')
    expect([settled.code, settled.stderr]).toEqual([75, expect.stringContaining('its checkout has followed now')])
    expect(await haus.stand()).toEqual(next)
  })

  test('what fails before the swap leaves everything alone; what fails after it goes back by itself and says which step', async () => {
    await using haus = await openHaus(toy, 'base')
    for (const [revision, step, exit] of [
      ['fails-install', 'install', 3],
      ['fails-build', 'build', 3],
      ['fails-doctor', 'doctor', 3],
      ['fails-verify', 'verify', 3],
      ['fails-docs', 'docs', 3],
    ] as const) {
      const run = await haus.run('upgrade', '--to', toy.revisions[revision], '--yes', '--json')
      expect([revision, run.code, codesOf(run)]).toEqual([revision, exit, expect.arrayContaining(['UPGRADE_STEP_FAILED'])])
      expect(readEnvelope(run).data.findings?.find(({ code }) => code === 'UPGRADE_STEP_FAILED')?.subject).toBe(step)
      if (!['install', 'build'].includes(step)) expect([revision, await haus.stand()]).toEqual([revision, old])
      expect(await haus.pointers()).toEqual({ current: 'generations/1', confirmed: 'generations/1' })
      const receipt = await haus.receipt()
      expect(receipt).toMatchObject({
        to: toy.revisions[revision],
        outcome: ['install', 'build'].includes(step) ? 'abandoned' : 'reverted',
      })
      expect(receipt.steps.at(-1)).toMatchObject({ step, outcome: 'failed', took_ms: expect.any(Number) })
    }
  })

  test('documentation needs no generation, a machine contract wants a yes, and a rollback gives both back', async () => {
    await using haus = await openHaus(toy, 'docs')
    const planned = await haus.run('upgrade', '--plan', '--json')
    expect([planned.code, readEnvelope(planned).data]).toMatchObject([2, { outcome: 'planned', change: 'docs', impact: [] }])
    const upgraded = await haus.run('upgrade', '--json')
    expect([upgraded.code, readEnvelope(upgraded).data]).toMatchObject([0, { outcome: 'done', change: 'docs' }])
    expect(await haus.pointers()).toEqual({ current: 'generations/1', confirmed: 'generations/1' })
    expect((await haus.run('upgrade', '--plan')).code).toBe(0)
    expect((await haus.run('rollback', '--to', 'HEAD~1', '--json')).code).toBe(0)
    expect(await haus.git('rev-parse', 'HEAD')).toBe(toy.revisions.base)

    const contract = toy.revisions['machine-contract']
    const asked = await haus.run('upgrade', '--to', contract)
    expect([asked.code, asked.stderr]).toEqual([64, expect.stringContaining('--yes')])
    expect((await haus.run('upgrade', '--to', contract, '--yes', '--json')).code).toBe(0)
    const before = await haus.history()
    expect(before[0]).toMatchObject({ what: 'upgrade', outcome: 'confirmed', revision: contract, proof: expect.stringContaining('verify') })
    const back = await haus.run('rollback', '--json')
    expect([back.code, readEnvelope(back).data]).toMatchObject([0, { outcome: 'done', kind: 'rollback', to: toy.revisions.base }])
    expect(await haus.git('rev-parse', 'HEAD')).toBe(toy.revisions.base)
    expect((await haus.history())[0]).toMatchObject({ what: 'rollback', outcome: 'confirmed', revision: toy.revisions.base })
  })

  test('it refuses for every reason at once, and passes over only what is named', async () => {
    await using haus = await openHaus(toy, 'logic')
    await writeFile(join(haus.checkout, 'packages/toy/src/mine.ts'), 'export const mine = 1\n')
    await haus.git('commit', '--quiet', '--allow-empty', '--message', 'Mine alone')
    expect((await haus.run('lease', 'open', 'dashboard', '--reason', 'a test', '--for', '5m')).code).toBe(0)
    const refused = await haus.run('upgrade', '--json')
    const speaking = ['UPGRADE_CHECKOUT_DIRTY', 'UPGRADE_CHECKOUT_DIVERGED', 'UPGRADE_LEASE_OPEN']
    expect([refused.code, codesOf(refused).toSorted()]).toEqual([1, speaking])
    expect((await haus.pointers()).current).toBe('generations/1')
    const reasons = ['checkout-dirty', 'checkout-diverged']
    const despite = reasons.flatMap((id) => ['--despite', id])
    expect((await haus.run('upgrade', '--despite', 'mood')).code).toBe(64)
    const passed = await haus.run('upgrade', '--json', ...despite, '--despite', 'lease-open')
    // The checkout has a commit of its own, so it stays where it is, and that is told.
    expect([passed.code, codesOf(passed)]).toEqual([1, expect.arrayContaining(['UPGRADE_DESPITE', 'CHECKOUT_LEFT'])])
    expect((await haus.receipt()).despite.toSorted()).toEqual([...reasons, 'lease-open'])
    expect((await haus.history())[0]?.despite.toSorted()).toEqual([...reasons, 'lease-open'])
  })

  test('planted: a build whose checkout follows before the confirmation is caught by the same look', async () => {
    const folder = await mkdtemp(join(scratch, 'planted '))
    const program = plantBuild(folder, { instead: '"confirm", "fast-forward"];', put: '"fast-forward", "confirm"];' })
    const early = await createToyRepository(join(folder, 'toy'), { dist: join(program, '..'), only: ['logic'] })
    await using haus = await openHaus(early, 'logic')
    const release = await haus.holdGit()
    await haus.killWhen(async () => (await haus.record())?.step === 'fast-forward' && haus.isGitHeld())
    await release()
    await haus.run('revert', '--json')
    const stand = await haus.stand()
    expect([old, next]).not.toContainEqual(stand)
  })
})

/** Minutes of installing and building, so only at full length. */
if (process.env['SANCTUM_TEST_LONG'] === '1')
  test('this repository goes from the commit before to this one and back, by its own launcher', { timeout: 900_000 }, async () => {
    const origin = join(scratch, 'origin.git')
    await toGit(scratch)('clone', '--quiet', '--bare', repository, origin)
    const home = join(scratch, 'own haus')
    const checkout = join(home, 'checkout')
    await mkdir(home)
    await toGit(scratch)('clone', '--quiet', origin, checkout)
    const git = toGit(checkout)
    const [from, to] = [await git('rev-parse', 'HEAD~1'), await git('rev-parse', 'HEAD')]
    await git('reset', '--quiet', '--hard', from)
    const ports = await freePorts(3)
    const ids = ['watchdog', 'dashboard', 'sanctum_server']
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      // The caches of the person who runs the tests, so that it takes no downloads.
      ...settingsOfTheNetwork(),
      npm_config_cache: join(homedir(), '.npm'),
      npm_config_userconfig: join(homedir(), '.npmrc'),
      pnpm_config_store_dir: dirname((await execute('pnpm', ['store', 'path'])).stdout.trim()),
      ...Object.fromEntries(ids.map((id, at) => [`SANCTUM_SET__services__${id}__port`, String(ports[at])])),
    }
    const run = async (...args: readonly string[]) => {
      const ended = await execute(join(checkout, 'tools/sanctumctl'), args, { cwd: home, env, maxBuffer: 64_000_000 }).catch(
        (error) => error,
      )
      return `${ended.code ?? 0} ${ended.stdout}${ended.stderr}`
    }
    try {
      expect(await run('up')).toMatch(/^0 /)
      expect(await run('upgrade', '--yes', '--despite', 'contract-unverified')).toMatch(/^0 [\s\S]*runs and is confirmed/)
      expect([await git('rev-parse', 'HEAD'), await readFile(join(checkout, '.toolchain/adopted'), 'utf8')]).toEqual([
        to,
        `${join(home, '.sanctum/versions', to)}\n`,
      ])
      expect(await run('doctor', '--quick')).toMatch(/^0 /)
      expect(await run('rollback', '--yes')).toMatch(/^0 [\s\S]*runs and is confirmed/)
      expect(await git('rev-parse', 'HEAD')).toBe(from)
    } finally {
      await run('down', '--yes')
      for (const pid of await findProcesses(home)) process.kill(pid, 'SIGKILL')
    }
  })

/** Where packages are fetched from is a matter of the machine that runs the tests. */
function settingsOfTheNetwork(): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => /^NODE_EXTRA_CA_CERTS$|_proxy$/i.test(name)))
}

interface Stand {
  readonly generation: 'old' | 'new' | 'mixed'
  readonly code: readonly string[]
  readonly checkout: 'old' | 'new'
  readonly isClean: boolean
  readonly isSettled: boolean
}
const whole = (side: 'old' | 'new'): Stand => ({ generation: side, code: [side], checkout: side, isClean: true, isSettled: true })
const [old, next] = [whole('old'), whole('new')]

/** A home of its own that runs the base of a toy; the branch of its checkout follows the revision. */
async function openHaus(from: ToyRepository, revision: ToyRevision | 'base') {
  const home = await mkdtemp(join(scratch, 'haus '))
  const checkout = join(home, 'checkout')
  await cloneToy(from, checkout, revision)
  const git = toGit(checkout)
  const sanctumHome = join(home, '.sanctum')
  const [watchdog, dashboard] = await freePorts(2)
  const off = ['sanctum_server', 'router_drill', 'failsafe'].map((id) => [`SANCTUM_SET__services__${id}__enabled`, 'false'] as const)
  const env: Record<string, string | undefined> = {
    PATH: process.env['PATH'],
    HOME: home,
    SANCTUM_SET__services__watchdog__port: String(watchdog),
    SANCTUM_SET__services__dashboard__port: String(dashboard),
    SANCTUM_SET__services__watchdog__settings__cycle_s: '0.5',
    ...Object.fromEntries(off),
  }
  const launcher = join(checkout, 'tools/sanctumctl')
  const children: ChildProcess[] = []
  const held = join(home, 'held')

  function start(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
    const child = spawn(launcher, args, { cwd: home, env: { ...env, ...more } as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    const text = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text.stdout += part))
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text.stderr += part))
    const ended = new Promise<Run>((resolve) => child.on('exit', (code) => setImmediate(() => resolve({ code, ...text }))))
    return { child, text, ended }
  }
  const run = async (...args: readonly string[]): Promise<Run> => {
    const { child, text } = start(args)
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
    return { code, ...text }
  }
  const readDocument = async (path: string) => JSON.parse(await readFile(join(sanctumHome, path), 'utf8').catch(() => 'null'))
  const record = async (): Promise<UpgradeDocument | undefined> => upgradeDocument.safeParse(await readDocument('state/upgrade.json')).data
  const pointers = async () => {
    const read = (name: string) => readlink(join(sanctumHome, name)).catch(() => null)
    return { current: await read('current'), confirmed: await read('confirmed') }
  }

  /** Ends the upgrade as a power cut would: it and what it has started, all at once. */
  async function cut(child: ChildProcess, ended: Promise<Run>): Promise<void> {
    child.kill('SIGKILL')
    const group = (await record())?.child?.pid
    if (group !== undefined) killGroup(group)
    await ended
  }

  /** Resolves once it has said that; an error where it ends without. */
  const reach = (child: ChildProcess, text: { readonly stdout: string; readonly stderr: string }, line: string) =>
    new Promise<void>((resolve, reject) => {
      child.stderr?.on('data', () => (text.stderr.includes(line) ? resolve() : undefined))
      child.on('exit', () => reject(new Error(`it ended before it said ${line}: ${text.stdout} ${text.stderr}`)))
    })

  async function killWhen(isTrue: () => Promise<boolean> | boolean, ...args: readonly string[]): Promise<void> {
    const { child, ended, text } = start(['upgrade', ...args])
    let isOver = false
    void ended.then(() => (isOver = true))
    while (!(await isTrue())) {
      if (isOver) throw new Error(`it ended before it could be killed: ${text.stdout} ${text.stderr}`)
      await pause(10)
    }
    await cut(child, ended)
  }

  /** What runs, by the program that each process of this haus was started from. */
  async function codeOf(to: string): Promise<readonly string[] | null> {
    const { code, ...text } = await run('status', '--json')
    if (code !== 0) return null
    const { services } = readEnvelope({ code, ...text }).data['status'] as HausStatus
    const lines = await Promise.all(services.map(({ pid }) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
    // Between the look at the status and that at the process it may have been started anew.
    if (lines.includes('')) return null
    return [
      ...new Set(
        lines.map((line) => (line.includes(`/versions/${to}/`) ? 'new' : line.includes(join(checkout, 'apps/cli/dist')) ? 'old' : line)),
      ),
    ]
  }

  async function stand(): Promise<Stand> {
    const isSettled = async () => (await readDocument('state/trial.json')) === null && (await record())?.outcome !== null
    await waitUntil(isSettled, 60_000)
    const to = (await record())?.to ?? ''
    let code: readonly string[] | null = null
    await waitUntil(async () => {
      code = await codeOf(to)
      return code !== null
    }, 60_000)
    const { current, confirmed } = await pointers()
    const names = await readFile(join(sanctumHome, 'current/haus.json'), 'utf8')
    const side = names.includes(`/versions/${to}/`) ? 'new' : 'old'
    return {
      generation: current === confirmed ? side : 'mixed',
      code: code ?? [],
      checkout: (await git('rev-parse', 'HEAD')) === to ? 'new' : 'old',
      isClean: (await git('status', '--porcelain')) === '',
      isSettled: await isSettled(),
    }
  }

  const up = await run('up')
  if (up.code !== 0) throw new Error(up.stdout + up.stderr)
  return {
    checkout,
    git,
    run,
    record,
    pointers,
    stand,
    killWhen,
    receipt: async (): Promise<UpgradeReceipt> => upgradeReceipt.parse(await readDocument('state/receipts/upgrade.json')),
    history: async () => readEnvelope(await run('history', '--json')).data['entries'] as readonly HistoryEntry[],
    /** The launcher of the new revision waits at this word until it is killed. */
    async killAt(step: string) {
      const { child, ended, text } = start(['upgrade'], { TOY_HOLD: step })
      await reach(child, text, `holding at ${step}`)
      await cut(child, ended)
    },
    async killAtLine(line: string, ...args: readonly string[]) {
      const { child, ended, text } = start(['upgrade', ...args])
      await reach(child, text, line)
      await cut(child, ended)
    },
    /** Until somebody who was not asked has put it in order. */
    settled: () => waitUntil(async () => (await record())?.outcome !== null, 60_000),
    /** From now on git stops where it is about to move the branch: its files are written, the branch is not. */
    async holdGit() {
      const hook = join(checkout, '.git/hooks/reference-transaction')
      await mkdir(join(checkout, '.git/hooks'), { recursive: true })
      const text = ['[ "$1" = prepared ] || exit 0', 'grep -q refs/heads/ || exit 0', `: >'${held}'`, 'exec sleep 300']
      await writeFile(hook, `#!/bin/sh\n${text.join('\n')}\n`)
      await chmod(hook, 0o755)
      return () => rm(hook)
    },
    isGitHeld: () => existsSync(held),
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL')
      await run('down', '--yes')
      for (const pid of await findProcesses(home)) process.kill(pid, 'SIGKILL')
    },
  }
}

function codesOf(run: Run): string[] {
  return (readEnvelope(run).data.findings ?? []).map(({ code }) => code)
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}
