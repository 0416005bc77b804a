import type { Finding, Haus, ResolvedService, renderCodes } from '@sanctum/contracts'
import { renderHaus } from '@sanctum/render'
import { buildHaus, buildRun, buildService } from '@sanctum/testkit'
import { sha256 } from '@sanctum/testkit/node'
import { type JobFile, judgeJob } from '../src/launchd/judge-job.ts'
import { toLaunchdJob } from '../src/launchd/to-launchd-job.ts'
import { planUnit, type UnitPlan } from '../src/plan-unit.ts'
import { judgeUnit, type UnitContext } from '../src/systemd/judge-unit.ts'
import { toUnits } from '../src/systemd/to-units.ts'
import type { UnitEntry, UnitFile } from '../src/systemd/unit-file.ts'

export type RenderCode = keyof typeof renderCodes

const waiver = { reason: 'r', owner: 'o' }
export const open: Partial<ResolvedService> = { sandbox: { level: 'none', writable: [], network: 'any', waiver } }
const never = { when: 'never', delay_s: 0, max_delay_s: 0, limit: { starts: 1, window_s: 1 } } as const
export const launchd: Haus['manager'] = { kind: 'launchd', version: 15 }
export const systemd: Haus['manager'] = { kind: 'systemd-system', version: 252 }
export const embedded: Haus['manager'] = { kind: 'embedded', version: null }

export function build(manager: Haus['manager'], services: readonly ResolvedService[], overrides: Partial<Haus> = {}): Haus {
  const base = buildHaus(services, { manager, ...overrides })
  const os = manager.kind === 'launchd' ? 'darwin' : 'linux'
  return {
    ...base,
    node: { ...base.node, os },
    host: { ...base.host, user_units: '/units/user', system_units: '/units/system', ...overrides.host },
  }
}

export const one = (manager: Haus['manager'], overrides: Partial<ResolvedService> = {}, id = 'subject'): Haus =>
  build(manager, [buildService(id, { ...open, ...overrides })])

export const find = (haus: Haus): readonly Finding[] => renderHaus(haus, { digest: sha256 }).findings

/** What a person or another tool might really write, by the code that it must get. */
export const written: Readonly<Partial<Record<RenderCode, readonly (readonly [string, Haus])[]>>> = {
  FIELD_IMPOSSIBLE: [
    ['SIGINT to stop an agent', one(launchd, { stop: { signal: 'SIGINT', timeout_s: 5 } })],
    ['a sandbox where nothing can make one', one(embedded, { sandbox: { level: 'strict', writable: [], network: 'any', waiver: null } })],
    [
      'another account in the manager of the operator',
      one({ kind: 'systemd-user', version: 252 }, { run: buildRun(['/opt/x'], { user: 'mouse' }) }),
    ],
    ['a graphical session on a server', one(systemd, { session: 'gui' })],
  ],
  VALUE_NOT_CARRIED: [
    ['a line break in an argument', one(systemd, { run: buildRun(['/opt/x', 'a\nb']) })],
    ['a NUL in the environment', one(launchd, { run: buildRun(['/opt/x'], { env: { A: 'a\0b' } }) })],
    ['a NUL for a process', one(embedded, { run: buildRun(['/opt/x', '\0']) })],
    ['half of a pair in a title', one(embedded, { title: '\ud800' })],
    ['a title that ends in a backslash', one(systemd, { title: 'C:\\' })],
    ['a variable with a space in its name', one(embedded, { run: buildRun(['/opt/x'], { env: { 'A B': 'c' } }) })],
    ['an empty account, which would be root', one(systemd, { run: buildRun(['/opt/x'], { user: '' }) })],
    ['a broken agent document', build(embedded, [], { agentDocuments: { yoda: { 'SOUL.md': '\udfff' } } })],
    ['a broken capability', build(embedded, [], { capabilities: { agents: { yoda: { role: '\ud800', allowed: [] } } } })],
  ],
  VALUE_TOO_LONG: [
    ['an argument of a megabyte', one(systemd, { run: buildRun(['/opt/x', 'x'.repeat(1_000_000)]) })],
    ['a variable of a megabyte', one(launchd, { run: buildRun(['/opt/x'], { env: { A: 'é'.repeat(500_000) } }) })],
    [
      'twelve arguments of 100 kB in one line',
      one(systemd, { run: buildRun(['/opt/x', ...Array.from({ length: 12 }, () => 'x'.repeat(100_000))]) }),
    ],
  ],
  PATH_NOT_ABSOLUTE: [
    ['a program by its name', one(systemd, { run: buildRun(['node']) })],
    ['a folder with .. in it', one(launchd, { run: buildRun(['/opt/x'], { cwd: '/srv/../etc' }) })],
    ['a log in the home', one(embedded, { logs: { stdout: '~/x.log', stderr: '/x.log' } })],
  ],
  RENDERED_PATH_UNSAFE: [
    ['a label that climbs', one(launchd, { label: '../../etc/evil' })],
    ['an agent that climbs', build(embedded, [], { agentDocuments: { '../../evil': { 'SOUL.md': 'x' } } })],
    ['a label with a line break', one(systemd, { label: 'a\nb' })],
    [
      'a workspace outside of the home',
      build(embedded, [], {
        agentDocuments: { yoda: { 'SOUL.md': 'x' } },
        capabilities: { agents: { yoda: { role: 'r', allowed: [], workspace: '/etc' } } },
      }),
    ],
    [
      'a workspace that climbs',
      build(embedded, [], {
        agentDocuments: { yoda: { 'SOUL.md': 'x' } },
        capabilities: { agents: { yoda: { role: 'r', allowed: [], workspace: '~/../other' } } },
      }),
    ],
  ],
  DOCUMENT_NOT_VALID: [['an id that no schema takes', one(embedded, {}, 'Bad Id')]],
  SECRET_IN_SURFACE: [
    ['an API key in the environment', one(embedded, { run: buildRun(['/opt/x'], { env: { KEY: 'sk-abcdefghijklmnopqrstuvwx' } }) })],
    ['a password in a URL', one(systemd, { run: buildRun(['/opt/x', 'https://neo:trinity@host/']) })],
    [
      'a bearer token in a probe',
      one(embedded, {
        health: {
          liveness: {
            type: 'http',
            headers: { Authorization: 'Bearer 1a2b3c4d5e6f7a8b9c' },
            timeout_ms: 1,
            interval_s: 1,
            open_after: 1,
            close_after: 1,
          },
        },
      }),
    ],
  ],
  NOTHING_TO_RUN: [['a daemon without a command', one(embedded, { run: null })]],
  CONTAINER_RUNTIME_MISSING: [
    [
      'a container on a machine without a runtime',
      one(embedded, { kind: 'container', run: null, container: { name: 'c', image: null, compose_file: null } }),
    ],
  ],
  UNIT_FOLDER_MISSING: [
    [
      'a daemon where its folder is not known',
      { ...one(launchd, { domain: 'system' }), host: { ...one(launchd).host, system_units: null } },
    ],
    ['units where their folder is not known', { ...one(systemd), host: { ...one(systemd).host, system_units: null } }],
  ],
  MANAGER_TOO_OLD: [['systemd 249', one({ kind: 'systemd-system', version: 249 })]],
  SCHEDULE_AMBIGUOUS: [
    [
      'the first, if it is a Monday',
      one(embedded, { kind: 'periodic', restart: never, schedule: { kind: 'at', at: [{ day: 1, weekday: 1 }], catch_up: false } }),
    ],
    ['an empty time', one(embedded, { kind: 'periodic', restart: never, schedule: { kind: 'at', at: [{}], catch_up: false } })],
  ],
  SCHEDULE_MISPLACED: [
    ['a periodic service without a schedule', one(embedded, { kind: 'periodic', restart: never })],
    ['a daemon with a schedule', one(embedded, { schedule: { kind: 'every', every_s: 1, at_load: false } })],
  ],
  FALLBACK_STARTS_ITSELF: [
    [
      'a fallback on a schedule',
      one(systemd, { fallback_only: true, kind: 'periodic', restart: never, schedule: { kind: 'every', every_s: 9, at_load: true } }),
    ],
  ],
  ONESHOT_KEPT_ALIVE: [
    ['a one-shot with restart always', one(systemd, { kind: 'oneshot' })],
    ['the same on a Mac', one(launchd, { kind: 'oneshot' })],
  ],
  GUI_KEY_IN_SYSTEM_DOMAIN: [['a daemon that wants a session', one(launchd, { domain: 'system', session: 'gui' })]],
  LABEL_TAKEN: [
    [
      'two services with one label',
      build(embedded, [buildService('a', { ...open, label: 'same' }), buildService('b', { ...open, label: 'Same' })]),
    ],
  ],
  LABEL_RETIRED: [
    [
      'the label of a tombstone',
      build(embedded, [buildService('a', { ...open, label: 'old' })], {
        retired: { was: { label: 'old', retired: '2026-01-01', reason: 'gone' } },
      }),
    ],
  ],
  NEEDS_LOGIN: [['a haus-critical agent', one(launchd, { tier: 'P0' })]],
  LATE_VOLUME: [
    ['a program on an external disk', one(launchd, { run: buildRun(['/Volumes/T9/bin/kiwix']) })],
    ['a folder in a synced drive', one(launchd, { run: buildRun(['/opt/x'], { cwd: '/Users/neo/Library/CloudStorage/OneDrive-Haus/x' }) })],
    ['a folder below /mnt', one(systemd, { run: buildRun(['/opt/x'], { cwd: '/mnt/T9' }) })],
  ],
  INTERPRETER_UNSTABLE: [
    ['a Python of Homebrew by its version', one(launchd, { run: buildRun(['/opt/homebrew/Cellar/python@3.12/3.12.1/bin/python3']) })],
    ['whatever env finds', one(launchd, { run: buildRun(['/usr/bin/env', 'node']) })],
  ],
  SANDBOX_NOT_WAIVED: [
    ['no sandbox and no reason', one(systemd, { sandbox: { level: 'none', writable: [], network: 'any', waiver: null } })],
  ],
}

const plan = (manager: Haus['manager'], overrides: Partial<ResolvedService> = {}): UnitPlan => {
  const haus = one(manager, overrides)
  const planned = planUnit(haus, haus.services.subject as ResolvedService)
  if (planned.kind !== 'unit') throw new Error('no unit')
  return planned.plan
}

/** A job of ours with one thing made wrong. */
export const job = (keys: Record<string, unknown>, file: Partial<JobFile> = {}): JobFile => ({
  job: Object.fromEntries(Object.entries({ ...toLaunchdJob(plan(launchd)), ...keys }).filter(([, value]) => value !== undefined)),
  domain: 'user',
  kind: 'daemon',
  fallback_only: false,
  file: 'com.sanctum.subject.plist',
  mode: '0644',
  ...file,
})

export const unit = (add: readonly UnitEntry[], leaveOut: readonly string[] = []): UnitFile => {
  const [first] = toUnits(one(systemd), plan(systemd)) as [UnitFile]
  return { ...first, entries: [...first.entries.filter(({ key }) => !leaveOut.includes(key)), ...add] }
}
export const context: UnitContext = {
  domain: 'system',
  kind: 'daemon',
  fallback_only: false,
  version: 252,
  fallbacks: new Set(['spare.service']),
}

/** Units that the renderer does not make: planted, so that each lint is seen to bite. */
export const planted: readonly (readonly [string, RenderCode, readonly { readonly code: string }[]])[] = [
  ['KeepAlive that restarts on each clean exit', 'KEEP_ALIVE_POLARITY', judgeJob(job({ KeepAlive: { Crashed: false } }))],
  ['KeepAlive that restarts after success only', 'KEEP_ALIVE_POLARITY', judgeJob(job({ KeepAlive: { SuccessfulExit: true } }))],
  ['KeepAlive with two triggers', 'KEEP_ALIVE_POLARITY', judgeJob(job({ KeepAlive: { SuccessfulExit: false, NetworkState: true } }))],
  ['KeepAlive without ThrottleInterval', 'THROTTLE_MISSING', judgeJob(job({ ThrottleInterval: undefined }))],
  ['no ExitTimeOut', 'EXIT_TIMEOUT_MISSING', judgeJob(job({ ExitTimeOut: undefined }))],
  ['TimeOut, which does nothing', 'KEY_UNKNOWN', judgeJob(job({ TimeOut: 20 }))],
  ['a text for a number', 'KEY_UNKNOWN', judgeJob(job({ ExitTimeOut: '20' }))],
  ['hour 24', 'KEY_UNKNOWN', judgeJob(job({ StartCalendarInterval: [{ Hour: 24 }] }))],
  ['a plist that only its owner may read', 'PLIST_MODE', judgeJob(job({}, { mode: '0600' }))],
  ['a file with another name', 'LABEL_MISMATCH', judgeJob(job({}, { file: 'com.sanctum.other.plist' }))],
  ['a daemon without an account', 'DAEMON_WITHOUT_USER', judgeJob(job({}, { domain: 'system' }))],
  [
    'a key of agents in a daemon',
    'GUI_KEY_IN_SYSTEM_DOMAIN',
    judgeJob(job({ LimitLoadToSessionType: 'Aqua', UserName: 'neo' }, { domain: 'system' })),
  ],
  ['a one-shot with KeepAlive', 'ONESHOT_KEPT_ALIVE', judgeJob(job({}, { kind: 'oneshot' }))],
  ['a fallback with KeepAlive', 'FALLBACK_STARTS_ITSELF', judgeJob(job({ RunAtLoad: undefined }, { fallback_only: true }))],
  [
    'a fallback with a schedule',
    'FALLBACK_STARTS_ITSELF',
    judgeJob(job({ StartInterval: 60, KeepAlive: undefined, RunAtLoad: false }, { fallback_only: true })),
  ],
  ['RestartSteps for 252', 'DIRECTIVE_TOO_NEW', judgeUnit(unit([{ key: 'RestartSteps', value: '3' }]), context)],
  [
    'RestartMaxDelaySec alone',
    'RESTART_GROWTH_HALF',
    judgeUnit(unit([{ key: 'RestartMaxDelaySec', value: '60s' }]), { ...context, version: 254 }),
  ],
  ['a unit without TimeoutStopSec', 'EXIT_TIMEOUT_MISSING', judgeUnit(unit([], ['TimeoutStopSec']), context)],
  ['a system unit without User', 'DAEMON_WITHOUT_USER', judgeUnit(unit([], ['User']), context)],
  [
    'a system unit in a graphical session',
    'GUI_KEY_IN_SYSTEM_DOMAIN',
    judgeUnit(unit([{ key: 'PartOf', value: ['graphical-session.target'] }]), context),
  ],
  ['a one-shot with Restart=always', 'ONESHOT_KEPT_ALIVE', judgeUnit(unit([]), { ...context, kind: 'oneshot' })],
  ['a fallback with WantedBy', 'FALLBACK_STARTS_ITSELF', judgeUnit(unit([]), { ...context, fallback_only: true })],
  [
    'a fallback that another unit pulls in',
    'FALLBACK_STARTS_ITSELF',
    judgeUnit(unit([{ key: 'Wants', value: ['spare.service'] }]), context),
  ],
]
