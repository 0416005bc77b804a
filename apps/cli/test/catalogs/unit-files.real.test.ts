import { spawnSync } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Haus, type HostFacts, hostFacts, type Surface } from '@sanctum/contracts'
import { resolveHost } from '@sanctum/host-resolver'
import { renderHaus } from '@sanctum/render'
import { createTemporaryFolder, sha256, type TemporaryFolder } from '@sanctum/testkit/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type catalogNames, type factsNames, readFacts, readSoundReference } from './read-reference.ts'

type CatalogName = (typeof catalogNames)[number]
type FactsName = (typeof factsNames)[number]

let folder: TemporaryFolder
beforeAll(async () => {
  folder = await createTemporaryFolder()
})
afterAll(() => folder.remove())

const verifier = Number(/^systemd (\d+)/.exec(spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' }).stdout)?.[1])

/** The machine with every path below a folder, and no newer systemd than the one that judges. */
function moveBelow(facts: HostFacts, root: string): HostFacts {
  const moved = hostFacts.parse(JSON.parse(JSON.stringify(facts).replaceAll('"/', `"${root}/`)))
  const { kind, version } = facts.service_manager
  return { ...moved, service_manager: { kind, version: version === null ? null : Math.min(version, verifier) } }
}

/** Programs that the catalog itself names by an absolute path are moved with the rest. */
function moveCommands(haus: Haus, root: string): Haus {
  const services = Object.entries(haus.services).map(([id, service]) => {
    const [program = '', ...words] = service.run?.command ?? []
    if (service.run === null || program.startsWith(root)) return [id, service] as const
    return [id, { ...service, run: { ...service.run, command: [root + program, ...words] as const } }] as const
  })
  return { ...haus, services: Object.fromEntries(services) as Haus['services'] }
}

async function render(catalog: CatalogName, facts: HostFacts, root: string): Promise<readonly Surface[]> {
  const node = catalog === 'starter' ? { node: 'local' } : {}
  const resolution = resolveHost({ catalog: await readSoundReference(catalog), facts, ...node, digest: sha256 })
  if (resolution.kind === 'invalid') throw new Error(JSON.stringify(resolution.findings, null, 2))
  return renderHaus(moveCommands(resolution.haus, root), { digest: sha256 }).surfaces
}

/** Writes the units, and a stub at each place where one of them names a program; what the verifier says of all of them. */
async function verify(name: string, { kind }: HostFacts['service_manager'], units: Readonly<Record<string, string>>) {
  const unitFolder = join(folder.path, name, 'units')
  await mkdir(unitFolder, { recursive: true })
  for (const [file, content] of Object.entries(units)) {
    await writeFile(join(unitFolder, file), content)
    for (const [, program = ''] of content.matchAll(/^Exec\w+=[:@+!-]*(\S+)/gm))
      if (program.startsWith(folder.path)) await writeStub(program)
  }
  const scope = kind === 'systemd-user' ? ['--user'] : []
  const files = Object.keys(units).map((file) => join(unitFolder, file))
  const env = { ...process.env, SYSTEMD_UNIT_PATH: `${unitFolder}:`, XDG_RUNTIME_DIR: folder.path, SYSTEMD_COLORS: '0' }
  const argv = [...scope, '--man=no', 'verify', '--recursive-errors=yes', ...files]
  const { status, stderr } = spawnSync('systemd-analyze', argv, { cwd: unitFolder, env, encoding: 'utf8', timeout: 100_000 })
  return { status, stderr }
}

async function writeStub(program: string): Promise<void> {
  await mkdir(dirname(program), { recursive: true })
  await writeFile(program, '#!/bin/sh\n')
  await chmod(program, 0o755)
}

const machines: readonly (readonly [CatalogName, FactsName, number])[] = [
  ['starter', 'linux-systemd', 3],
  ['starter', 'vm', 3],
  ['manoir', 'linux-systemd', 2],
  ['manoir', 'vm', 8],
]

describe.each(machines)('the units of catalogs/%s on %s', (catalog, name, fewest) => {
  test(`pass systemd-analyze verify, all of them, of systemd ${verifier}`, async () => {
    const root = join(folder.path, `${catalog}-${name}`)
    const facts = moveBelow(await readFacts(name), root)
    const surfaces = (await render(catalog, facts, root)).filter(({ target }) => target === 'systemd')
    const units = Object.fromEntries(surfaces.map(({ path, content }) => [path.slice('systemd/'.length), content]))
    expect(Object.keys(units).length).toBeGreaterThanOrEqual(fewest)
    expect(await verify(`${catalog}-${name}`, facts.service_manager, units)).toEqual({ status: 0, stderr: '' })
  })
})

test.each([
  ['a directive that no systemd knows', 'ExecStart=/bin/true\nRestrt=always\n', 'Unknown key'],
  ['a program that is not there', 'ExecStart=/nowhere/at-all\n', 'not executable'],
])('%s does not pass', async (_, lines, said) => {
  const { status, stderr } = await verify('planted', { kind: 'systemd-system', version: verifier }, { 'a.service': `[Service]\n${lines}` })
  expect(stderr).toContain(said)
  expect(status).not.toBe(0)
})

/** What Python's plistlib makes of all of them, in one process. */
function readPlists(texts: readonly string[]) {
  const program = 'import json, plistlib, sys; print(json.dumps([plistlib.loads(text.encode()) for text in json.load(sys.stdin)]))'
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    timeout: 100_000,
  })
  return { status, stderr, jobs: (status === 0 ? JSON.parse(stdout) : []) as readonly Readonly<Record<string, unknown>>[] }
}

describe.each(['starter', 'manoir'] as const)('the plists of catalogs/%s on mac-hub', (catalog) => {
  test('are read by a second parser as the jobs that were meant', async () => {
    const root = join(folder.path, 'mac')
    const surfaces = (await render(catalog, moveBelow(await readFacts('mac-hub'), root), root)).filter(({ target }) => target === 'launchd')
    const { jobs, status, stderr } = readPlists(surfaces.map(({ content }) => content))
    expect([stderr, status]).toEqual(['', 0])
    expect(jobs.map(({ Label }) => Label)).toEqual(surfaces.map(({ unit }) => unit?.name))
    expect(jobs.length).toBeGreaterThanOrEqual(catalog === 'manoir' ? 40 : 3)
    const programs = jobs.map((job) => String((job['ProgramArguments'] as readonly unknown[])[0]))
    expect(programs.filter((program) => !program.startsWith(root))).toEqual([])
  })
})

test('a plist that is cut off does not pass', () => {
  expect(readPlists(['<?xml version="1.0"?><plist version="1.0"><dict><key>Label</key>']).status).not.toBe(0)
})
