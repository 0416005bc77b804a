import {
  type CheckOutcome,
  Fault,
  type Finding,
  findingCodes,
  type GenerationDocument,
  type Haus,
  type HausStatus,
  type operationCodes,
  type UnitState,
} from '@sanctum/contracts'
import type { JournalEnd } from '@sanctum/journal'
import { buildFacts, buildHaus, buildProvision, buildRun, buildService, buildUnitState } from '@sanctum/testkit'
import { describe, expect, test } from 'vitest'
import { UsageProblem } from '../command.ts'
import { judgeDrill } from '../drill/judge-drill.ts'
import { planDrill } from '../drill/plan-drill.ts'
import { findHeldPorts } from '../haus/find-held-ports.ts'
import { findNoRoom } from '../haus/find-no-room.ts'
import { findUnwritable } from '../haus/find-unwritable.ts'
import { toUnusable } from '../haus/kept-haus.ts'
import { toUnchecked } from '../haus/observe-file-drift.ts'
import { isBare } from '../haus/require-generation.ts'
import { toFindings } from '../haus/run-units.ts'
import { checkBootstrap } from './check-bootstrap.ts'
import { checkDrift } from './check-drift.ts'
import { checkGeneration } from './check-generation.ts'
import { checkJournalEnd } from './check-journal-end.ts'
import { checkLock } from './check-lock.ts'
import { pendingChecks } from './check-pending.ts'
import { findLacking } from './check-prerequisites.ts'
import { checkSecrets } from './check-secrets.ts'
import { checkServices } from './check-services.ts'
import { checkUnits } from './check-units.ts'
import { checkWorkspaceManifests } from './check-workspace-manifests.ts'
import type { DoctorContext } from './doctor-context.ts'

/** A machine on which everything is as it should be, but for what a case says. */
interface Machine {
  readonly pointers: { readonly current: number | null; readonly confirmed: number | null }
  readonly holder: string | null
  readonly modes: Readonly<Record<string, number>>
  readonly units: readonly UnitState[]
  readonly verdict: HausStatus['services'][number]['verdict']
  readonly changes: readonly { kind: string; path: string; target: string; why: string; place: string; subject: string }[]
  readonly manifests: Readonly<Record<string, string>>
  readonly journalEnd: () => JournalEnd
  readonly madeBy?: string
}

const watchdog = buildService('watchdog', { run: buildRun(['/opt/node', '/opt/sanctum/sanctumd.js', 'watchdog']) })
const dashboard = buildService('dashboard', {
  run: buildRun(['/opt/node'], { secrets: [{ variable: 'KEY', secret: 'key', file: '/home/neo/.sanctum/secrets/key', as: 'file' }] }),
  provides: [buildProvision(1111)],
})
const haus: Haus = buildHaus([watchdog, dashboard])
const record = (service: string): GenerationDocument['surfaces'][number] => ({
  target: 'embedded',
  subject: service,
  path: `embedded/${service}.json`,
  publish: null,
  mode: '0644',
  digest: 'new',
  size_bytes: 1,
  unit: { name: service, service, domain: 'user', starts: true },
})
const well: Machine = {
  pointers: { current: 1, confirmed: 1 },
  holder: null,
  modes: { '/home/neo/.sanctum/secrets/key': 0o600 },
  units: [buildUnitState('watchdog'), buildUnitState('dashboard')],
  verdict: 'healthy',
  changes: [],
  manifests: {},
  journalEnd: () => ({ kind: 'whole' }),
}

function contextOf(machine: Machine): DoctorContext {
  const pointer = (number: number | null) => (number === null ? { kind: 'none' } : { kind: 'set', number })
  const current = { surfaces: [record('watchdog'), record('dashboard')], number: 1, made_from: { sanctum: machine.madeBy ?? '0.1.0' } }
  const generations = {
    readPointers: () => ({ current: pointer(machine.pointers.current), confirmed: pointer(machine.pointers.confirmed) }),
    readCurrent: () => (machine.pointers.current === null ? null : current),
    readSurface: () => JSON.stringify({ digest: 'new' }),
    list: () => [],
    readTrial: () => null,
    readPins: () => ({ kind: 'none' }),
    inspect: () => ({ outcome: 'clean', steps: [], impact: [], findings: [] }),
  }
  const status = {
    services: [
      { id: 'watchdog', pid: 12, why: 'it does not answer', verdict: machine.verdict },
      { id: 'dashboard', pid: null, why: 'it is down', verdict: machine.verdict },
    ],
  }
  const seen = { current, damage: [], live: [], ledger: new Map() }
  const surfaces = [{ target: 'runtime-manifests', unit: null }]
  const ports = {
    home: '/home/neo/.sanctum',
    version: '0.1.0',
    digest: (text: string) => `digest of ${text.length}`,
    machine: { bootId: () => 'this boot', upMs: () => 0, isAlive: () => false },
    lockHolder: () => machine.holder,
    generations: () => generations,
    units: () => ({ list: async () => machine.units, listStrangers: async () => [] }),
    drift: {
      surroundings: () => ({ neighbours: [], owners: new Map(), unread: [] }),
      programs: () => [],
      listeners: async () => ({ listeners: [], unread: [] }),
      isSameFile: (a: string, b: string) => a === b,
    },
    files: {
      // No upgrade was ever begun.
      readText: async () => null,
      toShown: (path: string) => path,
      readMode: async (path: string) => machine.modes[path] ?? null,
      readManifests: async () => machine.manifests,
    },
  }
  return {
    command: { ports },
    isBare: () => isBare({ ports } as never),
    loaded: {
      haus,
      facts: buildFacts(),
      chosen: { folder: '/haus' },
      catalog: { name: '/haus', services: {}, retired: {}, instance: { value: {} }, digest: 'x' },
    },
    plan: async () => ({ plan: { changes: machine.changes, repairs: [], findings: [], surfaces, seen }, losses: [] }),
    units: async () => machine.units,
    wanted: haus,
    unusable: null,
    held: () => haus,
    status: async () => status,
    journalEnd: machine.journalEnd,
    listeners: async () => ({ listeners: [], unread: [] }),
  } as unknown as DoctorContext
}

async function findingsOf(
  check: { run(context: DoctorContext): Promise<CheckOutcome> | CheckOutcome },
  machine: Partial<Machine>,
): Promise<readonly Finding[]> {
  const outcome = await check.run(contextOf({ ...well, ...machine }))
  return outcome.kind === 'ran' ? outcome.findings : []
}

const [manifests] = pendingChecks
const change = {
  kind: 'modify',
  path: 'services/dashboard.yaml',
  target: 'runtime-manifests',
  why: 'its content changes',
  place: 'generation',
  subject: 'dashboard',
}
const embedded = (service: string, overrides: Partial<UnitState>) => buildUnitState(service, overrides)

/** A case that a person might meet, for every code about what runs. */
const cases: Readonly<
  Record<keyof typeof operationCodes | 'CHANGE_PENDING' | 'DRIFT_UNCHECKED', () => Promise<readonly Finding[]> | readonly Finding[]>
> = {
  CATALOG_UNUSABLE: () => [
    toUnusable(3, new UsageProblem('there is no catalog folder /srv/haus', 'Name a folder that holds a catalog.yaml with --catalog.')),
  ],
  NOT_BOOTSTRAPPED: () => findingsOf(checkBootstrap, { pointers: { current: null, confirmed: null } }),
  PUBLISH_NOT_PERMITTED: () => {
    const path = '/Library/LaunchDaemons/com.sanctum.mlx.plist'
    const unit = { name: 'com.sanctum.mlx', service: 'mlx', domain: 'system', starts: true } as const
    const files = { mayWrite: async () => false, toShown: (shown: string) => shown }
    const plan = { publications: [{ path, put: null, found: { kind: 'absent' }, backup: null }], surfaces: [{ publish: path, unit }] }
    return findUnwritable({ ports: { files, home: '/Users/neo/.sanctum' } } as never, plan as never)
  },
  PREREQUISITE_MISSING: () =>
    findLacking([
      {
        id: 'docker',
        what: 'a container runtime',
        neededBy: ['home-assistant'],
        found: null,
        state: 'missing',
        install: 'apt-get install docker.io',
      },
    ]),
  PORT_HELD: () =>
    findHeldPorts({
      services: [dashboard],
      listeners: [{ protocol: 'tcp', address: '127.0.0.1', port: 1111, pid: 9, program: 'node' }],
      states: [],
    }),
  START_NOT_ADMITTED: () =>
    findNoRoom({
      haus: buildHaus([
        buildService('giant', {
          capacity: { ram_budget_mb: 99_999, exclusive_with: [], priority: 1, evictable: true, process_pattern: null },
        }),
      ]),
      starts: ['giant'],
      states: [],
    }),
  DRILL_NOT_POSSIBLE: () => {
    const planning = planDrill(dashboard, 'hang', { haus, status: { services: [] } as unknown as HausStatus, units: [] })
    return planning.kind === 'refused' ? [planning.finding] : []
  },
  DRILL_FAILED: () => judgeDrill({ target: 'dashboard', fault: 'hang', recovered_ms: null, disturbed: [] }),
  SERVICE_NOT_READY: () => toFindings({ do: 'start', service: 'dashboard', kind: 'not-ready', why: 'it had 30 s' }),
  SERVICE_NOT_BEGUN: () => toFindings({ do: 'start', service: 'dashboard', kind: 'not-begun', why: 'watchdog: it had 30 s' }),
  SERVICE_UNHEALTHY: () => findingsOf(checkServices, { verdict: 'failed' }),
  SERVICE_UNCHECKED: () => findingsOf(checkServices, { verdict: 'could-not-check' }),
  WATCHDOG_STALLED: () => findingsOf(checkServices, { verdict: 'failed' }),
  UNIT_FAILED: () =>
    findingsOf(checkUnits, { units: [embedded('watchdog', {}), embedded('dashboard', { activity: 'failed', pid: null })] }),
  UNIT_REFUSED: () => toFindings({ do: 'stop', service: 'dashboard', kind: 'failed', why: 'it could not be ended' }),
  UNIT_NOT_LOADED: () => findingsOf(checkUnits, { units: [embedded('watchdog', {})] }),
  UNIT_STALE: () => findingsOf(checkUnits, { units: [embedded('watchdog', {}), embedded('dashboard', { definitionDigest: 'old' })] }),
  UNIT_UNMANAGED: () => findingsOf(checkUnits, { units: [...well.units, embedded('ha-tunnel', {})] }),
  SUPERVISOR_DOWN: () =>
    findingsOf(checkUnits, { units: [embedded('watchdog', { pid: null, activity: 'failed' }), embedded('dashboard', {})] }),
  GENERATION_OTHER_PROGRAM: () => findingsOf(checkGeneration, { madeBy: '0.0.9', changes: [change] }),
  GENERATION_UNCONFIRMED: () => findingsOf(checkGeneration, { pointers: { current: 2, confirmed: 1 } }),
  CHANGE_PENDING: () => findingsOf(manifests as (typeof pendingChecks)[number], { changes: [change] }),
  DRIFT_UNCHECKED: () => [toUnchecked('/etc/systemd/user', '/etc/systemd/user could not be read: EACCES')],
  MANIFEST_STALE: () => findingsOf(checkWorkspaceManifests, { manifests: { 'services/old.yaml': 'name: old\n' } }),
  LOCK_HELD: () => findingsOf(checkLock, { holder: 'sanctumctl render (pid 77)' }),
  SECRET_MISSING: () => findingsOf(checkSecrets, { modes: {} }),
  SECRET_EXPOSED: () => findingsOf(checkSecrets, { modes: { '/home/neo/.sanctum/secrets/key': 0o644 } }),
}

/** What no check of doctor finds, but a command that changes something; what it did is told by the message. */
const elsewhere: ReadonlySet<string> = new Set([
  'CATALOG_UNUSABLE',
  'PUBLISH_NOT_PERMITTED',
  'DRILL_NOT_POSSIBLE',
  'DRILL_FAILED',
  'SERVICE_NOT_READY',
  'SERVICE_NOT_BEGUN',
  'UNIT_REFUSED',
])

describe('every code about what runs has a case', () => {
  test.each(Object.entries(cases))('%s', async (code, produce) => {
    const found = (await produce()).find((finding) => finding.code === code)
    expect(found, `no ${code}`).toBeDefined()
    expect(found?.severity).toBe(findingCodes[code as keyof typeof findingCodes].severity)
    expect(found?.fix?.text).toMatch(/\.$/)
    if (!elsewhere.has(code)) expect(found?.evidence?.observed).toMatch(/./)
  })
})

test('on a machine where everything is well no check finds anything', async () => {
  const checks = [
    checkBootstrap,
    checkUnits,
    checkServices,
    checkGeneration,
    checkLock,
    checkJournalEnd,
    checkSecrets,
    checkWorkspaceManifests,
    ...pendingChecks,
    checkDrift,
  ]
  expect((await Promise.all(checks.map((check) => findingsOf(check, {})))).flat()).toEqual([])
})

test('a generation of another version that this one would make alike is not told', async () => {
  expect(await findingsOf(checkGeneration, { madeBy: '0.0.9' })).toEqual([])
})

test('a quick look sees a journal that is gone, and one that nobody can read', async () => {
  const gone = await findingsOf(checkJournalEnd, { journalEnd: () => ({ kind: 'missing', kept: { seq: 9, checksum: 'x' } }) })
  expect(gone).toMatchObject([{ code: 'JOURNAL_CUT', severity: 'error', message: expect.stringContaining('9 was its last event') }])
  const journalEnd = () => {
    throw new Fault('DAMAGED', 'no database', { errno: 'SQLITE_NOTADB' })
  }
  expect(await findingsOf(checkJournalEnd, { journalEnd })).toMatchObject([{ code: 'JOURNAL_DAMAGED' }])
})
