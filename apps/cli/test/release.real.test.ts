import { execFileSync, spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parseTar, releaseGates } from '@sanctum/release'
import { createKey } from '@sanctum/release/node'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startProgram } from './support/start-program.ts'
import { readEnvelope, repository } from './support/test-haus.ts'

/**
 * A small repository with two packages. Its launcher hands packing and changesets to the real tools and doctor to a real disposable haus;
 * what takes minutes in the real one it answers by a file that says whether the gate is red.
 */
const scratch = mkdtempSync(join(tmpdir(), 'sanctum release '))
const root = join(scratch, 'repository')
const out = join(scratch, 'out')
const env = { HOME: join(scratch, 'home'), PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1' }
const later = releaseGates.filter(({ id }) => id !== 'working-tree')

const launcher = `#!/bin/sh
cd_root=${JSON.stringify(root)}
haus() { echo '{"data":{"up":true,"stdout":"{\\"schema_version\\":1,\\"command\\":\\"'"$1"'\\",\\"ok\\":true,\\"data\\":{\\"'"$2"'\\":[{\\"verdict\\":\\"healthy\\"}],\\"findings\\":[]}}"}}'; }
says() { echo '{"schema_version":1,"command":"'"$1"'","ok":true,"data":{'"$2"',"findings":[]}}'; }
red() { [ ! -f "$cd_root/.state/red/$1" ] || { echo "planted: $1 is red" >&2; exit 1; }; }
case "$*" in
  "dev node tools/lanes/judge-receipt.ts"*) red tests; echo '{"ok":true,"says":"7 passed, 0 failed","counts":{"passed":7}}' ;;
  "dev node tools/ledger/refuse-stale.ts") red ledgers; echo '{"ok":true,"says":"2 entries, none of them stale","counts":{}}' ;;
  "dev turbo run build --force")
    [ ! -f "$cd_root/.state/red/build" ] || { : >"$cd_root/.state/building"; sleep 60; exit 1; }
    for room in apps/cli packages/contracts; do mkdir -p $room/dist && cp $room/src/* $room/dist/; done
    mkdir -p apps/cli/node_modules/@sanctum && ln -sfn "$PWD/packages/contracts" apps/cli/node_modules/@sanctum/contracts ;;
  "dev pnpm stamp") echo half >>README.md; red stamp; git checkout -q README.md; shift; PATH=${repository}/node_modules/.bin:${repository}/.toolchain/bin:$PATH; exec "$@" ;;
  dev*) shift; PATH=${repository}/node_modules/.bin:${repository}/.toolchain/bin:$PATH; exec "$@" ;;
  disposable*doctor*)
    red doctor
    # Really once: another commit is another question, and the answer takes long.
    if [ -f "$cd_root/.state/asked" ]; then haus doctor checks; exit; fi
    : >"$cd_root/.state/asked"
    cd ${repository}; exec ${process.execPath} apps/cli/dist/sanctumctl.js "$@" ;;
  disposable*verify*) red verify; haus verify steps ;;
  docs*) red docs; says 'docs check' '"pages":{"read":1}' ;;
  contracts*) red contracts; says 'contracts check' '"contracts":[{}]' ;;
  check*) red packages; echo 'check: 3 checks, nothing found' >&2 ;;
  *) echo "nobody expected: $*" >&2; exit 64 ;;
esac
`

const manifest = (name: string, more: object = {}) =>
  `${JSON.stringify({ name: `@sanctum/${name}`, version: '0.0.0', type: 'module', files: ['dist'], publishConfig: { access: 'public' }, ...more }, null, 2)}\n`
const lock = `lockfileVersion: '9.0'
importers:
  apps/cli: {}
  packages/contracts:
    dependencies:
      zod: { specifier: 4.6.7, version: 4.6.7 }
packages:
  zod@4.6.7: { resolution: { integrity: sha512-AAAA } }
  commander@15.1.0: { resolution: { integrity: sha512-AAAA } }
snapshots:
  zod@4.6.7: {}
  commander@15.1.0: {}
`

beforeAll(() => {
  const files = {
    'tools/sanctumctl': launcher,
    'package.json': '{ "name": "toy", "private": true, "packageManager": "pnpm@12.21.0", "scripts": { "stamp": "changeset version" } }\n',
    'pnpm-workspace.yaml': 'packages: [packages/*, apps/*]\npmOnFail: ignore\n',
    'pnpm-lock.yaml': lock,
    '.gitignore': '.state/\nnode_modules/\ndist/\n',
    '.changeset/config.json': '{ "access": "public", "baseBranch": "main", "changelog": false }\n',
    '.changeset/one.md': "---\n'@sanctum/cli': minor\n'@sanctum/contracts': patch\n---\n\nDoors open by themselves.\n",
    'README.md': '# Toy\n\n## What is not proven\n\nNothing was run\non a Mac.\n\n## More\n',
    'ledgers/bench.json':
      '{"entries":{"start":{"figures":[{"what":"start","ours":"40 ms","bound":"≤ 60 ms","command":"sanctumctl --version"},{"what":"stop","ours":"70 ms","bound":"≤ 60 ms","command":"x","verdict":"misses"},{"what":"talk","ours":"9 ms","bound":"beside y","command":"x","verdict":"told"}]}}}',
    'ledgers/long.json': '{"entries":{"kills":{"counts":{"kills":10000},"failures":0,"date":"2026-11-27"}}}',
    'apps/cli/package.json': manifest('cli', {
      bin: { sanctumctl: './dist/sanctumctl.js' },
      dependencies: { '@sanctum/contracts': 'workspace:^' },
    }),
    'apps/cli/src/sanctumctl.js':
      '#!/usr/bin/env node\n// ../../node_modules/.pnpm/commander@15.1.0/node_modules/commander/x.js\nconsole.log("toy")\n',
    'packages/contracts/package.json': manifest('contracts', { exports: './dist/index.js' }),
    'packages/contracts/src/index.js': 'export const toy = 1\n',
  }
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  chmodSync(join(root, 'tools/sanctumctl'), 0o755)
  mkdirSync(env.HOME)
  git('init', '-q', '-b', 'main')
  commit('begin')
  // Nobody committed these, and git does not tell of them.
  for (const room of ['apps/cli', 'packages/contracts']) {
    mkdirSync(join(root, room, 'dist'))
    writeFileSync(join(root, room, 'dist/planted.js'), 'steal()\n')
  }
  mkdirSync(join(root, '.state/red'), { recursive: true })
  for (const { id } of later) writeFileSync(join(root, '.state/red', id), '')
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

function git(...words: readonly string[]): string {
  const identity = ['-c', 'user.name=toy', '-c', 'user.email=toy@example.org']
  return execFileSync('git', [...identity, ...words], {
    cwd: root,
    encoding: 'utf8',
    env: { ...env, GIT_COMMITTER_DATE: '2026-11-20T12:00:00Z' },
  })
}

function commit(message: string): void {
  git('add', '-A')
  git('commit', '-q', '-m', message)
}

/** By way of a shell, because the checkout is found from the folder in which the command is typed. */
function run(...words: readonly string[]) {
  return runAt({ folder: root, env }, ...words)
}

interface Place {
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly umask?: string
  /** Words before the program. */
  readonly before?: readonly string[]
}

async function runAt({ folder, env, umask = '022', before = [] }: Place, ...words: readonly string[]) {
  const program = [...before, process.execPath, join(repository, 'apps/cli/dist/sanctumctl.js'), ...words, '--json']
  const script = `umask ${umask}; cd "$0" && exec "$@"`
  const ended = await startProgram([], { env, timeoutMs: 60_000, words: ['/bin/sh', '-c', script, folder, ...program] }).ended
  return { code: ended.code, ...readEnvelope(ended) }
}

const bytes = (folder: string) => Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'base64')]))

test('each gate in its order: a red one ends the release with a code of its own and says what to do', async () => {
  writeFileSync(join(root, 'left.txt'), '')
  const seen: unknown[] = []
  for (const [at, { id, exit }] of releaseGates.entries()) {
    const { code, data, errors } = await run('release', '--out', out)
    const asked = (data['gates'] as { gate: string; ok: boolean; says: string }[]).map(
      ({ gate, ok }) => `${gate} ${ok ? 'open' : 'closed'}`,
    )
    seen.push([id, code])
    expect([id, asked.length, asked.at(-1)]).toEqual([id, at + 1, `${id} closed`])
    expect(data['findings']).toMatchObject([{ code: 'RELEASE_GATE_CLOSED', subject: id, fix: { text: expect.stringMatching(/\w/) } }])
    expect([exit, data['written'], errors.length]).toEqual([exit, false, 1])
    if (id === 'working-tree') rmSync(join(root, 'left.txt'))
    else rmSync(join(root, '.state/red', id))
  }
  expect(seen).toEqual(releaseGates.map(({ id }, at) => [id, 20 + at]))
})

test('behind the last one: what would be released, and for which version it is not', async () => {
  const planned = await run('release', '--dry-run')
  expect([planned.code, planned.data['version'], planned.data['written']]).toEqual([2, '0.1.0', false])
  expect((await run('release', '--version', '3.0.0')).code).toBe(28)
  expect(git('status', '--porcelain')).toBe('')
  expect(readdirSync(join(root, '.state')).sort()).toEqual(['asked', 'receipts', 'red'])
})

test("before any gate: a folder that is somebody's and a key that cannot sign", async () => {
  const diary = join(scratch, 'diary')
  mkdirSync(diary)
  writeFileSync(join(diary, 'monday.txt'), '')
  const foreign = await run('release', '--out', `${diary}/`)
  expect([foreign.code, foreign.errors[0]?.message]).toEqual([73, expect.stringContaining('monday.txt')])
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  for (const [name, pem, mode, code] of [
    ['p384', privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600, 69],
    ['public', publicKey.export({ type: 'spki', format: 'pem' }), 0o600, 69],
    ['open', createKey().privateKey, 0o644, 77],
  ] as const) {
    writeFileSync(join(scratch, name), pem, { mode })
    expect([name, (await run('release', '--key', join(scratch, name))).code]).toEqual([name, code])
  }
})

test('Ctrl+C while it packs is an interruption and no failure, and leaves neither a release nor what it packed', async () => {
  writeFileSync(join(root, '.state/red/build'), '')
  const temporary = join(scratch, 'temporary')
  mkdirSync(temporary)
  const program = [process.execPath, join(repository, 'apps/cli/dist/sanctumctl.js'), 'release', '--out', join(scratch, 'cut'), '--json']
  const words = ['/bin/sh', '-c', 'cd "$0" && exec "$@"', root, ...program]
  const running = startProgram([], { env: { ...env, TMPDIR: temporary }, timeoutMs: 60_000, words })
  await vi.waitUntil(() => existsSync(join(root, '.state/building')), { timeout: 30_000, interval: 20 })
  running.child.kill('SIGINT')
  const ended = await running.ended
  for (const name of ['red/build', 'building']) rmSync(join(root, '.state', name))
  expect([ended.code, readEnvelope(ended).errors]).toMatchObject([130, [{ code: 'INTERRUPTED' }]])
  const left = readdirSync(temporary).filter((name) => name.startsWith('sanctum'))
  expect([left, existsSync(join(scratch, 'cut')), git('status', '--porcelain')]).toEqual([[], false, ''])
}, 60_000)

test('planted: a stamp that fails half-way leaves a release that is whole and a tree that is clean', async () => {
  writeFileSync(join(root, '.state/red/stamp'), '')
  const half = await run('release', '--out', join(scratch, 'half'))
  expect([half.code, half.errors[0]?.message]).toEqual([69, expect.stringMatching(/git stash list.*planted: stamp is red/)])
  rmSync(join(root, '.state/red/stamp'))
  expect([git('status', '--porcelain'), git('stash', 'list')]).toEqual(['', expect.stringContaining('half a stamp of 0.1.0')])
  expect((await run('release', 'verify', join(scratch, 'half'), '--dry-run')).code).toBe(0)
})

test('a release is whole, says what was verified, and is the same to the byte when it is made again', async () => {
  const first = await run('release', '--version', 'v0.1.0', '--out', out)
  expect([first.code, first.errors]).toEqual([0, []])
  expect([first.code, first.data['stamped'], first.data['signature_kept']]).toEqual([0, true, false])
  const made = bytes(out)
  expect(Object.keys(made).sort()).toEqual([
    'RELEASE.md',
    'SHA256SUMS',
    'receipts.json',
    'release.sigstore.json',
    'sanctum-0.1.0.tar.gz',
    'sanctum-cli-0.1.0.tgz',
    'sanctum-contracts-0.0.1.tgz',
    'sbom.cdx.json',
  ])
  expect(JSON.parse(readFileSync(join(root, 'apps/cli/package.json'), 'utf8')).version).toBe('0.1.0')
  git('checkout', '-q', '.')
  const again = await run('release', '--out', out)
  expect([again.code, again.data['signature_kept']]).toEqual([0, true])
  expect(bytes(out)).toEqual(made)
  git('checkout', '-q', '.')
  execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: out })

  const [cli, note, sbom] = [
    readCli(),
    readFileSync(join(out, 'RELEASE.md'), 'utf8'),
    JSON.parse(readFileSync(join(out, 'sbom.cdx.json'), 'utf8')),
  ]
  expect(filesOf('sanctum-cli-0.1.0.tgz')).toEqual(['package/dist/sanctumctl.js', 'package/package.json'])
  expect(filesOf('sanctum-contracts-0.0.1.tgz')).toEqual(['package/dist/index.js', 'package/package.json'])
  expect(cli).toMatchObject({ version: '0.1.0', dependencies: { '@sanctum/contracts': '^0.0.1' } })
  for (const said of [
    'Doors open by themselves.',
    '7 passed, 0 failed',
    '10000 kills',
    '≤ 60 ms',
    'Nothing was run on a Mac.',
    '- stop misses: 70 ms',
    'git status',
  ])
    expect(note).toContain(said)
  expect(note).not.toContain('- talk')
  expect(sbom.components.map((component: { name: string }) => component.name).sort()).toEqual(['cli', 'commander', 'contracts', 'zod'])
})

test('another clone, another home, zone and umask: with the receipts it is the same to the byte; planted: receipts that do not fit', async () => {
  const clone = join(scratch, 'a clone')
  git('clone', '-q', root, clone)
  const home = join(scratch, 'other home')
  mkdirSync(home)
  const there = { folder: clone, env: { ...env, HOME: home, TZ: 'Pacific/Auckland', LC_ALL: 'C' }, umask: '077' }
  const [receipts, other] = [join(out, 'receipts.json'), join(scratch, 'other')]
  const again = await runAt(there, 'release', '--receipts', receipts, '--out', other)
  expect([again.errors, again.code]).toEqual([[], 0])
  // Whoever reads the answer sees which gates it was that nobody asked here.
  const believed = { file: receipts, gates: ['doctor', 'verify', 'docs', 'contracts', 'packages'] }
  expect(again.data['believed']).toEqual(believed)
  const { 'release.sigstore.json': _theirs, ...theirs } = bytes(other)
  const { 'release.sigstore.json': _ours, ...ours } = bytes(out)
  expect(theirs).toEqual(ours)
  execFileSync('git', ['checkout', '-q', '.'], { cwd: clone })

  const kept = JSON.parse(readFileSync(receipts, 'utf8'))
  const planted = join(scratch, 'planted.json')
  const ask = async (document: object) => {
    writeFileSync(planted, JSON.stringify(document))
    const { code, data } = await runAt(there, 'release', '--receipts', planted, '--dry-run')
    return [code, data['findings']?.[0]?.subject ?? null]
  }
  const change = (gate: string, how: object) => ({
    ...kept,
    gates: kept.gates.map((each: { gate: string }) => (each.gate === gate ? { ...each, ...how } : each)),
  })
  expect(await ask(change('docs', { took_ms: 1 }))).toEqual([2, null])
  expect(await ask(change('docs', { inputs: 'of others' }))).toEqual([24, 'docs'])
  expect(await ask(change('verify', { asked_at_ms: Date.now() - 8 * 86_400_000 }))).toEqual([23, 'verify'])
  expect(await ask(change('verify', { asked_at_ms: Date.now() + 86_400_000 }))).toEqual([23, 'verify'])
  expect(await ask(change('verify', { command: 'true' }))).toEqual([23, 'verify'])
  expect(await ask(change('contracts', { ok: false }))).toEqual([25, 'contracts'])
  expect(await ask({ ...kept, gates: kept.gates.slice(0, 3) })).toEqual([23, 'verify'])
  expect((await runAt(there, 'release', '--receipts', join(out, 'sbom.cdx.json'), '--dry-run')).code).toBe(69)
}, 120_000)

test('release verify believes a key, the files and an order that lie outside; planted: each of them wrong', async () => {
  expect((await run('release', 'verify', out)).code).toBe(0)
  expect((await run('release', 'verify', out)).data).toMatchObject({ version: '0.1.0', last_version: '0.1.0', written: true })
  const stranger = await run('release', 'verify', out, '--trust', join(scratch, 'nobody'))
  expect([stranger.code, stranger.data.findings?.[0]?.fix?.text]).toEqual([
    29,
    expect.stringMatching(/sanctumctl release trust FILE --trust .*nobody/),
  ])
  expect((await run('release', 'verify', out, '--trust', join(out, 'trust'))).code).toBe(64)
  symlinkSync(out, join(scratch, 'alias'))
  expect((await run('release', 'verify', `${out}/`, '--trust', join(scratch, 'alias/trust'))).code).toBe(64)
  mkdirSync(join(scratch, 'damaged'))
  writeFileSync(join(scratch, 'damaged/last-release.json'), '{')
  expect((await run('release', 'verify', out, '--trust', join(scratch, 'damaged'))).code).toBe(69)
  writeFileSync(join(out, 'install.sh'), '')
  expect((await run('release', 'verify', out)).data.findings).toMatchObject([{ code: 'RELEASE_ALTERED', subject: 'install.sh' }])
  rmSync(join(out, 'install.sh'))

  writeFileSync(join(root, '.changeset/two.md'), "---\n'@sanctum/cli': minor\n---\n\nThey close as well.\n")
  writeFileSync(join(root, '.changeset/taken-back.md'), "---\n'@sanctum/cli': minor\n---\n\nThey sing.\n")
  commit('a thought')
  rmSync(join(root, '.changeset/taken-back.md'))
  writeFileSync(join(root, 'apps/cli/package.json'), readFileSync(join(root, 'apps/cli/package.json'), 'utf8').replace('0.0.0', '0.1.0'))
  commit('next')
  const newer = join(scratch, 'newer')
  expect((await run('release', '--out', newer)).data['version']).toBe('0.2.0')
  expect((await run('release', 'verify', newer)).code).toBe(0)
  const old = await run('release', 'verify', out)
  expect([old.code, old.data.findings?.map(({ code }) => code)]).toEqual([29, ['RELEASE_OLDER']])

  git('tag', 'v0.2.0')
  const unstamped = await run('release', '--dry-run')
  expect([unstamped.code, unstamped.data.findings?.[0]?.code]).toEqual([20, 'RELEASE_GATE_CLOSED'])
  commit('Release 0.2.0')
  const taken = await run('release', '--version', 'v0.2.0', '--dry-run')
  expect([taken.code, taken.data.findings?.[0]?.message]).toEqual([28, expect.stringContaining('a tag of another commit')])
  // From the commit of the tag, as a CI has it: without a branch.
  git('tag', '--force', 'v0.2.0')
  git('checkout', '-q', '--detach')
  const tagged = join(scratch, 'tagged')
  const words = ['--version', 'v0.2.0', '--repository', 'https://example.org/haus/toy', '--out', tagged]
  expect((await run('release', ...words)).data).toMatchObject({ version: '0.2.0', stamped: false, written: true })
  const note = readFileSync(join(tagged, 'RELEASE.md'), 'utf8')
  expect([note.includes('They close as well.'), note.includes('They sing.')]).toEqual([true, false])
})

test('release trust lets a key in and puts it out; a release is verified by it without a network', async () => {
  const trust = ['--trust', join(scratch, 'another machine')]
  const [lying] = readdirSync(join(env.HOME, '.sanctum/trust/release-keys')) as [string]
  const key = join(scratch, 'release-key.pem')
  copyFileSync(join(env.HOME, '.sanctum/trust/release-keys', lying), key)
  const fingerprint = lying.replace('.pem', '')
  expect((await run('release', 'trust', ...trust)).data).toMatchObject({ signers: [], written: false })
  const planned = await run('release', 'trust', key, '--dry-run', ...trust)
  expect([planned.code, planned.data]).toMatchObject([2, { added: fingerprint, signers: [], written: false }])
  expect((await run('release', 'trust', key, ...trust)).data).toMatchObject({ added: fingerprint, signers: [{ kind: 'key', fingerprint }] })

  const verify = ['release', 'verify', out, ...trust]
  const seen = await runAt({ folder: root, env, before: withoutNetwork() }, ...verify)
  expect([seen.code, seen.data['signer']]).toEqual([0, fingerprint])

  copyFileSync(key, join(out, 'key.pem'))
  expect((await run('release', 'trust', join(out, 'key.pem'), ...trust)).code).toBe(64)
  rmSync(join(out, 'key.pem'))
  for (const words of [
    ['/nowhere/key.pem'],
    [join(out, 'sbom.cdx.json')],
    [key, '--issuer', 'https://example.org'],
    ['--remove', 'ffffffff'],
  ])
    expect([words, (await run('release', 'trust', ...words, ...trust)).code]).toEqual([words, 64])
  const removed = await run('release', 'trust', '--remove', fingerprint.slice(0, 8), ...trust)
  expect([removed.code, removed.data]).toMatchObject([0, { removed: fingerprint, signers: [], written: true, last_version: '0.1.0' }])
  expect((await run(...verify)).data.findings).toMatchObject([{ code: 'RELEASE_SIGNER_UNKNOWN' }])
}, 60_000)

/** Words before a program that leave it no network, not even of this machine; none where this user may not do that. */
function withoutNetwork(): readonly string[] {
  const words = ['unshare', '--net', '--map-root-user']
  const { status, stderr, error } = spawnSync('unshare', [...words.slice(1), 'true'], { encoding: 'utf8' })
  if (status === 0) return words
  console.info(`verified with a network at hand: ${error?.message ?? stderr.trim()}`)
  return []
}

function filesOf(archive: string): readonly string[] {
  return parseTar(gunzipSync(readFileSync(join(out, archive)))).map(({ path }) => path)
}

function readCli(): unknown {
  const entries = parseTar(gunzipSync(readFileSync(join(out, 'sanctum-cli-0.1.0.tgz'))))
  const found = entries.find(({ path }) => path === 'package/package.json')
  return JSON.parse(Buffer.from(found?.content ?? '').toString('utf8'))
}
