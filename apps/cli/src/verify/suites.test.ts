import type { Finding, HausStatus, Listener, Observation, UnitState } from '@sanctum/contracts'
import type { JournalEnd } from '@sanctum/journal'
import { buildFacts, buildHaus, buildHttpProbe, buildProvision, buildRun, buildService, buildUnitState } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import type { DoctorContext } from '../checks/doctor-context.ts'
import { runChecks } from '../checks/run-checks.ts'
import type { CommandContext } from '../command.ts'
import { outcomeOf } from './junit.ts'
import { suites } from './suites.ts'
import { toStep, type VerifyContext } from './verify-context.ts'

const NOW = Date.UTC(2026, 10, 27)
const HOME = '/home/neo/.sanctum'
const KEY = `${HOME}/secrets/key`
const pids = { watchdog: 12, dashboard: 13 } as const

const open = { sandbox: { level: 'none', writable: [], network: 'any', waiver: { reason: 'a test', owner: 'yoda' } } } as const

const watchdog = buildService('watchdog', {
  ...open,
  run: buildRun(['/opt/node', '/opt/sanctum/sanctumd.js', 'watchdog']),
  provides: [buildProvision(2187)],
  health: { liveness: buildHttpProbe(2187) },
})
const dashboard = buildService('dashboard', {
  ...open,
  run: buildRun(['/opt/node', '/opt/sanctum/sanctumd.js', 'dashboard'], {
    secrets: [{ variable: 'KEY', secret: 'key', file: KEY, as: 'file' }],
  }),
  provides: [buildProvision(1111)],
  health: { liveness: buildHttpProbe(1111), contract: { ...buildHttpProbe(1111), path: '/api/v1/status' } as never },
})
const backup = buildService('backup', {
  ...open,
  restart: { ...watchdog.restart, when: 'never' },
  kind: 'periodic',
  schedule: { kind: 'every', every_s: 3600, at_load: false },
})
const haus = buildHaus([watchdog, dashboard, backup])
const units: readonly UnitState[] = [
  ...Object.entries(pids).map(([service, pid]) => buildUnitState(service, { pid, definitionDigest: 'new' })),
  buildUnitState('backup', { pid: null, activity: 'waiting', definitionDigest: 'new' }),
]
const record = (service: string) => ({
  ...{ target: 'embedded', subject: service, path: `embedded/${service}.json`, publish: null, mode: '0644', digest: 'new', size_bytes: 1 },
  unit: { name: `com.sanctum.${service}`, service, domain: 'user', starts: true },
})
const row = (id: string, pid: number | null): HausStatus['services'][number] => ({
  ...{
    id,
    title: id,
    kind: 'daemon',
    tier: 'ops',
    activity: 'running',
    verdict: 'healthy',
    ports: [],
    pid,
    since_ms: null,
    restarts: 0,
    why: 'it answers',
  },
})
const status = (services: HausStatus['services']): HausStatus => ({
  ...{
    schema_version: 1,
    haus: 'Test haus',
    node: 'local',
    manager: 'embedded',
    generation: 1,
    confirmed: 1,
    at_ms: NOW,
    verdict: 'healthy',
  },
  services,
  skipped: [],
})
const idle = { ...row('backup', null), verdict: 'not-applicable' } as const
const rows = [idle, row('dashboard', 13), row('watchdog', 12)]
const listener = (port: number, pid: number, address = '127.0.0.1'): Listener => ({
  protocol: 'tcp',
  address,
  port,
  pid,
  process_group: pid,
  program: 'node',
})
const loop = {
  schema_version: 1,
  role: 'watchdog',
  ok: true,
  pid: 12,
  version: '1',
  generation: 1,
  started_at_ms: 1,
  last_cycle_at_ms: 1,
  last_cycle_age_s: 1,
  cycles: 9,
  why: 'fresh',
}

/** A machine on which every step holds, but for what a case says. */
const well = {
  refused: null as readonly Finding[] | null,
  digest: (text: string) => `digest of ${text.length}`,
  manifests: {} as Record<string, string>,
  audit: [] as Finding[],
  isBare: false,
  drifted: [] as object[],
  units,
  listeners: [listener(2187, 12), listener(1111, 13)],
  probe: (_probe: { readonly port?: number; readonly path?: string }): 'passed' | 'failed' => 'passed',
  healing: null as string | null,
  lease: '' as string,
  secretOwner: 1000,
  lastSuccessMs: NOW - 1000,
  damage: [] as string[],
  end: { kind: 'whole' } as JournalEnd,
  page: 200,
  watchdogRows: rows,
  dashboardRows: rows,
  isElsewhere: false,
}

function contextOf(machine: typeof well): VerifyContext {
  const current = { surfaces: [record('watchdog'), record('dashboard'), record('backup')], number: 1 }
  const written: { kind: string; data: Record<string, unknown> }[] = []
  const live = {
    ...embedded,
    last_success_at_ms: machine.lastSuccessMs,
    last_exit_at_ms: machine.lastSuccessMs,
    started_at_ms: machine.lastSuccessMs - 1,
  }
  const texts: Record<string, string | null> = {
    [`${HOME}/state/healing.json`]: machine.healing,
    [`${HOME}/state/leases/a.json`]: machine.lease,
    [`${HOME}/state/embedded/live/backup.json`]: JSON.stringify(live),
  }
  const answers: Record<string, () => { status: number; body: unknown }> = {
    'http://127.0.0.1:2187/health': () => ({ status: 200, body: loop }),
    'http://127.0.0.1:2187/status': () => ({ status: 200, body: { ...loop, period_s: 10, haus: status(machine.watchdogRows) } }),
    'http://127.0.0.1:1111/': () => ({ status: machine.page, body: {} }),
    'http://127.0.0.1:1111/api/v1/status': () => ({ status: 200, body: status(machine.dashboardRows) }),
  }
  const inspection = {
    eventsElsewhere: async () => JSON.stringify(machine.isElsewhere ? [] : written),
    mayWriteFile: async () => true,
    processes: async () => [],
    account: async () => ({ uid: 1000, groups: [] }),
    owner: async (path: string) => (path === KEY ? { uid: machine.secretOwner, gid: 0, mode: 0o600 } : { uid: 1000, gid: 0, mode: 0o755 }),
    ask: async (url: string) => {
      const { status: code, body } = (answers[url] as () => { status: number; body: unknown })()
      return { kind: 'answered', status: code, body: JSON.stringify(body) }
    },
  }
  const generations = {
    readPointers: () => ({ current: { kind: 'set', number: 1 }, confirmed: { kind: 'set', number: 1 } }),
    readCurrent: () => current,
    readSurface: (_: number, path: string) => (path.startsWith('embedded/') ? JSON.stringify({ digest: 'new' }) : null),
    list: () => [],
    readHaus: () => null,
  }
  const ports = {
    home: HOME,
    digest: machine.digest,
    clock: { now: () => NOW, monotonic: () => 0, pause: async () => undefined },
    machine: { self: () => ({ pid: 99, start_time: '1' }), isAlive: () => true },
    lockHolder: () => null,
    generations: () => generations,
    units: () => ({ list: async () => machine.units, listStrangers: async () => [] }),
    host: { presence: async () => ({}), audit: async () => machine.audit },
    journal: {
      append: (event: (typeof written)[number]) => void written.push(event),
      verify: () => machine.damage,
    },
    observe: async (probe: { port?: number; path?: string }): Promise<Observation> => {
      const base = { atMs: NOW, tookMs: 1, detail: 'seen' }
      return machine.probe(probe) === 'passed' ? { kind: 'passed', ...base } : { kind: 'failed', cause: 'wrong-answer', ...base }
    },
    drift: {
      surroundings: () => ({ neighbours: [], owners: new Map(), unread: [] }),
      programs: () => [],
      listeners: async () => ({ listeners: [], unread: [] }),
      isSameFile: (a: string, b: string) => a === b,
    },
    files: {
      toShown: (path: string) => path,
      readText: async (path: string) => texts[path] ?? null,
      readManifests: async () => machine.manifests,
      listFolder: async (path: string) => (path.endsWith('/leases') && machine.lease !== '' ? ['a.json'] : []),
    },
  }
  const command = { ports, signal: new AbortController().signal } as unknown as CommandContext
  const doctor = {
    command,
    isBare: () => machine.isBare,
    loaded: {
      haus,
      facts: buildFacts(),
      chosen: { folder: '/haus' },
      findings: [],
      catalog: { name: 'starter', services: {}, retired: {}, instance: { value: {} }, digest: 'x' },
    },
    plan: async () => ({ plan: { surfaces: [], seen: { current, damage: machine.drifted, live: [], ledger: new Map() } }, losses: [] }),
    wanted: haus,
    unusable: null,
    held: () => haus,
    units: async () => machine.units,
    listeners: async () => ({ listeners: machine.listeners, unread: [] }),
    journalEnd: () => machine.end,
    inspect: async () => inspection,
    probeMs: () => 1000,
  } as unknown as DoctorContext
  return {
    command,
    load: async () => (machine.refused === null ? { kind: 'loaded', doctor } : { kind: 'refused', findings: machine.refused }),
  }
}

const embedded = {
  ...{
    schema_version: 1,
    service: 'backup',
    unit: 'com.sanctum.backup',
    activity: 'waiting',
    phase: 'down',
    why: 'it waits',
    since_ms: 1,
    boot_id: 'b',
  },
  ...{
    incarnation: null,
    pid: null,
    start_time: null,
    started_at_ms: 1,
    started_up_ms: 1,
    definition_digest: null,
    stop: null,
    deadline_up_ms: null,
  },
  ...{
    ending: null,
    held: false,
    wanted: { known: true, up: true, restart_seq: 0, reload_seq: 0 },
    restart_seq_done: 0,
    reload_seq_done: 0,
    restarts: 0,
  },
  ...{
    starts_up_ms: [],
    streak: 0,
    last_exit: { code: 0, signal: null },
    last_exit_at_ms: 1,
    last_success_at_ms: 1,
    ran_in_boot: 'b',
    due: null,
  },
}

const invalid: Finding = { code: 'YAML_SYNTAX', severity: 'error', message: 'catalog.yaml:4:1 is not YAML' }
const hardwired: Finding = { code: 'HARDWIRED_PATH', severity: 'error', message: '/Users/neo/x is written into notes.md' }
const renders: number[] = []

/** A service that is unwell, as the dashboard shows it then too. */
const sick = { dashboardRows: [idle, { ...row('dashboard', 13), verdict: 'failed' as const }, row('watchdog', 12)] }

/** What is broken, and the one step that names it. */
const breaks: Readonly<Record<string, Partial<typeof well>>> = {
  'workspace catalog': { refused: [invalid] },
  'workspace render': { digest: () => `another one each time: ${renders.push(1)}` },
  'workspace manifests': { manifests: { 'services/old.yaml': 'name: old\n' } },
  'workspace host-audit': { audit: [hardwired] },
  'runtime bootstrap': { isBare: true },
  'runtime files': { drifted: [{ path: 'embedded/dashboard.json', kind: 'missing', digest: null }] },
  'runtime units': { units: units.map((state) => (state.service === 'dashboard' ? { ...state, definitionDigest: 'old' } : state)) },
  'runtime ports': { listeners: [listener(2187, 12), listener(1111, 13), listener(1111, 4000, '0.0.0.0')] },
  'runtime binds': { listeners: [listener(2187, 12)] },
  'runtime probes': { probe: ({ port, path }) => (port === 1111 && path === '/health' ? 'failed' : 'passed'), ...sick },
  'runtime names': { watchdogRows: [...rows, row('holo', null)] },
  'runtime secret-access': { secretOwner: 0 },
  'runtime jobs': { lastSuccessMs: NOW - 10 * 3_600_000 },
  'runtime healer': { lease: '{"schema_version": 1' },
  'runtime journal': { damage: ['event 3: its checksum is another'] },
  'e2e dashboard': { page: 500 },
  'e2e watchdog': { watchdogRows: [idle, row('dashboard', 14), row('watchdog', 12)] },
  'e2e endpoints': { probe: ({ path }) => (path === '/api/v1/status' ? 'failed' : 'passed'), ...sick },
  'e2e events': { isElsewhere: true },
  'e2e verdicts': sick,
}

async function nameFailed(machine: Partial<typeof well>): Promise<{ failed: string[]; open: string[] }> {
  const context = contextOf({ ...well, ...machine })
  const told: { name: string; outcome: string }[] = []
  for (const [suite, steps] of Object.entries(suites))
    for (const result of await runChecks(steps, context, { now: () => 0, inOrder: true }))
      told.push({ name: `${suite} ${result.id}`, outcome: outcomeOf(result) })
  const named = (outcome: string) => told.filter((one) => one.outcome === outcome).map(({ name }) => name)
  return { failed: named('failure'), open: named('error') }
}

test('every step has something that breaks it', () => {
  const steps = Object.entries(suites).flatMap(([suite, own]) => own.map(({ id }) => `${suite} ${id}`))
  expect(Object.keys(breaks).sort()).toEqual(steps.sort())
})

test('on a machine where everything is well every step holds', async () => {
  expect(await nameFailed({})).toEqual({ failed: [], open: [] })
})

test.each(Object.entries(breaks))('%s: verify names exactly that', async (step, broken) => {
  const { failed, open } = await nameFailed(broken)
  expect(failed).toEqual([step])
  // What cannot be looked at without a catalog waits for it, and is not called well.
  expect(open.length > 0).toBe(step === 'workspace catalog')
})

test('a journal that is gone is named by the same step as one that is damaged', async () => {
  const end: JournalEnd = { kind: 'missing', kept: { seq: 9, checksum: 'x' } }
  expect(await nameFailed({ end })).toEqual({ failed: ['runtime journal'], open: [] })
})

test('a haus that cannot be rendered blocks what needs it, and passes nothing', async () => {
  const { Refused } = await import('../command.ts')
  const step = toStep({ id: 'files', title: '', run: () => Promise.reject(new Refused([invalid])) })
  const [result] = await runChecks([step], contextOf(well), { now: () => 0 })
  expect([result?.verdict, result?.reason]).toEqual(['blocked', 'the haus cannot be rendered; the step render says why'])
})
