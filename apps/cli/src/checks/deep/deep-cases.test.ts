import {
  doctorCodes,
  Fault,
  type Finding,
  findingCodes,
  type Haus,
  type Listener,
  type Observation,
  type ResolvedProbe,
  type ResolvedService,
  type RouterScorecard,
  type RouterStatusDocument,
} from '@sanctum/contracts'
import { buildHaus, buildHttpProbe, buildProvision, buildRun, buildService, buildSurface } from '@sanctum/testkit'
import { describe, expect, test } from 'vitest'
import { toCutJournal, toUnreadableJournal } from '../../findings/to-journal-damage.ts'
import { findUnused } from '../../findings/waivers.ts'
import { toFailed } from '../../fixes/fix-findings.ts'
import { judgeRevisions } from '../../haus/observe-revisions.ts'
import { usualFaults } from '../../router/drill-record.ts'
import { judgeAgreement, judgeDashboard, judgeEvents, judgeVerdicts } from '../../verify/e2e-steps.ts'
import { toUnwritten } from '../../verify/receipt.ts'
import { judgeStable } from '../../verify/workspace-steps.ts'
import type { RoleAnswer } from './ask-role.ts'
import { judgeBudgets, judgeDisks, judgeMemory } from './check-capacity.ts'
import { judgeDocument, judgeFailsafe, judgeLock, judgePermission, judgeReverter, judgeWatchdog } from './check-healer.ts'
import { type JobRecord, judgeJob, periodS } from './check-jobs.ts'
import { judgeJournal } from './check-journal.ts'
import { judgeBinds, judgeStrays } from './check-listeners.ts'
import { judgeNames, type NamesQuestion } from './check-names.ts'
import { judgePidFiles } from './check-pid-files.ts'
import { judgeProbe } from './check-probes.ts'
import { checkRouter, hasFallback, judgeBackends, judgeDrills, judgeRefused, judgeTargets } from './check-router.ts'
import { judgeUse } from './check-secret-access.ts'
import { judgeCatalogWaivers, judgeWaivers } from './check-waivers.ts'

const HOUR_MS = 3_600_000
const now = Date.UTC(2026, 10, 27)
const service = buildService('dashboard', { provides: [buildProvision(1111)], health: { liveness: buildHttpProbe(1111) } })
const retired: Haus['retired'] = { xtts: { retired: '2026-04-19', reason: 'replaced', ports: [8020], label: 'com.sanctum.xtts' } }

function probed(seen: Partial<Observation>): Finding[] {
  const observation = { kind: 'passed', atMs: now, tookMs: 3, detail: '200', ...seen } as Observation
  return judgeProbe('dashboard', { purpose: 'contract', question: 'GET http://127.0.0.1:1111/' }, observation)
}

function named(
  changes: { readonly services?: Haus['services'][string][]; readonly haus?: Partial<Haus> } & Omit<Partial<NamesQuestion>, 'haus'>,
): Finding[] {
  const { services = [service], haus = {}, ...rest } = changes
  return judgeNames({
    missing: new Set(),
    shown: [{ name: 'dashboard', where: 'services/' }],
    ...rest,
    haus: buildHaus(services, { retired, ...haus }),
  })
}

const acting = (command: readonly string[]) =>
  buildService('dashboard', {
    remediation: { ...service.remediation, actions: [{ name: 'clear', command, restart: false, cooldown_s: 0 }] },
  })

const disk = (usedPercent: number) => judgeDisks([{ path: '~', seen: { id: '1', totalMb: 1000, freeMb: 1000 - usedPercent * 10 } }])

const hungry = (id: string, ram_budget_mb: number, exclusive_with: readonly string[] = []) =>
  buildService(id, { capacity: { ram_budget_mb, exclusive_with, priority: 1, evictable: true, process_pattern: null } })

function secret({ fileUid = 501, mode = 0o600, folderMode = 0o755, uid = 501 }): Promise<Finding[]> {
  const look = {
    account: async () => ({ uid, groups: [20] }),
    owner: async (path: string) => (path.endsWith('key') ? { uid: fileUid, gid: 0, mode } : { uid: 0, gid: 0, mode: folderMode }),
  }
  return judgeUse(look, { service: 'voice', file: '/home/neo/.sanctum/secrets/key', account: 'neo' }, '~/.sanctum/secrets/key')
}

function job(record: Partial<JobRecord> | null, pid: number | null = null): Finding[] {
  const schedule = { kind: 'every', every_s: 3600, at_load: false } as const
  const whole = record === null ? null : { startedAtMs: null, lastExitAtMs: null, lastSuccessAtMs: null, ...record }
  return judgeJob({ id: 'backup', schedule, start_timeout_s: 30 }, whole, { pid, wanted: true, activity: 'waiting' }, now)
}
const ended = (ageMs: number): JobRecord => ({ startedAtMs: now - ageMs - 1000, lastExitAtMs: now - ageMs, lastSuccessAtMs: now - ageMs })

const listener = (port: number, changes: Partial<Listener> = {}): Listener => ({
  ...{ protocol: 'tcp', address: '127.0.0.1', port, pid: 77, process_group: 77, program: 'node' },
  ...changes,
})
const ghosts = (listeners: readonly Listener[]) =>
  judgeStrays({ haus: buildHaus([], { retired }), services: [service], listeners, states: [{ service: 'dashboard', pid: 42 }] })
const binds = (listeners: readonly Listener[]) => judgeBinds(service, 42, listeners, 'linux')
const own = (port: number, changes: Partial<Listener> = {}) => listener(port, { pid: 42, process_group: 42, ...changes })

const health = {
  schema_version: 1,
  role: 'watchdog',
  ok: true,
  pid: 12,
  version: '1',
  generation: 1,
  started_at_ms: 1,
  cycles: 9,
  why: 'fresh',
}
const answered = (changes: object): RoleAnswer => ({
  ...{ kind: 'answered', service: 'watchdog', url: 'http://127.0.0.1:2187/health', status: 200 },
  document: { ...health, last_cycle_at_ms: 1, last_cycle_age_s: 1, ...changes },
})

const permitted = (user: string, changes: Partial<ResolvedService> = {}) =>
  buildHaus(
    [
      buildService('watchdog', { run: buildRun(['node', '/opt/sanctumd.js', 'watchdog'], { user }) }),
      buildService('bridge', { domain: 'system', ...changes }),
    ],
    { manager: { kind: 'launchd', version: null } },
  )

const waiver = { code: 'PORT_HELD', reason: 'a bench', owner: 'yoda', expires: '2026-12-01' }
const aged = (expires?: string) => {
  const row = { reason: 'slow vendor', owner: 'yoda', ...(expires === undefined ? {} : { expires }) }
  return judgeCatalogWaivers(buildHaus([buildService('voice', { waivers: { session: row } })]), '2026-11-27')
}

type Told = readonly Finding[] | Promise<readonly Finding[]>

/** For each code what a check has to catch, and beside it what looks alike and is well. */
type Case = readonly [code: keyof typeof doctorCodes, what: string, planted: () => Told, well: () => Told]

const cases: readonly Case[] = [
  ['PROBE_FAILED', 'a wrong answer', () => probed({ kind: 'failed', cause: 'wrong-answer', detail: 'success is false' }), () => probed({})],
  [
    'PROBE_UNCHECKED',
    'a probe that nobody could ask',
    () => probed({ kind: 'could-not-check', detail: 'it runs nowhere' }),
    () => probed({}),
  ],
  [
    'PROBE_UNRESOLVED',
    'a probe of a port that no service has',
    () => named({ services: [buildService('dashboard', { health: { liveness: buildHttpProbe(4007) } })] }),
    // Somebody else's machine is no matter of this one.
    () =>
      named({
        services: [
          buildService('dashboard', { health: { liveness: { ...buildHttpProbe(4007), host: '10.0.0.7', type: 'tcp' } as ResolvedProbe } }),
        ],
      }),
  ],
  [
    'ROLE_OTHER_CODE',
    'a process that was started before another build came to lie there',
    () => judgeRevisions([{ service: 'watchdog', expected: '0.8.0+sources.2', reported: '0.8.0+sources.1' }]),
    () => judgeRevisions([{ service: 'watchdog', expected: '0.8.0+sources.1', reported: '0.8.0+sources.1' }]),
  ],
  [
    'ROLE_OTHER_CODE',
    'a process of a version that does not say what it is',
    () => judgeRevisions([{ service: 'watchdog', expected: '1'.repeat(40), reported: null }]),
    // From source nothing bears a stamp.
    () => judgeRevisions([{ service: 'watchdog', expected: null, reported: null }]),
  ],
  [
    'PROBE_UNRESOLVED',
    'a probe that starts a program which is not there',
    () => named({ services: [buildService('dashboard', { health: { contract: command('/opt/ask') } })], missing: new Set(['/opt/ask']) }),
    () => named({ services: [buildService('dashboard', { health: { contract: command('/opt/ask') } })] }),
  ],
  [
    'NAME_RETIRED',
    'a probe of a retired port',
    () => named({ services: [buildService('dashboard', { health: { liveness: buildHttpProbe(8020) } })] }),
    () =>
      named({
        services: [buildService('tts', { provides: [buildProvision(8020)], health: { liveness: buildHttpProbe(8020) } })],
        shown: [],
      }),
  ],
  [
    'NAME_RETIRED',
    'an action that starts a retired unit',
    () => named({ services: [acting(['/bin/launchctl', 'kickstart', 'gui/501/com.sanctum.xtts'])] }),
    () => named({ services: [acting(['/bin/launchctl', 'kickstart', 'gui/501/com.sanctum.dashboard'])] }),
  ],
  ['NAME_RETIRED', 'a listener on a retired port', () => ghosts([listener(8020)]), () => ghosts([own(1111)])],
  [
    'NAME_RETIRED',
    'a retired service in a view',
    () => named({ shown: [{ name: 'xtts', where: 'the status of the watchdog' }] }),
    () => named({}),
  ],
  ['NAME_UNKNOWN', 'a tile of a service that never was', () => named({ shown: [{ name: 'holo', where: 'services/' }] }), () => named({})],
  [
    'NAME_UNKNOWN',
    'an action that names no unit of this haus',
    () => named({ services: [acting(['/bin/launchctl', 'stop', 'com.sanctum.gone'])] }),
    () => named({ services: [acting(['/bin/true'])] }),
  ],
  [
    'NAME_UNKNOWN',
    'an agent that does not exist',
    () =>
      named({
        services: [{ ...service, remediation: { ...service.remediation, responsible_agent: 'vader' } }],
        haus: { capabilities: agents },
      }),
    () =>
      named({
        services: [{ ...service, remediation: { ...service.remediation, responsible_agent: 'yoda' } }],
        haus: { capabilities: agents },
      }),
  ],
  [
    'ACTION_UNRESOLVED',
    'an action whose program is gone',
    () => named({ services: [acting(['/opt/clear'])], missing: new Set(['/opt/clear']) }),
    () => named({ services: [acting(['/opt/clear'])] }),
  ],
  ['DISK_LOW', 'a disk at 85 %', () => disk(85), () => disk(84)],
  ['DISK_FULL', 'a disk at 90 %', () => disk(90), () => disk(89).filter(({ code }) => code === 'DISK_FULL')],
  [
    'MEMORY_LOW',
    'little memory',
    () => judgeMemory({ totalMb: 1000, availableMb: 99 }),
    () => judgeMemory({ totalMb: 1000, availableMb: 100 }),
  ],
  [
    'CAPACITY_OVERCOMMITTED',
    'budgets above the pool',
    () => judgeBudgets(buildHaus([hungry('a', 3000), hungry('b', 3000)])),
    () => judgeBudgets(buildHaus([hungry('a', 3000, ['b']), hungry('b', 3000)])),
  ],
  ['SECRET_UNREADABLE', "a file that is another account's", () => secret({ fileUid: 0 }), () => secret({})],
  ['SECRET_UNREADABLE', 'a folder that lets nobody in', () => secret({ folderMode: 0o700 }), () => secret({ uid: 0, folderMode: 0o700 })],
  ['JOB_STALE', 'no good end for two periods', () => job(ended(2.1 * HOUR_MS)), () => job(ended(1.9 * HOUR_MS))],
  ['JOB_STALE', 'ends, and none of them good', () => job({ ...ended(HOUR_MS / 2), lastSuccessAtMs: null }), () => job({})],
  ['JOB_UNFINISHED', 'a start without an end', () => job({ startedAtMs: now - HOUR_MS }), () => job({ startedAtMs: now - 30_000 }, 9)],
  [
    'JOB_UNFINISHED',
    'a run that hangs',
    () => job({ startedAtMs: now - 3 * HOUR_MS }, 9),
    () => job({ startedAtMs: now - HOUR_MS, lastSuccessAtMs: now - HOUR_MS }, 9),
  ],
  ['JOB_UNPROVEN', 'a job of which nobody keeps a record', () => job(null), () => job(ended(0))],
  [
    'LISTENER_UNCATALOGUED',
    'a stranger',
    () => ghosts([listener(8123)]),
    () => ghosts([own(1111), own(8123), listener(22), listener(40_000), listener(9, { process_group: 42 })]),
  ],
  ['PORT_UNBOUND', 'a service that binds another port', () => binds([own(1112)]), () => binds([own(1111)])],
  ['PORT_EXPOSED', 'a bind of every address', () => binds([own(1111, { address: '0.0.0.0' })]), () => binds([own(1111)])],
  ['PORT_UNDECLARED', 'a second port', () => binds([own(1111), own(9229)]), () => binds([own(1111), own(40_000)])],
  [
    'HEALER_SILENT',
    'a watchdog that does not answer',
    () => judgeWatchdog({ kind: 'silent', service: 'watchdog', url: 'u', why: 'ECONNREFUSED' }, 12),
    () => judgeWatchdog(answered({}), 12),
  ],
  [
    'HEALER_SILENT',
    'a watchdog whose loop stands still',
    () => judgeWatchdog(answered({ ok: false, why: 'the loop stands still' }), 12),
    () => judgeWatchdog(answered({}), null),
  ],
  [
    'HEALER_SILENT',
    'the watchdog of another haus on its port',
    () => judgeWatchdog(answered({ pid: 99 }), 12),
    () => judgeWatchdog({ kind: 'none' }, null),
  ],
  [
    'HEALER_SILENT',
    'a failsafe whose heartbeat is old',
    () => judgeFailsafe('failsafe', '/h/failsafe.heartbeat', '2 h old'),
    () => judgeFailsafe('failsafe', '/h', null),
  ],
  [
    'HEALER_NOT_PERMITTED',
    'a watchdog of an operator beside a service of the system',
    () => judgePermission(permitted('neo')),
    () => [
      ...judgePermission(permitted('root')),
      ...judgePermission(permitted('neo', { domain: 'user' })),
      ...judgePermission(permitted('neo', { run: null })),
      ...judgePermission(permitted('neo', { remediation: { ...service.remediation, max_restarts: 0 } })),
      ...judgePermission({ ...permitted('neo'), manager: { kind: 'embedded', version: null } }),
    ],
  ],
  [
    'JOURNAL_DAMAGED',
    'a row that somebody edited',
    () => judgeJournal({ path: 'j', mayWrite: true, damage: ['event 3: its checksum is another'] }),
    () => judgeJournal({ path: 'j', mayWrite: true, damage: [] }),
  ],
  [
    'JOURNAL_DAMAGED',
    'a file that is no database any more',
    () =>
      [toUnreadableJournal(new Fault('DAMAGED', 'reading j failed', { errno: 'SQLITE_NOTADB' }), '~/.sanctum/state/journal.db')].flatMap(
        (finding) => finding ?? [],
      ),
    () => [toUnreadableJournal(new Fault('DISK_FULL', 'no room'), '~/.sanctum/state/journal.db')].flatMap((finding) => finding ?? []),
  ],
  ...(
    [
      ['that is gone', { kind: 'missing', kept: { seq: 9, checksum: 'x' } }],
      ['that was emptied', { kind: 'cut', kept: { seq: 9, checksum: 'x' }, last: 0 }],
      ['that was cut at its end', { kind: 'cut', kept: { seq: 9, checksum: 'x' }, last: 4 }],
      ['whose end was written anew', { kind: 'replaced', kept: { seq: 9, checksum: 'x' } }],
      ['of whose end nothing is known', { kind: 'head-unreadable' }],
    ] as const
  ).map(
    ([what, end]): Case => [
      'JOURNAL_CUT',
      `a journal ${what}`,
      () => toCutJournal(end, '~/.sanctum/state/journal.db'),
      () => toCutJournal({ kind: 'whole' }, '~/.sanctum/state/journal.db'),
    ],
  ),
  [
    'RECEIPT_UNWRITTEN',
    'a disk that is full',
    () => [
      toUnwritten(
        new Fault('DISK_FULL', 'writing /h/state/receipts/verify.json failed: ENOSPC', { path: '/h/state/receipts/verify.json' }),
      ),
    ],
    () => [],
  ],
  [
    'JOURNAL_UNWRITABLE',
    'a journal of another account',
    () => judgeJournal({ path: 'j', mayWrite: false, damage: [] }),
    () => judgeJournal({ path: 'j', mayWrite: true, damage: [] }),
  ],
  [
    'HEALER_DOCUMENT_UNREADABLE',
    'half a document',
    () => judgeDocument('~/.sanctum/state/healing.json', '{"schema_version": 1, "at'),
    () => judgeDocument('~/.sanctum/state/healing.json', null),
  ],
  [
    'HEALER_DOCUMENT_UNREADABLE',
    'a lease without an end',
    () => judgeDocument('~/.sanctum/state/leases/a.json', '{"schema_version": 1}'),
    () => judgeDocument('~/.sanctum/state/leases/a.json', null),
  ],
  ['REVERTER_MISSING', 'a program that was removed', () => judgeReverter(['/opt/sanctum/sanctumctl.js']), () => judgeReverter([])],
  [
    'LOCK_ORPHANED',
    'a lock of a dead process',
    () => judgeLock('sanctumctl up (pid 77)', false),
    () => judgeLock('sanctumctl up (pid 77)', true),
  ],
  [
    'PID_FILE_DEAD',
    'a pid file of nobody',
    () => judgePidFiles([{ path: 'x.pid', text: '99\n' }], new Set([12])),
    () =>
      judgePidFiles(
        [
          { path: 'x.pid', text: '12' },
          { path: 'y.pid', text: 'none' },
        ],
        new Set([12]),
      ),
  ],
  [
    'WAIVER_EXPIRED',
    'a waiver of yesterday',
    () => judgeWaivers([{ ...waiver, expires: '2026-11-26' }], '2026-11-27'),
    () => judgeWaivers([{ ...waiver, expires: '2026-11-27' }], '2026-11-27'),
  ],
  ['WAIVER_EXPIRED', 'an old waiver of the catalog', () => aged('2026-01-01'), () => aged('2027-01-01')],
  ['WAIVER_EXPIRED', 'one that ended yesterday', () => aged('2026-11-26'), () => [...aged('2026-11-27'), ...aged()]],
  [
    'WAIVER_UNUSED',
    'a waiver of what is not there',
    () => findUnused([waiver], [], '2026-11-27'),
    () => findUnused([waiver], [{ code: 'PORT_HELD', severity: 'error', message: 'held', subject: 'tcp 1' }], '2026-11-27'),
  ],
  [
    'RENDER_UNSTABLE',
    'a file that is another each time',
    () => judgeStable([buildSurface(() => 'a')], [{ ...buildSurface(() => 'a'), digest: 'other' }]),
    () => judgeStable([buildSurface(() => 'a')], [buildSurface(() => 'a')]),
  ],
  [
    'STATUS_DISAGREES',
    'a watchdog that names another process',
    () => judgeAgreement([{ id: 'dashboard', pid: 1 }], [{ service: 'dashboard', pid: 2 }]),
    () =>
      judgeAgreement(
        [{ id: 'dashboard', pid: 1 }],
        [
          { service: 'dashboard', pid: 1 },
          { service: 'old', pid: null },
        ],
      ),
  ],
  [
    'STATUS_DISAGREES',
    'a tile that is green while the service is not',
    () => judgeVerdicts([{ id: 'a', verdict: 'failed', why: 'down' }], [{ id: 'a', verdict: 'healthy', why: 'up' }]),
    () => judgeVerdicts([{ id: 'a', verdict: 'failed', why: 'down' }], [{ id: 'a', verdict: 'failed', why: 'it is down' }]),
  ],
  [
    'SURFACE_SILENT',
    'a page that is an error',
    () => judgeDashboard({ service: 'dashboard', url: 'http://127.0.0.1:1111/', status: 500 }, null),
    () => judgeDashboard({ service: 'dashboard', url: 'http://127.0.0.1:1111/', status: 200 }, { services: [] } as never),
  ],
  [
    'EVENT_LOST',
    'a process that reads another journal',
    () => judgeEvents('verify of process 9', '{"mine": "verify of process 8"}'),
    () => judgeEvents('verify of process 9', '{"mine": "verify of process 9"}'),
  ],
  [
    'ROUTER_TARGET_MISCONFIGURED',
    'a server that refuses the key',
    () => judgeTargets(routed('misconfigured')),
    () => judgeTargets(routed('warm')),
  ],
  ['ROUTER_TARGET_MISCONFIGURED', 'a router that says nothing', () => judgeTargets(routed('misconfigured')), () => judgeTargets(null)],
  [
    'ROUTER_DEFINITION_REFUSED',
    'a change that the router does not take',
    () => judgeRefused({ ...routed('warm'), refused: { at_ms: now, why: 'url is no address' } }),
    () => judgeRefused(routed('warm')),
  ],
  ['ROUTER_DRILL_STALE', 'a drill of one fault only', () => drilled(1, routed('warm'), { rows: [row('S09')] }), () => drilled(1)],
  ['ROUTER_DRILL_STALE', 'a drill of last month', () => drilled(31), () => drilled(7)],
  ['ROUTER_DRILL_STALE', 'a fallback that was never tried', () => drilled(null), () => drilled(null, routed('warm', 1))],
  ['ROUTER_DRILL_FAILED', 'a fault that came out worse', () => drilled(1, routed('warm'), { unexpected: ['S08'] }), () => drilled(1)],
  [
    'ROUTER_DRILL_FAILED',
    'half an answer that looked whole',
    () => drilled(1, routed('warm'), { silent_truncations: 1 }),
    () => drilled(1),
  ],
  [
    'FIX_FAILED',
    'a fix that changed nothing',
    () => [toFailed({ code: 'PID_FILE_DEAD', subject: 'x', steps: [], outcome: 'failed', why: 'EACCES' })],
    () => [],
  ],
]

const target = {
  id: 'house/0',
  url: 'http://127.0.0.1:1/v1',
  model: null,
  locality: 'local',
  why: 'it was seen',
  breaker: 'closed',
  ready_in_ms: null,
  in_flight: 0,
  first_token_p95_ms: null,
} as const

function routed(condition: RouterStatusDocument['routes'][number]['targets'][number]['condition'], targets = 2): RouterStatusDocument {
  const route = {
    name: 'house',
    description: null,
    models: [] as string[],
    secure: false,
    delivery: 'live' as const,
    tokens_today: 0,
    daily_cap: null,
  }
  return {
    schema_version: 1,
    version: '0.0.0',
    pid: 1,
    started_at_ms: now,
    source: 'generation 1',
    defined_at_ms: now,
    refused: null,
    default_route: 'house',
    routes: [{ ...route, targets: Array.from({ length: targets }, () => ({ ...target, condition })) }],
  }
}

/** Null: never. */
function drilled(daysAgo: number | null, status = routed('warm'), changes: Partial<RouterScorecard> = {}): Finding[] {
  const card: RouterScorecard = {
    schema_version: 1,
    taken_at: new Date(now - (daysAgo ?? 0) * 24 * HOUR_MS).toISOString(),
    subject: { name: 'sanctum router', version: null },
    delivery: 'live',
    stream: true,
    time_scale: 0.05,
    healthy: true,
    healthy_why: '',
    rows: usualFaults.map((id) => row(id)),
    totals: { pass: 0, partial: 0, safe: 0, fail: 0 },
    silent_truncations: 0,
    unexpected: [],
    ...changes,
  }
  const drills = daysAgo === null ? [] : [{ path: '/home/neo/.sanctum/state/drills/router.json', card }]
  return judgeDrills(drills, { needsDrill: hasFallback(undefined, status), nowMs: now, toShown: (path) => path })
}

function row(id: string): RouterScorecard['rows'][number] {
  const base = { title: id, verdict: 'pass', why: '', outcome: 'answer', silent_truncation: false, took_ms: 1, first_token_ms: 1 } as const
  return { id, ...base, attempts: { primary: 1, fallback: 0 }, checks: [], expected: null, as_expected: true }
}

const agents = { agents: { yoda: { role: 'elder', allowed: ['**'] } } }

function command(program: string): ResolvedProbe {
  return { type: 'command', command: [program], timeout_ms: 1000, interval_s: 60, open_after: 3, close_after: 2 }
}

test.each([
  [{ kind: 'silent', why: 'nobody listens' }, 'nobody listens'],
  [{ kind: 'answered', status: 200, body: '{"hello":1}' }, 'not as a router of this version'],
])('a router that could not be asked is not well', async (answer, reason) => {
  const run = { command: ['node', '/opt/sanctumd.js', 'router'] } as never
  const backends = { council: { url: 'http://127.0.0.1:1337/v1', fallback_urls: ['http://127.0.0.1:1338/v1'] } } as never
  const router = buildService('sanctum-server', { run, backends, provides: [buildProvision(8900)] })
  const files = { listFolder: async () => [], readText: async () => null, toShown: (path: string) => path }
  const outcome = await checkRouter.run({
    command: { ports: { files, home: '/home/neo/.sanctum', clock: { now: () => now }, router: async () => ({ ask: async () => answer }) } },
    held: () => buildHaus([router]),
    probeMs: () => 1000,
  } as never)
  expect(outcome).toMatchObject({ kind: 'could-not-check', reason: expect.stringContaining(reason) })
  expect((outcome.kind === 'could-not-check' ? (outcome.findings ?? []) : []).map(({ code }) => code)).toEqual(['ROUTER_DRILL_STALE'])
})

test.each([
  ['as it is', [], { host: '127.0.0.1', port: 8900, tls: null }],
  [
    'over TLS at another address',
    ['--bind', '192.0.2.7', '--tls-cert=/tls/own.pem'],
    { host: '192.0.2.7', port: 8900, tls: { ca: 'PEM' } },
  ],
  ['over TLS everywhere', ['--bind=0.0.0.0', '--tls-cert', '/tls/own.pem'], { host: '127.0.0.1', port: 8900, tls: { ca: 'PEM' } }],
])('the router is asked where it serves: %s', async (_, words, place) => {
  const run = { command: ['node', '/opt/sanctumd.js', 'router', ...words] } as never
  const router = buildService('sanctum-server', { run, provides: [buildProvision(8900)] })
  const readText = async (path: string) => (path === '/tls/own.pem' ? 'PEM' : null)
  const files = { listFolder: async () => [], readText, toShown: (path: string) => path }
  const asked: unknown[] = []
  const ask = async (...question: unknown[]) => {
    asked.push(question)
    return { kind: 'answered', status: 200, body: JSON.stringify(routed('warm', 1)) }
  }
  const outcome = await checkRouter.run({
    command: { ports: { files, home: '/home/neo/.sanctum', clock: { now: () => now }, router: async () => ({ ask }) } },
    held: () => buildHaus([router]),
    probeMs: () => 1000,
  } as never)
  expect(asked).toEqual([[place, { method: 'GET', path: '/v1/backends' }, 1000]])
  expect(outcome).toMatchObject({ kind: 'ran', findings: [] })
})

test('backends that the router would refuse are told, and those that it takes are not', () => {
  const backends = (changes: object) =>
    buildService('sanctum-server', { backends: { council: { url: 'http://127.0.0.1:1337/v1', ...changes } } })
  const codesOf = (changes: object) => judgeBackends(backends(changes)).map(({ code }) => code)
  expect(codesOf({})).toEqual([])
  expect(codesOf({ fallback_urls: ['https://models.example.com/v1'] })).toEqual(['CLOUD_UNMARKED'])
  expect(codesOf({ fallback_urls: [{ url: 'https://models.example.com/v1', locality: 'cloud' }] })).toEqual([])
  expect(codesOf({ secure: true, fallback_urls: ['http://10.10.10.1:1337/v1'] })).toEqual(['SECURE_LEAVES_MACHINE'])
})

test('every code of the thorough checks has a case', () => {
  expect(Object.keys(doctorCodes).filter((code) => !cases.some(([known]) => known === code))).toEqual([])
})

describe('what is planted is found, and what looks alike is not', () => {
  test.each(cases)('%s: %s', async (code, _, planted, well) => {
    const found = (await planted()).find((finding) => finding.code === code)
    expect(found, `no ${code}`).toBeDefined()
    expect(found?.severity).toBe(findingCodes[code].severity)
    expect(found?.subject).not.toBe('')
    expect(found?.fix?.text).toMatch(/\.$/)
    expect(found?.evidence?.observed).toMatch(/./)
    expect(await well()).toEqual([])
  })
})

test.each([
  [{ hour: 4, minute: 0 }, 86_400],
  [{ minute: 5 }, 3600],
  [{ weekday: 0, hour: 3 }, 7 * 86_400],
  [{ month: 1, day: 1 }, 366 * 86_400],
])('a job at %j has a good end at least every %d s', (time, seconds) => {
  expect(periodS({ kind: 'at', at: [time], catch_up: false })).toBe(seconds)
})

test('a job that a person stopped is not late', () => {
  const schedule = { kind: 'every', every_s: 60, at_load: false } as const
  const stopped = { pid: null, wanted: false, activity: 'stopped' } as const
  expect(judgeJob({ id: 'a', schedule, start_timeout_s: 1 }, ended(HOUR_MS), stopped, now)).toEqual([])
})
