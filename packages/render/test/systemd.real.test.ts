import { spawnSync } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Haus, Surface } from '@sanctum/contracts'
import { renderHaus } from '@sanctum/render'
import { createTemporaryFolder, sha256, type TemporaryFolder } from '@sanctum/testkit/node'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildManoirLike } from './hauses/build-manoir-like.ts'
import { buildStarterLike } from './hauses/build-starter-like.ts'
import { buildSample, hostileFor, replaceLeaves } from './hostile.ts'
import { parseUnit } from './oracle/parse-unit.ts'

let folder: TemporaryFolder
beforeAll(async () => {
  folder = await createTemporaryFolder()
})
afterAll(() => folder.remove())

const managers: readonly Haus['manager'][] = [
  { kind: 'systemd-system', version: 252 },
  { kind: 'systemd-user', version: 252 },
]

/** systemd-analyze without a running systemd. One call for many units: a call costs about as much as fifty units. */
function analyze(manager: Haus['manager'], unitFolder: string, argv: readonly string[]) {
  const scope = manager.kind === 'systemd-user' ? ['--user'] : []
  const env = { ...process.env, SYSTEMD_UNIT_PATH: `${unitFolder}:`, XDG_RUNTIME_DIR: folder.path, SYSTEMD_COLORS: '0' }
  return spawnSync('systemd-analyze', [...scope, '--man=no', ...argv], { cwd: unitFolder, env, encoding: 'utf8', timeout: 100_000 })
}

/** Writes the units below the temporary root, and a stub at each place where a unit names a program. */
async function layOut(
  name: string,
  surfaces: readonly Surface[],
): Promise<{ readonly unitFolder: string; readonly files: readonly string[] }> {
  const root = join(folder.path, name)
  const unitFolder = join(root, 'units')
  await mkdir(unitFolder, { recursive: true })
  const files: string[] = []
  for (const { content, path } of surfaces.filter(({ target }) => target === 'systemd')) {
    const file = path.slice('systemd/'.length)
    await writeFile(join(unitFolder, file), content)
    files.push(file)
    for (const { key, value } of parseUnit(content)) if (key === 'ExecStart') await writeStub(value[1] as string)
  }
  return { unitFolder, files }
}

async function writeStub(program: string): Promise<void> {
  if (!program.startsWith(folder.path)) throw new Error(`${program} is outside of the temporary root`)
  await mkdir(dirname(program), { recursive: true })
  await writeFile(program, '#!/bin/sh\n')
  await chmod(program, 0o755)
}

/** The same haus with every program and home below the temporary root. */
function below(haus: Haus, root: string): Haus {
  const move = (path: string): string => `${root}${path}`
  return {
    ...haus,
    host: {
      ...haus.host,
      sanctum_home: move(haus.host.sanctum_home),
      container_runtime: { kind: 'docker', program: move('/usr/bin/docker') },
    },
    services: Object.fromEntries(
      Object.entries(haus.services).map(([id, service]) => {
        if (service.run === null) return [id, service]
        const [program = '', ...rest] = service.run.command
        return [id, { ...service, run: { ...service.run, command: [move(program), ...rest] } }]
      }),
    ),
  }
}

describe.each(managers)('units for $kind', (manager) => {
  it.each([
    ['starter', buildStarterLike(manager)],
    ['manoir', buildManoirLike(manager)],
  ])('of a haus like %s pass systemd-analyze verify', async (name, haus) => {
    const { findings, surfaces } = renderHaus(below(haus, join(folder.path, 'root')), { digest: sha256 })
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    const { files, unitFolder } = await layOut(`${name}-${manager.kind}`, surfaces)
    const { status, stderr } = analyze(manager, unitFolder, [
      'verify',
      '--recursive-errors=yes',
      ...files.map((file) => join(unitFolder, file)),
    ])
    expect([stderr, status]).toEqual(['', 0])
    expect(files.length).toBeGreaterThanOrEqual(3)
  })

  it('with hostile texts pass systemd-analyze verify, 300 of them', async () => {
    const { haus, leaves } = buildSample(manager)
    const usable = leaves.filter(({ kind, path }) => kind !== 'name' && path[0] === 'services')
    const root = join(folder.path, `hostile-${manager.kind}`)
    const replacements = fc.tuple(...usable.map((leaf) => hostileFor(leaf).map((text) => [leaf, text] as const)))
    const surfaces: Surface[] = []
    const seeds = Array.from({ length: 4_000 }, (_, index) => index)
    for (const seed of seeds) {
      if (surfaces.length >= 300) break
      const texts = (fc.sample(replacements, { seed, numRuns: 1 })[0] ?? []).filter(
        ([leaf, text]) =>
          !/[\0-\u001f\u007f\ud800\ufffe]|\.\./.test(text) &&
          (leaf.kind === 'free' || text.startsWith('/')) &&
          text.length < 1_000 &&
          text === text.trim() &&
          !text.endsWith('\\') &&
          !(leaf.kind === 'path' && text.includes('\\')) &&
          !text.includes('//'),
      )
      const id = `subject-${seed}`
      const replaced = replaceLeaves(haus, texts)
      const subject = { ...replaced.services.subject, id, label: id } as Haus['services'][string]
      const moved = below(
        { ...replaced, services: { [id]: subject, upstream: replaced.services.upstream as Haus['services'][string] } },
        root,
      )
      surfaces.push(
        ...renderHaus(moved, { digest: sha256, targets: ['systemd'] }).surfaces.filter(
          ({ subject: of }) => of === id || surfaces.length === 0,
        ),
      )
    }
    expect(surfaces.length).toBeGreaterThanOrEqual(300)
    const { files, unitFolder } = await layOut(`hostile-${manager.kind}`, surfaces)
    const { status, stderr } = analyze(manager, unitFolder, [
      'verify',
      '--recursive-errors=yes',
      ...files.map((file) => join(unitFolder, file)),
    ])
    expect([stderr, status]).toEqual(['', 0])
  })

  const threshold = manager.kind === 'systemd-system' ? 15 : 25

  it(`of roles that act on nothing else score at most ${threshold / 10}`, async () => {
    const { files, unitFolder } = await layOut(
      `score-${manager.kind}`,
      renderHaus(below(buildStarterLike(manager), join(folder.path, 'root')), { digest: sha256 }).surfaces,
    )
    const score = (file: string) =>
      analyze(manager, unitFolder, ['security', '--offline=true', '--no-pager', `--threshold=${threshold}`, join(unitFolder, file)])
    expect(files).toContain('com.sanctum.dashboard.service')
    const { status, stdout } = score('com.sanctum.dashboard.service')
    console.info(`${manager.kind}: ${/Overall exposure level.*?: ([\d.]+)/.exec(stdout)?.[1]}`)
    expect(status).toBe(0)
    // The roles that start and stop others do not, which is why they carry a waiver.
    expect(score('com.sanctum.watchdog.service').status).not.toBe(0)
  })
})

describe('systemd-analyze itself', () => {
  const manager = managers[0] as Haus['manager']
  const unit = async (name: string, lines: string) => {
    const { unitFolder } = await layOut(name, [])
    await writeFile(join(unitFolder, `${name}.service`), `[Service]\nType=exec\nExecStart=:/bin/true\n${lines}`)
    return { file: join(unitFolder, `${name}.service`), unitFolder }
  }

  it('fails on a directive that it does not know, so a green verify means something', async () => {
    const { file, unitFolder } = await unit('unknown', 'RestartSteps=3\nRestartMaxDelaySec=60s\n')
    const { status, stderr } = analyze(manager, unitFolder, ['verify', '--recursive-errors=yes', file])
    expect(stderr).toContain("Unknown key 'RestartSteps'")
    expect(status).not.toBe(0)
  })

  it('fails on a program that is not there, so the stubs are really looked at', async () => {
    const { file, unitFolder } = await unit('absent', 'ExecStartPost=/nowhere/at all\n')
    expect(analyze(manager, unitFolder, ['verify', '--recursive-errors=yes', file]).status).not.toBe(0)
  })

  it('is over the threshold once NoNewPrivileges and the rest are gone', async () => {
    const { file, unitFolder } = await unit('open', '')
    expect(analyze(manager, unitFolder, ['security', '--offline=true', '--no-pager', '--threshold=15', file]).status).not.toBe(0)
  })
})
