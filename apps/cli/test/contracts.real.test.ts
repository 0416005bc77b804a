import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type ContractVerification, contractVerification } from '@sanctum/contracts'
import { freePorts } from '@sanctum/testkit/node'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createTestHaus, readEnvelope, repository, type TestHaus } from './support/test-haus.ts'

let haus: TestHaus
beforeAll(async () => {
  const [router] = await freePorts(1)
  haus = await createTestHaus({
    SANCTUM_SET__services__sanctum_server__enabled: 'true',
    SANCTUM_SET__services__sanctum_server__port: String(router),
  })
  expect((await haus.run('up')).code).toBe(0)
})
afterAll(() => haus.dispose())

/** What a command answered, and the codes of what it found. */
async function ask(
  ...words: readonly string[]
): Promise<{ readonly code: number | null; readonly data: Record<string, unknown>; readonly found: readonly string[] }> {
  const run = await haus.run(...words, '--json')
  const { data } = readEnvelope(run) as { data: Record<string, unknown> & { findings?: readonly { code: string }[] } }
  return { code: run.code, data, found: (data.findings ?? []).map(({ code }) => code) }
}

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'contracts-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeAll(folder, files)
  return folder
}

async function writeAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

const head = (repository: string) => `schema_version: 1
repository: ${repository}
about: A repository of the tests.
version: 1.0.0
owner: keeper
owners: { keeper: { about: Answers for it. } }
`

const example = (path: string, body: string) => `        - request: { path: ${path} }
          response: { status: 200, content_type: application/json, body: ${body} }
`

const relying = (endpoint: string, from: string, path: string, body: string) => `${head('shop')}expects:
  endpoints:
    ${endpoint}:
      from: ${from}
      about: It reads the answer.
      examples:
${example(path, body)}`

describe('live roles', () => {
  const samples = ['council-router', 'holocron', 'firewalla-bridge', 'memory-vault'].map((name) =>
    join(repository, 'catalogs/neighbours', name),
  )

  test('answer every recorded example of the neighbours in its shape, and the results are kept', async () => {
    const { code, data, found } = await ask('contracts', 'verify', ...samples)
    expect(found).toEqual([])
    expect(code).toBe(0)
    const verified = data['verified'] as readonly { endpoint: string; outcome: string; replayed: number }[]
    expect(verified.map(({ endpoint, outcome, replayed }) => `${endpoint} ${outcome} ${replayed}`)).toEqual([
      'router-models verified 1',
      'watchdog-status verified 1',
      'dashboard-health verified 1',
      'router-backends verified 1',
      'watchdog-health verified 1',
      'router-health verified 1',
    ])
    // What is checked here is built, so each role says what from; whether that is the last commit is a matter of the checkout.
    const said = (data['verified'] as readonly { reported: string }[]).map(({ reported }) => reported)
    expect(new Set(said)).toEqual(new Set([expect.stringMatching(/^0\.0\.0\+sources\.[0-9a-f]{20}$/)]))
    const heartbeat = JSON.parse(await readFile(join(haus.sanctumHome, 'state/failsafe.heartbeat'), 'utf8'))
    expect(heartbeat.revision).toBe(said[0])
    const kept = join(haus.sanctumHome, 'state/contracts/council-router--sanctum.json')
    expect(contractVerification.parse(JSON.parse(await readFile(kept, 'utf8'))).endpoints['watchdog-status']?.outcome).toBe('verified')
  })

  // The watchdog of this haus does not have these; a consumer that relied on them would be broken by it.
  test.each([
    ['a field that is not there', '{ ok: true, uptime: 1 }', '$.uptime'],
    ['a field of another type', '{ ok: true, generation: "1" }', '$.generation'],
  ])('are caught when a consumer relies on %s', async (_name, body, place) => {
    const folder = await folderWith({ 'sanctum.contract.yaml': relying('watchdog-status', 'sanctum', '/status', body) })
    const { code, data } = await ask('contracts', 'verify', folder)
    expect(code).toBe(1)
    expect(data['findings']).toMatchObject([
      {
        code: 'CONTRACT_SHAPE_BROKEN',
        message: expect.stringContaining(
          `shop (keeper) relies on the endpoint watchdog-status of sanctum (yoda), but GET /status answers another shape at ${place}`,
        ),
      },
    ])
  })

  test('check --live asks them too, and counts what it asked', async () => {
    const folder = await folderWith({
      'sanctum.contract.yaml': relying('watchdog-status', 'sanctum', '/status', '{ ok: true, uptime: 1 }'),
    })
    expect(await ask('contracts', 'check', folder, '--live')).toMatchObject({
      code: 1,
      found: ['CONTRACT_SHAPE_BROKEN'],
      data: { live: { asked: 0, replayed: 1 } },
    })
  })

  test('check --live tells what the machine lacks, with who expects it', async () => {
    const folder = await folderWith({
      'sanctum.contract.yaml': `${head('shop')}expects:
  environment: { SHOP_HOME: { about: Where the shop is. } }
  secrets: { shop-token: { about: Who may buy. } }
  paths: { shops: { about: Where shops are. }, logs: { about: Where it writes. } }
  programs: { node: { at_least: 99.0.0, about: Runs it. }, no-such-program: { about: Does nothing. }, git: { about: Keeps it. } }
`,
    })
    const { code, data } = await ask('contracts', 'check', folder, '--live')
    expect(code).toBe(1)
    const lacking = (data['findings'] as readonly { code: string; message: string; at: { line: number } }[]).map(
      (each) => `${each.at.line} ${each.code} ${/expects the (\S+ \S+)/.exec(each.message)?.[1]}`,
    )
    expect(lacking).toEqual([
      '8 CONTRACT_MACHINE_LACKS variable SHOP_HOME',
      '9 CONTRACT_MACHINE_LACKS secret shop-token',
      '10 CONTRACT_MACHINE_LACKS path shops',
      '11 CONTRACT_MACHINE_LACKS program node',
      '11 CONTRACT_MACHINE_LACKS program no-such-program',
    ])
  })
})

describe('folders', () => {
  test('a path of one machine is found with its place in what git keeps, and left out where the contract says so', async () => {
    const contract = `${head('shop')}audit: { skip: [{ path: test, reason: Plants such paths. }] }\n`
    const folder = await folderWith({
      'sanctum.contract.yaml': contract,
      'src/run.sh': '#!/bin/sh\ncd /Users/neo/shop\n', // sanctum-audit-ignore: planted
      'test/run.sh': 'cd /Users/neo/shop\n', // sanctum-audit-ignore: planted
      'ignored/run.sh': 'cd /Users/neo/shop\n', // sanctum-audit-ignore: planted
      '.gitignore': 'ignored\n',
    })
    git(folder, 'init', '-q')
    const { code, data } = await ask('contracts', 'check', folder)
    expect(code).toBe(1)
    expect(data['findings']).toMatchObject([{ code: 'HARDWIRED_HOME', at: { file: `${folder}/src/run.sh`, line: 2, column: 4 } }])
  })

  test('a broken contract is told with its place, one that is missing with what to type', async () => {
    const folder = await folderWith({ 'a/sanctum.contract.yaml': `${head('shop')}provide: {}\n`, 'b/README.md': 'Nothing.\n' })
    const broken = await ask('contracts', 'check', join(folder, 'a'))
    expect(broken.code).toBe(65)
    expect(broken.data['findings']).toMatchObject([{ code: 'UNKNOWN_KEY', at: { line: 7, column: 1 } }])
    const missing = await ask('contracts', 'check', join(folder, 'b'))
    expect(missing.code).toBe(1)
    expect(missing.found).toEqual(['CONTRACT_ABSENT'])
  })

  test('init writes a contract that passes its own check, and never over another', async () => {
    const folder = await folderWith({ 'package.json': '{ "name": "@my/shop", "version": "0.3.0", "bin": { "shop": "shop.js" } }' })
    expect(await ask('contracts', 'init', folder, '--dry-run')).toMatchObject({ code: 2, data: { written: false } })
    expect(await readdir(folder)).toEqual(['package.json'])
    expect(await ask('contracts', 'init', folder)).toMatchObject({ code: 0, data: { written: true } })
    expect(await ask('contracts', 'check', folder)).toMatchObject({ code: 0, found: [] })
    expect((await haus.run('contracts', 'init', folder)).code).toBe(64)
    // A link that leads nowhere is somebody's, too.
    const linked = await folderWith({ 'package.json': '{}' })
    await symlink('gone.yaml', join(linked, 'sanctum.contract.yaml'))
    expect((await haus.run('contracts', 'init', linked)).code).toBe(64)
    expect(await readdir(linked)).toEqual(['package.json', 'sanctum.contract.yaml'])
  })

  test('graph shows who relies on whom, and shows nothing where a contract cannot be read', async () => {
    const folder = await folderWith({
      'a/sanctum.contract.yaml': relying('price', 'till', '/price', '{ cents: 100 }'),
      'b/sanctum.contract.yaml': `${head('till')}provides: { services: { till: { about: Takes money. } } }\n`,
      'c/sanctum.contract.yaml': `${head('stall')}provide: {}\n`,
    })
    const [shop, till, stall] = ['a', 'b', 'c'].map((name) => join(folder, name)) as [string, string, string]
    const drawn = await haus.run('contracts', 'graph', shop, till)
    expect(drawn.stdout.trim()).toBe('flowchart LR\n  r0["shop<br/>keeper"]\n  r1["till<br/>keeper"]\n  r0 -. 1 piece .-> r1')
    expect(await ask('contracts', 'graph', shop, till)).toMatchObject({
      code: 0,
      data: { graph: { edges: [{ from: 'shop', to: 'till', pieces: [{ piece: 'the endpoint price', state: 'missing' }] }] } },
    })
    expect((await haus.run('contracts', 'graph', shop, stall)).code).toBe(65)
  })

  test('this repository and its neighbours miss nothing of each other', async () => {
    const run = await haus.runWith({ cwd: repository }, 'contracts', 'check', '.', '--json')
    expect((readEnvelope(run).data as { findings: unknown }).findings).toEqual([])
    expect(run.code).toBe(0)
  })
})

describe('can-upgrade', () => {
  /** A repository that answers at one address, and a consumer that relies on the answer. */
  async function provider(): Promise<{
    readonly folder: string
    readonly consumer: string
    readonly commit: (files: Readonly<Record<string, string>>) => Promise<void>
  }> {
    const consumer = 'neighbours/shop'
    const folder = await folderWith({})
    const commit = async (files: Readonly<Record<string, string>>) => {
      await writeAll(folder, files)
      git(folder, 'add', '-A')
      git(folder, 'commit', '-q', '-m', 'planted')
    }
    git(folder, 'init', '-q', '-b', 'main')
    await commit({
      'src/price.ts': 'one\n',
      'sanctum.contract.yaml': `${head('till')}provides:
  services: { till: { about: Takes money. } }
  endpoints: { price: { service: till, path: /price, sources: [src], about: What it costs. } }
neighbours: { shop: { contract: ${consumer} } }
`,
      [`${consumer}/sanctum.contract.yaml`]: relying('price', 'till', '/price', '{ cents: 100 }'),
    })
    return { folder, consumer: join(folder, consumer), commit }
  }

  /** `says`: what it was built from. */
  async function serve(body: string, says = ''): Promise<string> {
    const server = createServer(({ url }, response) => {
      const about = () => JSON.stringify({ revision: says })
      response.setHeader('content-type', 'application/json').end(url === '/about' ? about() : body)
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    onTestFinished(() => void server.close())
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  test('says no until the consumer has verified the sources that the revision has, and again when they change', async () => {
    const { folder, consumer, commit } = await provider()
    const may = () => ask('contracts', 'can-upgrade', '--repository', folder)
    const why = async () =>
      ((await may()).data['consumers'] as readonly { unverified: readonly { why: string }[] }[])[0]?.unverified[0]?.why

    expect(await may()).toMatchObject({ code: 1, found: ['CONTRACT_NOT_VERIFIED'], data: { may: false } })
    expect(await why()).toBe('it was never verified')

    const broken = await ask('contracts', 'verify', folder, consumer, '--against', await serve('{"cents":"much"}'))
    expect(broken).toMatchObject({ code: 1, found: ['CONTRACT_SHAPE_BROKEN'] })
    expect(await why()).toBe('it answered another shape when it was asked')

    const sound = await serve('{"cents":250,"currency":"CAD"}')
    expect(await ask('contracts', 'verify', folder, consumer, '--against', sound, '--out', consumer)).toMatchObject({ code: 0 })
    expect(await may()).toMatchObject({ code: 0, found: [], data: { may: true, consumers: [{ consumer: 'shop', verified: ['price'] }] } })

    await commit({ 'README.md': 'Told better.\n' })
    expect(await may()).toMatchObject({ code: 0 })
    await commit({ 'src/price.ts': 'two\n' })
    expect(await may()).toMatchObject({ code: 1 })
    expect(await why()).toMatch(/^its sources have changed since [0-9a-f]{7}$/)
    expect(await ask('contracts', 'can-upgrade', '--repository', folder, '--to', 'HEAD~1')).toMatchObject({ code: 0 })

    // What is checked in beside the contract counts on a machine that has verified nothing itself.
    await rm(join(haus.sanctumHome, 'state/contracts'), { recursive: true })
    expect(await ask('contracts', 'can-upgrade', '--repository', folder, '--to', 'HEAD~1')).toMatchObject({ code: 0 })
  })

  test('an answer counts for the revision that gave it and for no other, wherever the checkout stands', async () => {
    const { folder, consumer, commit } = await provider()
    const till = await readFile(join(folder, 'sanctum.contract.yaml'), 'utf8')
    await commit({ 'sanctum.contract.yaml': till.replace('till: { about', 'till: { revision_at: /about, about') })
    const old = git(folder, 'rev-parse', 'HEAD')
    await commit({ 'src/price.ts': 'two\n' })
    const may = async (revision: string) => (await ask('contracts', 'can-upgrade', '--repository', folder, '--to', revision)).data['may']
    const verify = async (says: string) => {
      const address = await serve('{"cents":1}', says)
      const { code, data } = await ask('contracts', 'verify', folder, consumer, '--against', address)
      const [row] = data['verified'] as readonly Record<string, unknown>[]
      return [code, row?.['outcome'], row?.['reported'], row?.['revision']]
    }

    // The checkout has gone on, and the process that answers has not.
    expect(await verify(old)).toEqual([0, 'verified', old, old])
    expect([await may('HEAD~1'), await may('HEAD')]).toEqual([true, false])
    const head = git(folder, 'rev-parse', 'HEAD')
    expect([...(await verify(head)), await may('HEAD')]).toEqual([0, 'verified', head, head, true])
  })

  test('what was asked of sources that nobody committed proves nothing of a revision', async () => {
    const { folder, consumer } = await provider()
    await writeFile(join(folder, 'src/price.ts'), 'not committed\n')
    expect(await ask('contracts', 'verify', folder, consumer, '--against', await serve('{"cents":1}'))).toMatchObject({ code: 0 })
    const kept = await readFile(join(haus.sanctumHome, 'state/contracts/shop--till.json'), 'utf8')
    expect((JSON.parse(kept) as ContractVerification).endpoints['price']?.sources).toBeNull()
    expect(await ask('contracts', 'can-upgrade', '--repository', folder)).toMatchObject({ code: 1, found: ['CONTRACT_NOT_VERIFIED'] })
  })

  test('a revision that takes away what a consumer expects may not come; so may not one that drops the contract itself', async () => {
    const { folder, commit } = await provider()
    await commit({ 'sanctum.contract.yaml': `${head('till')}neighbours: { shop: { contract: neighbours/shop } }\n` })
    const gone = await ask('contracts', 'can-upgrade', '--repository', folder)
    expect(gone.code).toBe(1)
    expect(gone.found).toContain('CONTRACT_EXPECTATION_MISSING')
    await rm(join(folder, 'sanctum.contract.yaml'))
    await commit({})
    git(folder, 'branch', 'bare')
    git(folder, 'checkout', '-q', 'HEAD~2')
    const bare = await ask('contracts', 'can-upgrade', '--repository', folder, '--to', 'bare')
    expect(bare).toMatchObject({ code: 1, data: { repository: 'till', may: false, consumers: [{ consumer: 'shop' }] } })
    git(folder, 'checkout', '-q', 'bare')
    expect(await ask('contracts', 'can-upgrade', '--repository', folder)).toMatchObject({ code: 0, data: { repository: null, may: true } })
  })

  test('a neighbour under another name than its contract has, and a repository that git cannot read, get no yes', async () => {
    const { folder, commit } = await provider()
    await commit({ 'neighbours/shop/sanctum.contract.yaml': head('stall') })
    expect(await ask('contracts', 'can-upgrade', '--repository', folder)).toMatchObject({ code: 64 })
    const blob = execFileSync('git', ['rev-parse', 'HEAD:sanctum.contract.yaml'], { cwd: folder, encoding: 'utf8' }).trim()
    await rm(join(folder, '.git/objects', blob.slice(0, 2), blob.slice(2)))
    expect(await ask('contracts', 'can-upgrade', '--repository', folder)).toMatchObject({ code: 69 })
  })

  test('only what changes nothing is asked again, on this machine, and a plan asks nothing', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      // A stranger may look at a port that was somebody else's before.
      if (request.url === '/price') asked.push(`${request.method}`)
      response.setHeader('content-type', 'application/json').end('{"cents":1}')
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    onTestFinished(() => void server.close())
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { folder, consumer, commit } = await provider()
    expect(await ask('contracts', 'verify', folder, consumer, '--against', address, '--dry-run')).toMatchObject({
      code: 2,
      data: { verified: [{ outcome: 'planned' }], recorded: [] },
    })
    expect(asked).toEqual([])
    const till = await readFile(join(folder, 'sanctum.contract.yaml'), 'utf8')
    const buying = relying('price', 'till', '/price', '{ cents: 100 }').replace('{ path: /price }', '{ method: POST, path: /price }')
    const posting = till.replace('path: /price,', 'method: POST, path: /price,')
    await commit({ 'sanctum.contract.yaml': posting, 'neighbours/shop/sanctum.contract.yaml': buying })
    expect(await ask('contracts', 'verify', folder, consumer, '--against', address, '--yes')).toMatchObject({
      code: 1,
      found: ['CONTRACT_PROVIDER_SILENT'],
      data: { verified: [{ outcome: 'silent', replayed: 0 }] },
    })
    expect(asked).toEqual([])
    await commit({ 'sanctum.contract.yaml': posting.replace('path: /price,', 'path: /price, safe: true,') })
    expect(await ask('contracts', 'verify', folder, consumer, '--against', address)).toMatchObject({ code: 1 })
    expect(await ask('contracts', 'verify', folder, consumer, '--against', `till=${address}`, '--yes')).toMatchObject({ code: 0 })
    expect(asked).toEqual(['POST'])
  })
})

function git(cwd: string, ...words: readonly string[]): string {
  const said = execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.org', ...words], {
    cwd,
    encoding: 'utf8',
    stdio: 'pipe',
  })
  return said.trim()
}
