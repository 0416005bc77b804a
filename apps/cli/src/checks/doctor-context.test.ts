import type { Haus } from '@sanctum/contracts'
import { buildHaus, buildProvision, buildRun, buildService, buildUnitState } from '@sanctum/testkit'
import { describe, expect, test } from 'vitest'
import { type CommandContext, Refused, UsageProblem } from '../command.ts'
import { run as doctor } from '../commands/doctor.ts'
import { loadRunningHaus, toKeptHaus, toUnusable } from '../haus/kept-haus.ts'
import { checkCatalog } from './check-catalog.ts'
import { pendingChecks } from './check-pending.ts'
import { checkPorts } from './check-ports.ts'
import { checkPrerequisites } from './check-prerequisites.ts'
import { checkServices } from './check-services.ts'
import { checkUnits } from './check-units.ts'
import { checkJobs } from './deep/check-jobs.ts'
import { checkListeners } from './deep/check-listeners.ts'
import { createDoctorContext, type DoctorContext } from './doctor-context.ts'
import { runChecks } from './run-checks.ts'

const sanctumd = (role: string) => buildRun(['/opt/node', '/opt/sanctum/sanctumd.js', role])
const daily = { kind: 'every', every_s: 86_400 } as unknown as NonNullable<Haus['services'][string]['schedule']>
const watchdog = buildService('watchdog', { run: sanctumd('watchdog') })
const board = buildService('board', { run: buildRun(['/opt/board']), provides: [buildProvision(5000)] })
const backup = buildService('backup', { kind: 'periodic', run: buildRun(['/opt/backup']), schedule: daily })
/** What runs; the catalog has gone on by a job and a port, and calls the watchdog by another name. */
const held = buildHaus([watchdog, board])
const wanted = buildHaus([buildService('guard', { run: sanctumd('watchdog') }), backup, { ...board, provides: [buildProvision(6000)] }])

const record = (service: string) => ({
  ...{ target: 'embedded', subject: service, path: `embedded/${service}.json`, publish: null, mode: '0644', digest: 'x', size_bytes: 1 },
  unit: { name: service, service, domain: 'user', starts: true },
})
const running = [buildUnitState('watchdog', { pid: 11 }), buildUnitState('board', { pid: 12 })]
const stray = { protocol: 'tcp', address: '127.0.0.1', port: 7000, pid: 99, program: 'stray', process_group: 99 }

function contextOf(changes: object = {}): DoctorContext {
  const ports = {
    generations: () => ({
      readCurrent: () => ({ number: 1, surfaces: [record('watchdog'), record('board')] }),
      readSurface: () => JSON.stringify({ digest: 'new' }),
      list: () => [],
    }),
    units: () => ({ listStrangers: async () => [] }),
    drift: { programs: () => [], isSameFile: () => true },
    clock: { now: () => Date.UTC(2026, 10, 28) },
    files: { readText: async () => null, toShown: (path: string) => path },
    home: '/home/neo/.sanctum',
  }
  return {
    command: { ports },
    isBare: () => false,
    wanted,
    loaded: { haus: wanted },
    held: () => held,
    units: async () => running,
    listeners: async () => ({ listeners: [], unread: [] }),
    status: async () => ({ services: [{ id: 'watchdog', pid: 11, verdict: 'failed', why: 'no answer' }] }),
    ...changes,
  } as unknown as DoctorContext
}

const find = async (check: typeof checkUnits, changes: object = {}) => {
  const [result] = await runChecks([check], contextOf(changes), { now: () => 0 })
  return { verdict: result?.verdict, codes: (result?.findings ?? []).map(({ code, subject }) => `${code} ${subject}`) }
}

describe('what runs is judged by the generation, not by what the catalog says besides', () => {
  test('a watchdog that the catalog has renamed is still one', async () => {
    expect((await find(checkServices)).codes).toEqual(['WATCHDOG_STALLED watchdog'])
  })

  test('a supervisor that the catalog has renamed and that is down is told as that', async () => {
    const down = [buildUnitState('watchdog', { pid: null, wanted: true, activity: 'failed' }), running[1]]
    expect((await find(checkUnits, { units: async () => down })).codes).toContain('SUPERVISOR_DOWN watchdog')
  })

  test('a job that is not rendered is not late', async () => {
    const states = [buildUnitState('backup', { pid: null, activity: 'unknown', lastExit: null })]
    expect(await find(checkJobs, { units: async () => states })).toEqual({ verdict: 'not-applicable', codes: [] })
    expect((await find(checkJobs, { units: async () => states, held: () => wanted })).codes).toEqual(['JOB_UNPROVEN backup'])
  })

  test('neither a port of what runs nor one of the catalog is a stray', async () => {
    const on = (port: number) => ({ ...stray, port })
    const listeners = async () => ({ listeners: [on(5000), on(6000), on(7001)], unread: [] })
    expect((await find(checkListeners, { listeners })).codes).toEqual(['LISTENER_UNCATALOGUED tcp 7001'])
  })
})

describe('of whom the service manager says nothing, nothing is concluded', () => {
  const silent = buildUnitState('board', { activity: 'unknown', loaded: false, pid: null, why: 'no bus' })
  const listeners = async () => ({ listeners: [{ ...stray, port: 5000 }, stray], unread: [] })

  test('not whose the listeners are', async () => {
    expect(await find(checkListeners, { units: async () => [running[0], silent], listeners })).toEqual({
      verdict: 'could-not-check',
      codes: [],
    })
  })

  test('nor that a stranger holds its port', async () => {
    expect(await find(checkPorts, { units: async () => [running[0], silent], listeners })).toEqual({
      verdict: 'could-not-check',
      codes: [],
    })
    // Where nobody listens, nobody holds it either.
    expect(await find(checkPorts, { units: async () => [running[0], silent] })).toEqual({ verdict: 'healthy', codes: [] })
    expect((await find(checkPorts, { listeners })).codes).toEqual(['PORT_HELD tcp 5000'])
  })
})

describe('a catalog that cannot be used', () => {
  const said: string[] = []
  const commandOf = ({
    catalog = null,
    kept = toKeptHaus(held),
    options = {},
  }: {
    catalog?: string | null
    kept?: string | null
    options?: object
  } = {}) => {
    said.length = 0
    const ports = {
      home: '/home/neo/.sanctum',
      environment: {},
      program: { starterCatalog: '/opt/starter' },
      clock: { monotonic: () => 0 },
      files: {
        readText: async () => null,
        readCatalog: async () => null,
        toAbsolute: (path: string) => path,
        toShown: (path: string) => path,
      },
      generations: () => ({
        readPointers: () => ({ current: kept === null ? { kind: 'none' } : { kind: 'set', number: 3 }, confirmed: { kind: 'none' } }),
        readHaus: () => kept,
        readCurrent: () => ({ surfaces: [record('board')] }),
      }),
    }
    return { ports, global: { catalog }, options, say: (text: string) => said.push(text) } as unknown as CommandContext
  }

  test('is the finding of one check; what needs it waits, and what runs is judged by the generation', async () => {
    const context = await createDoctorContext(commandOf())
    const results = await runChecks([checkCatalog, checkPrerequisites, ...pendingChecks.slice(0, 1)], context, { now: () => 0 })
    expect(results.map(({ verdict, findings }) => [verdict, findings.map(({ code }) => code)])).toEqual([
      ['failed', ['MISSING_FILE']],
      ['blocked', []],
      ['blocked', []],
    ])
    expect(Object.keys(context.held().services)).toEqual(['board', 'watchdog'])
  })

  test('leaves a check that waits for it no green, also where that one alone is asked', async () => {
    const { exit, data } = await doctor(commandOf({ options: { check: ['prerequisites'], quick: true } }))
    expect([exit, data]).toMatchObject(['problems', { checks: [{ verdict: 'blocked', findings: [] }] }])
  })

  test('is the end of it where it was named on the command line, or where no generation says more', async () => {
    await expect(createDoctorContext(commandOf({ catalog: '/mine' }))).rejects.toThrow(UsageProblem)
    await expect(createDoctorContext(commandOf({ kept: null }))).rejects.toThrow(UsageProblem)
  })

  // What the generation was made from has another node, other facts or another value.
  test.each([{ node: 'nosuch' }, { facts: 'nofile.json' }, { profile: 'full' }, { set: ['foo'] }])(
    'is the end of it where the command line asks for %j',
    async (options) => {
      await expect(createDoctorContext(commandOf({ options }))).rejects.toThrow(UsageProblem)
    },
  )

  test('says what to type; where its folder is gone, nothing that ends with the same words', async () => {
    const { findings } = await loadRunningHaus(commandOf({ options: { set: [] } }))
    expect(findings[0]?.fix).toEqual({ text: expect.stringContaining('with --catalog') })
    expect(said).toEqual([expect.stringMatching(/which the program names\. Name a folder/)])
    expect(toUnusable(3, new Refused([])).fix.command).toBe('sanctumctl catalog check')
  })
})
