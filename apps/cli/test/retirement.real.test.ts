import { cp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openJournal } from '@sanctum/journal/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestHaus, findProcesses, type Run, readEnvelope, repository, type TestHaus } from './support/test-haus.ts'

// One haus for all; the tests are chapters of its life.
let haus: TestHaus
let catalog: string
beforeAll(async () => {
  haus = await createTestHaus()
  catalog = join(haus.home, 'catalog')
  await cp(join(repository, 'catalogs/starter'), catalog, { recursive: true })
})
afterAll(() => haus.dispose())

test('a host that was off while three services retired: one up takes all of them away, and the journal says so', async () => {
  await write({ services: ['tunnel', 'lamp', 'admit'] })
  await up()
  expect(await records()).toEqual(expect.arrayContaining(['admit.json', 'tunnel.json', 'lamp.json']))
  expect((await haus.run('down')).code).toBe(0)
  await write({ services: ['lamp', 'admit'], retired: ['tunnel'] })
  await write({ services: ['admit'], retired: ['tunnel', 'lamp'] })
  await write({ retired: ['tunnel', 'lamp', 'admit'] })
  await up()
  expect(await records()).toEqual(['dashboard.json', 'failsafe.json', 'watchdog.json'])
  expect(retirements().sort()).toEqual(['admit', 'lamp', 'tunnel'])
  expect((await haus.run('drift')).code).toBe(0)
  expect(readEnvelope(await haus.run('up', '--json', '--catalog', catalog)).data['outcome']).toBe('unchanged')
})

test('a home that lost its generations while a service ran that was retired meanwhile: it is stopped and forgotten', async () => {
  await write({ services: ['kiwix'], retired: ['tunnel', 'lamp', 'admit'] })
  await up()
  expect(await findProcesses(haus.sanctumHome)).toHaveLength(4)
  for (const name of ['generations', 'current', 'confirmed', 'services', '.instance.json', 'state/render-receipt.json'])
    await rm(join(haus.sanctumHome, name), { recursive: true, force: true })
  await write({ retired: ['tunnel', 'lamp', 'admit', 'kiwix'] })
  await up()
  expect(await findProcesses(haus.sanctumHome)).toHaveLength(3)
  expect(await records()).toEqual(['dashboard.json', 'failsafe.json', 'watchdog.json'])
  expect(retirements().at(-1)).toBe('kiwix')
})

test('a pinned generation outlives those of its age, is shown, and can be gone back to', async () => {
  const first = await current()
  const pinned = await haus.run('generations', 'pin', String(first), '--reason', 'before the move', '--json')
  expect([pinned.code, readEnvelope(pinned).data]).toMatchObject([
    0,
    { written: true, pins: [{ generation: first, reason: 'before the move' }] },
  ])
  const again = await haus.run('generations', 'pin', String(first), '--json')
  expect(readEnvelope(again).data).toMatchObject({ written: false, pins: [{ reason: 'before the move' }] })
  for (const seconds of [31, 32]) await change(seconds)
  expect(await numbers()).toEqual([first, first + 1, first + 2])
  expect((await haus.run('generations', 'list')).stdout).toMatch(new RegExp(`^${first} +pinned .*before the move`, 'm'))
  expect((await haus.run('rollback', String(first))).code).toBe(0)
  expect(await current()).toBe(first)
  const unknown = await haus.run('generations', 'pin', '99', '--json')
  expect([unknown.code, codesOf(unknown)]).toEqual([64, ['GENERATION_UNKNOWN']])
  expect((await haus.run('generations', 'unpin', String(first))).code).toBe(0)
  await change(33)
  expect(await numbers()).toEqual([first + 2, first + 3])
})

/** A change that needs no other process; two generations are kept beside what is held. */
async function change(seconds: number): Promise<void> {
  const set = ['--set', `services.dashboard.start_timeout_s=${seconds}`, '--set', 'policies.generations_kept=2']
  const run = await haus.run('render', '--catalog', catalog, ...set)
  expect([run.code, run.code === 0 ? '' : run.stdout]).toEqual([0, ''])
}

async function up(): Promise<void> {
  const run = await haus.run('up', '--catalog', catalog)
  expect([run.code, run.code === 0 ? '' : run.stdout]).toEqual([0, ''])
}

/** The catalog with these services beside those of the starter, and these tombstones. */
async function write({ services = [], retired = [] }: { services?: string[]; retired?: string[] }): Promise<void> {
  const starter = await readFile(join(repository, 'catalogs/starter/catalog.yaml'), 'utf8')
  const added = services.map((id) =>
    [
      `  ${id}:`,
      '    kind: daemon',
      '    tier: optional',
      "    run: { command: ['${host.node}', -e, 'setInterval(() => {}, 1000)', '${host.sanctum_home}'] }",
      '    sandbox: { level: none, waiver: { reason: It only sleeps., owner: yoda } }',
      '',
    ].join('\n'),
  )
  const tombs = retired.map((id) => `  ${id}: { retired: '2026-05-02', reason: Nobody needs it. }\n`)
  const text = `${starter.trimEnd()}\n${added.join('')}${tombs.length > 0 ? `retired:\n${tombs.join('')}` : ''}`
  await writeFile(join(catalog, 'catalog.yaml'), text)
}

async function records(): Promise<string[]> {
  const folders = await Promise.all(['wanted', 'live'].map((name) => readdir(join(haus.sanctumHome, 'state/embedded', name))))
  return [...new Set(folders.flat())].sort()
}

function retirements(): string[] {
  const journal = openJournal({ path: join(haus.sanctumHome, 'state/journal.db'), now: Date.now })
  try {
    return journal.read({ kind: 'service-retired' }).events.map(({ subject }) => subject)
  } finally {
    journal.close()
  }
}

async function numbers(): Promise<number[]> {
  const names = await readdir(join(haus.sanctumHome, 'generations'))
  return names.map(Number).sort((a, b) => a - b)
}

async function current(): Promise<number> {
  return Number((await readlink(join(haus.sanctumHome, 'current'))).split('/').at(-1))
}

function codesOf(run: Run): string[] {
  return (readEnvelope(run).data as { findings: { code: string }[] }).findings.map(({ code }) => code)
}
