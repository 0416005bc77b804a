import { appendFileSync, chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { appendFile, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { HistoryEntry } from '@sanctum/contracts'
import { toSelfContained } from '@sanctum/release'
import { freePorts } from '@sanctum/testkit/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProgram } from './support/start-program.ts'
import { findProcesses, readEnvelope, repository, withoutStrangers } from './support/test-haus.ts'
import { codesOf, openToyHaus } from './support/toy-haus.ts'
import { createToyRepository, type ToyRepository } from './support/toy-repository.ts'
import { waitUntil } from './support/wait-until.ts'

let scratch = ''
let toy: ToyRepository

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sanctum rollback '))
  toy = await createToyRepository(join(scratch, 'toy'), { only: ['logic'] })
})
afterAll(() => rm(scratch, { recursive: true, force: true, maxRetries: 5 }))

/** Killed in either proof it goes back alike, and in the confirmation as before or after it: each by itself only at full length. */
const isLong = process.env['SANCTUM_TEST_LONG'] === '1'
const killed = isLong ? (['swap', 'doctor', 'verify', 'confirm', 'fast-forward'] as const) : (['swap', 'verify', 'fast-forward'] as const)

describe('a rollback takes back', { concurrent: true, timeout: 300_000 }, () => {
  test('a render: proven by doctor and verify, and taken back itself where one of them finds what is new', async () => {
    await using haus = await openToyHaus(scratch, toy, 'base')
    expect((await haus.run('render', '--set', 'services.dashboard.title=Board')).code).toBe(0)
    const back = await haus.run('rollback', '--json')
    expect([back.code, readEnvelope(back).data]).toMatchObject([
      0,
      {
        outcome: 'applied',
        generation: 1,
        steps: [
          { step: 'doctor', outcome: 'done' },
          { step: 'verify', outcome: 'done' },
        ],
      },
    ])
    expect(await haus.pointers()).toEqual({ current: 'generations/1', confirmed: 'generations/1' })
    expect((await haus.history())[0]).toMatchObject({ what: 'rollback', outcome: 'confirmed', proof: expect.stringContaining('verify: ') })
    // The catalog has gone on by a service that the generation does not know. Nothing that starts it would notice that its healer has no program.
    const catalog = join(haus.checkout, 'catalogs/starter/catalog.yaml')
    const text = await readFile(catalog, 'utf8')
    const healer = 'remediation: { actions: [{ name: wind, command: [/opt/no-such-program] }] }'
    await writeFile(
      catalog,
      `${text}\n  clock: { kind: daemon, tier: optional, run: { command: [/bin/sleep, '1000'] }, sandbox: { level: none }, ${healer} }\n`,
    )
    expect((await haus.run('up')).code).toBe(0)
    // Nor is the path of one machine in the folder of the catalog a matter of the generation that comes back.
    await appendFile(join(haus.checkout, 'catalogs/starter/agents/yoda/TOOLS.md'), 'Look into /home/neo/.sanctum/logs first.\n')
    expect((await haus.run('rollback', '1')).code).toBe(0)
    // A catalog that cannot be read any more excuses nothing of what comes back.
    await writeFile(catalog, 'services: [\n')
    const ill = await haus.run('rollback', '3', '--json')
    expect([ill.code, codesOf(ill)]).toEqual([3, expect.arrayContaining(['UPGRADE_STEP_FAILED', 'GENERATION_REVERTED'])])
    expect(readEnvelope(ill).data).toMatchObject({ generation: 1, steps: [{ outcome: 'done' }, { step: 'verify', outcome: 'failed' }] })
    expect(await haus.pointers()).toEqual({ current: 'generations/1', confirmed: 'generations/1' })
    expect((await haus.run('rollback', '3', '--despite', 'doctor-red')).code).toBe(0)
    expect(await haus.pointers()).toEqual({ current: 'generations/3', confirmed: 'generations/3' })
  })

  test('an upgrade, to the build that the checkout has still, without rendering anew; killed at each step it ends whole', async () => {
    await using haus = await openToyHaus(scratch, toy, 'logic')
    const { base, logic } = toy.revisions
    const [before, after] = [
      { revision: base, code: [join(haus.checkout, 'apps/cli/dist')], isConfirmed: true, isFirst: true },
      { revision: logic, code: [join(haus.sanctumHome, 'versions', logic, 'apps/cli/dist')], isConfirmed: true, isFirst: false },
    ]
    const stand = async () => {
      await haus.settled()
      await waitUntil(
        async () => (await readFile(join(haus.sanctumHome, 'state/trial.json'), 'utf8').catch(() => 'null')) === 'null',
        60_000,
      )
      const { current, confirmed } = await haus.pointers()
      return {
        revision: await haus.git('rev-parse', 'HEAD'),
        code: await codeOf(haus.home),
        isConfirmed: current === confirmed,
        isFirst: current === 'generations/1',
      }
    }
    const goOn = async () => {
      if ((await stand()).revision === base) expect((await haus.run('upgrade', '--json')).code).toBe(0)
      expect(await stand()).toEqual(after)
    }
    await goOn()
    const planned = await haus.run('rollback', '--plan', '--json')
    expect(readEnvelope(planned).data).toMatchObject({ to: base, plan: ['swap', 'doctor', 'verify', 'confirm', 'fast-forward'] })
    for (const step of killed) {
      await goOn()
      // It is over in a moment, so git is held where it is about to move the branch.
      const release = step === 'fast-forward' ? await haus.holdGit() : null
      await haus.killCommandWhen(['rollback'], async () => {
        const run = await haus.record()
        const isThere = run?.kind === 'rollback' && run.outcome === null && run.step === step
        return isThere && (release === null || haus.isGitHeld())
      })
      await release?.()
      expect([step, [0, 2, 3].includes((await haus.run('revert', '--json')).code ?? -1)]).toEqual([step, true])
      expect([before, after]).toContainEqual(await stand())
    }
    // Behind the confirmation there is no way but on.
    expect(await stand()).toEqual(before)
  })

  test('a release on a host without a checkout: the next bundle beside it is started, and the one before comes back with its generation', async () => {
    const home = await mkdtemp(join(scratch, 'host '))
    const ports = await freePorts(2)
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      SANCTUM_NODEJS: process.execPath,
      SANCTUM_SET__services__watchdog__port: String(ports[0]),
      SANCTUM_SET__services__dashboard__port: String(ports[1]),
      ...Object.fromEntries(['sanctum_server', 'router_drill', 'failsafe'].map((id) => [`SANCTUM_SET__services__${id}__enabled`, 'false'])),
      ...withoutStrangers,
    }
    const [a, b] = ['1.0.0', '1.1.0'].map((version) => unpackBundle(home, version)) as [string, string]
    const run = async (bundle: string, ...words: readonly string[]) =>
      startProgram([], { env, timeoutMs: 120_000, words: [join(bundle, 'bin/sanctumctl'), ...words] }).ended
    const code = () => codeOf(home)
    try {
      expect((await run(a, 'up')).code).toBe(0)
      const refused = await run(a, 'upgrade', '--json')
      expect([refused.code, refused.stdout]).toEqual([69, expect.stringContaining('release verify')])
      expect((await run(b, 'up')).code).toBe(0)
      expect(await code()).toEqual([join(b, 'lib/dist')])
      const back = await run(b, 'rollback', '--json')
      expect([back.code, back.stdout]).toEqual([0, expect.stringContaining('"outcome": "applied"')])
      expect(await code()).toEqual([join(a, 'lib/dist')])
      const names = ['current', 'confirmed'].map((name) => readlink(join(home, '.sanctum', name)))
      expect(await Promise.all(names)).toEqual(['generations/1', 'generations/1'])
      // The program of the first one finds its own haus as it left it.
      expect((await run(a, 'doctor', '--quick')).code).toBe(0)
      const entries = readEnvelope(await run(a, 'history', '--json')).data['entries'] as readonly HistoryEntry[]
      expect(entries[0]).toMatchObject({ what: 'rollback', generation: 1, outcome: 'confirmed' })
    } finally {
      await run(a, 'down')
      for (const pid of await findProcesses(home)) process.kill(pid, 'SIGKILL')
    }
  })
})

/** As a release lays out what a host without this repository starts; the bytes of each version are its own. */
function unpackBundle(home: string, version: string): string {
  const folder = join(home, `sanctum-${version}`)
  for (const { path, content } of toSelfContained([], version)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), content)
    chmodSync(join(home, path), 0o755)
  }
  cpSync(join(repository, 'apps/cli/dist'), join(folder, 'lib/dist'), { recursive: true })
  cpSync(join(repository, 'apps/cli/package.json'), join(folder, 'lib/package.json'))
  for (const name of ['sanctumctl', 'sanctumd']) appendFileSync(join(folder, `lib/dist/${name}.js`), `\n// ${version}\n`)
  return folder
}

/** The folders that the processes of a haus were started from. */
async function codeOf(home: string): Promise<readonly string[]> {
  const lines = await Promise.all((await findProcesses(home)).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  const programs = lines.flatMap((line) => line.split('\0').filter((word) => word.endsWith('/sanctumd.js')))
  return [...new Set(programs.map((path) => dirname(path)))].sort()
}
