import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { freePorts } from '@sanctum/testkit/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { plantBuild } from './crash/plant-build.ts'
import { findProcesses, readEnvelope, repository } from './support/test-haus.ts'
import { codesOf, next, old, openToyHaus } from './support/toy-haus.ts'
import { createToyRepository, type ToyRepository, type ToyRevision, toGit } from './support/toy-repository.ts'

const execute = promisify(execFile)
let scratch = ''
let toy: ToyRepository

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sanctum upgrade '))
  toy = await createToyRepository(join(scratch, 'toy'))
})
afterAll(() => rm(scratch, { recursive: true, force: true, maxRetries: 5 }))

const openHaus = (from: ToyRepository, revision: ToyRevision | 'base') => openToyHaus(scratch, from, revision)

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
    await haus.settled()
    expect(await haus.stand()).toEqual(old)
    const upgraded = await haus.run('upgrade', '--json')
    expect([upgraded.code, codesOf(upgraded)]).toEqual([0, []])
    expect((await haus.history()).flatMap(({ what, outcome }) => (what === 'upgrade' ? [outcome] : []))).toEqual([
      'confirmed',
      'reverted',
      'reverted',
    ])
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
    expect(await haus.pointers()).toEqual({ current: 'generations/1', confirmed: 'generations/1' })
    expect(await haus.git('rev-parse', 'HEAD')).toBe(toy.revisions.base)
    expect((await haus.history())[0]).toMatchObject({ what: 'rollback', outcome: 'confirmed', revision: toy.revisions.base })
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
