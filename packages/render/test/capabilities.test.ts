import type { Haus, ResolvedService, Surface } from '@sanctum/contracts'
import {
  type CapabilityField,
  capabilityTable,
  fieldsBesideUnits,
  renderHaus,
  toUnitTarget,
  type UnitTarget,
  unitTargets,
} from '@sanctum/render'
import { buildHaus, buildHttpProbe, buildRequirement, buildRun, buildService } from '@sanctum/testkit'
import { sha256 } from '@sanctum/testkit/node'
import { parse as parsePlist } from 'plist'
import { describe, expect, it } from 'vitest'
import { fieldUses } from '../src/field-uses.ts'
import { parseUnit } from './oracle/parse-unit.ts'

const managers: Readonly<Record<UnitTarget, Haus['manager']>> = {
  launchd: { kind: 'launchd', version: 15 },
  'systemd-252': { kind: 'systemd-system', version: 252 },
  'systemd-254': { kind: 'systemd-system', version: 254 },
  'systemd-user-252': { kind: 'systemd-user', version: 252 },
  'systemd-user-254': { kind: 'systemd-user', version: 255 },
  embedded: { kind: 'embedded', version: null },
}

type Overrides = Partial<ResolvedService>

interface Probe {
  /** The service that asks for the field, beside one that is the same but for it. */
  readonly asks: Overrides
  readonly without?: Overrides
  /** Where the difference must show: a directive, a key of the plist, a member of the embedded unit. */
  readonly systemd?: string
  readonly launchd?: string
  readonly embedded?: string
}

const plain = buildService('subject')
const never = { ...plain.restart, when: 'never' as const }
const run = (overrides: Parameters<typeof buildRun>[1]): Overrides => ({ run: buildRun(['/opt/x'], overrides) })
const every = { kind: 'every', every_s: 300, at_load: false } as const
const at = { kind: 'at', at: [{ hour: 4 }], catch_up: false } as const
const periodic = (schedule: ResolvedService['schedule']): Overrides => ({ kind: 'periodic', restart: never, schedule })
const sandbox = (overrides: Partial<ResolvedService['sandbox']>): Overrides => ({ sandbox: { ...plain.sandbox, ...overrides } })
const secret = (as: 'env' | 'file'): Overrides => run({ secrets: [{ variable: 'T', secret: 't', file: '/s/t', as }] })
const program = { systemd: 'ExecStart', launchd: 'ProgramArguments', embedded: 'command' }

const probes: Readonly<Record<CapabilityField, Probe>> = {
  kind: { asks: { kind: 'oneshot', restart: never }, systemd: 'Type', launchd: 'KeepAlive', embedded: 'kind' },
  label: { asks: { label: 'other' }, systemd: 'file', launchd: 'Label', embedded: 'unit' },
  'domain:system': { asks: { domain: 'system' }, launchd: 'UserName' },
  'domain:user': { asks: { domain: 'user' }, without: { domain: 'system' }, launchd: 'UserName' },
  'run.command': { asks: { run: buildRun(['/opt/y', 'a']) }, ...program },
  'run.cwd': { asks: run({ cwd: '/srv' }), without: run({}), systemd: 'WorkingDirectory', launchd: 'WorkingDirectory', embedded: 'cwd' },
  'run.env': { asks: run({ env: { A: 'b' } }), without: run({}), systemd: 'Environment', launchd: 'EnvironmentVariables', embedded: 'env' },
  'run.secrets:env': { asks: secret('env'), without: run({}), ...program },
  'run.secrets:file': { asks: secret('file'), without: run({}), ...program },
  'run.user': {
    asks: { domain: 'system', ...run({ user: 'mouse' }) },
    without: { domain: 'system', ...run({}) },
    systemd: 'User',
    launchd: 'UserName',
  },
  'run.user:user-domain': { asks: run({ user: 'mouse' }) },
  'run.reload_signal': { asks: run({ reload_signal: 'SIGHUP' }), without: run({}), systemd: 'ExecReload', embedded: 'reload_signal' },
  container: { asks: { kind: 'container', run: null, container: { name: 'c', image: null, compose_file: null } }, ...program },
  'schedule.every_s': {
    asks: periodic(every),
    without: periodic({ ...every, every_s: 60 }),
    systemd: 'OnUnitActiveSec',
    launchd: 'StartInterval',
    embedded: 'schedule',
  },
  'schedule.at_load': {
    asks: periodic({ ...every, at_load: true }),
    without: periodic(every),
    systemd: 'OnActiveSec',
    launchd: 'RunAtLoad',
    embedded: 'schedule',
  },
  'schedule.at': {
    asks: periodic(at),
    without: periodic({ ...at, at: [{ hour: 5 }] }),
    systemd: 'OnCalendar',
    launchd: 'StartCalendarInterval',
    embedded: 'schedule',
  },
  'schedule.catch_up': { asks: periodic({ ...at, catch_up: true }), without: periodic(at), systemd: 'Persistent', embedded: 'schedule' },
  requires: { asks: { requires: [buildRequirement('upstream', { running: false })] }, systemd: 'Requires', embedded: 'requires' },
  'requires:running': {
    asks: { requires: [buildRequirement('upstream')] },
    without: { requires: [buildRequirement('upstream', { running: false })] },
    embedded: 'requires',
  },
  'requires:elsewhere': { asks: { requires: [buildRequirement('far')] } },
  'health.readiness': { asks: { health: { readiness: buildHttpProbe(1111) } }, embedded: 'readiness' },
  'restart.when': {
    asks: { restart: { ...plain.restart, when: 'on-failure' } },
    systemd: 'Restart',
    launchd: 'KeepAlive',
    embedded: 'restart',
  },
  'restart.when:job': {
    asks: { kind: 'oneshot', restart: { ...plain.restart, when: 'on-failure' } },
    without: { kind: 'oneshot', restart: never },
    systemd: 'Restart',
    embedded: 'restart',
  },
  'restart.when:fallback': {
    asks: { fallback_only: true },
    without: { fallback_only: true, restart: never },
    systemd: 'Restart',
    embedded: 'restart',
  },
  'restart.delay_s': { asks: { restart: { ...plain.restart, delay_s: 7 } }, systemd: 'RestartSec', embedded: 'restart' },
  'restart.max_delay_s': { asks: { restart: { ...plain.restart, max_delay_s: 300 } }, systemd: 'RestartMaxDelaySec', embedded: 'restart' },
  'restart.max_delay_s:from-zero': { asks: { restart: { ...plain.restart, delay_s: 0 } }, embedded: 'restart' },
  'restart.limit': {
    asks: { restart: { ...plain.restart, limit: { starts: 9, window_s: 99 } } },
    systemd: 'StartLimitBurst',
    embedded: 'restart',
  },
  'stop.signal': { asks: { stop: { signal: 'SIGINT', timeout_s: 10 } }, systemd: 'KillSignal', embedded: 'stop' },
  'stop.timeout_s': {
    asks: { stop: { signal: 'SIGTERM', timeout_s: 33 } },
    systemd: 'TimeoutStopSec',
    launchd: 'ExitTimeOut',
    embedded: 'stop',
  },
  start_timeout_s: { asks: { start_timeout_s: 77 }, embedded: 'start_timeout_s' },
  fallback_only: { asks: { fallback_only: true }, systemd: 'WantedBy', launchd: 'RunAtLoad', embedded: 'starts' },
  'sandbox.level:strict': { asks: sandbox({ level: 'strict' }), without: sandbox({ level: 'none' }), systemd: 'ProtectSystem' },
  'sandbox.level:home': { asks: sandbox({ level: 'home' }), without: sandbox({ level: 'none' }), systemd: 'NoNewPrivileges' },
  'sandbox.writable': { asks: sandbox({ writable: ['/var/x'] }), systemd: 'ReadWritePaths' },
  'sandbox.network:none': { asks: sandbox({ network: 'none' }), systemd: 'RestrictAddressFamilies' },
  'sandbox.network:loopback': { asks: sandbox({ network: 'loopback' }), systemd: 'IPAddressDeny' },
  waits_for_paths: { asks: { waits_for_paths: ['/mnt/x'] }, embedded: 'waits_for_paths' },
  'session:gui': { asks: { session: 'gui' }, systemd: 'WantedBy', launchd: 'LimitLoadToSessionType' },
  'session:background': { asks: { session: 'background' }, launchd: 'LimitLoadToSessionType' },
  logs: { asks: { logs: { stdout: '/l/o', stderr: '/l/e' } }, systemd: 'StandardOutput', launchd: 'StandardOutPath', embedded: 'stdout' },
}

const fields = Object.keys(capabilityTable) as CapabilityField[]

function build(target: UnitTarget, overrides: Overrides): Haus {
  const upstream = buildService('upstream', {
    sandbox: { level: 'none', writable: [], network: 'any', waiver: { reason: 'r', owner: 'o' } },
  })
  const base = buildHaus([buildService('subject', overrides), upstream])
  const host = {
    ...base.host,
    user_units: '/units/user',
    system_units: '/units/system',
    container_runtime: { kind: 'docker', program: '/usr/bin/docker' },
  }
  return { ...base, manager: managers[target], host }
}

const render = (target: UnitTarget, overrides: Overrides) => renderHaus(build(target, overrides), { digest: sha256 })

/** All values that the unit files of the service give to one directive, key or member. */
function look(target: UnitTarget, surfaces: readonly Surface[], key: string): unknown {
  const own = surfaces.filter(({ subject, unit }) => subject === 'subject' && unit !== null)
  if (key === 'file') return own.map(({ path }) => path)
  if (target === 'launchd') return own.map(({ content }) => (parsePlist(content) as Record<string, unknown>)[key])
  if (target === 'embedded') return own.map(({ content }) => (JSON.parse(content) as Record<string, unknown>)[key])
  return own.flatMap(({ content }) => parseUnit(content)).filter((each) => each.key === key)
}

const columns: Readonly<Record<UnitTarget, 'launchd' | 'systemd' | 'embedded'>> = {
  launchd: 'launchd',
  'systemd-252': 'systemd',
  'systemd-254': 'systemd',
  'systemd-user-252': 'systemd',
  'systemd-user-254': 'systemd',
  embedded: 'embedded',
}

describe('each exact cell of the capability table', () => {
  const cells = fields.flatMap((field) => unitTargets.map((target) => ({ field, target, support: capabilityTable[field][target] })))
  // The domain shows in where the unit is published, which is asked below.
  const exact = cells.filter(
    ({ field, support, target }) => support.kind === 'exact' && !(field.startsWith('domain') && target !== 'launchd'),
  )

  it.each(exact)('$field shows in what is rendered for $target', ({ field, target }) => {
    const { asks, without = {}, ...evidence } = probes[field]
    const haus = build(target, asks)
    const isUsed = fieldUses[field](haus.services.subject as ResolvedService, haus)
    const key = evidence[columns[target]]
    if (!isUsed) {
      expect(['run.user', 'run.user:user-domain']).toContain(field)
      return
    }
    expect(key, `no evidence is named for ${field} on ${target}`).toBeDefined()
    expect(look(target, render(target, asks).surfaces, key as string)).not.toEqual(
      look(target, render(target, without).surfaces, key as string),
    )
  })

  it.each([
    ['launchd', 'system', '/units/system/'],
    ['launchd', 'user', '/units/user/'],
    ['systemd-252', 'system', '/units/system/'],
    ['systemd-user-252', 'user', '/units/user/'],
  ] as const)('on %s the domain %s decides where the unit goes', (target, domain, folder) => {
    const [surface] = render(target, { domain }).surfaces.filter(({ subject, unit }) => subject === 'subject' && unit !== null)
    expect(surface?.publish?.startsWith(folder)).toBe(true)
    expect(surface?.unit?.domain).toBe(domain)
  })
})

describe('each other cell', () => {
  const cells = fields.flatMap((field) => unitTargets.map((target) => ({ field, target, support: capabilityTable[field][target] })))
  const inexact = cells.filter(({ support }) => support.kind !== 'exact')

  it.each(inexact)('$field on $target is told as a loss', ({ field, support, target }) => {
    const { asks } = probes[field]
    const haus = build(target, asks)
    if (!fieldUses[field](haus.services.subject as ResolvedService, haus)) return expect(field).toMatch(/^run\.user/)
    const { findings, losses } = render(target, asks)
    const loss = losses.find((each) => each.service === 'subject' && each.field === field)
    expect(loss).toMatchObject({ target, outcome: support.kind })
    const isFound = findings.some(
      ({ code, message, subject }) => code === 'FIELD_IMPOSSIBLE' && subject === 'subject' && message.includes(field.replace(':', ' = ')),
    )
    expect(isFound).toBe(support.kind === 'impossible')
  })
})

describe('an impossible field', () => {
  const asks: Overrides = {
    stop: { signal: 'SIGINT', timeout_s: 5 },
    sandbox: { level: 'none', writable: [], network: 'any', waiver: { reason: 'r', owner: 'o' } },
  }
  const waiver = { reason: 'it ends well on SIGTERM too', owner: 'yoda' }

  it.each([['stop.signal'], ['stop']])('is waived by a waiver for %s, and stays visible', (key) => {
    const { findings, losses } = render('launchd', { ...asks, waivers: { [key]: waiver } })
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(losses.find(({ field }) => field === 'stop.signal')).toMatchObject({
      outcome: 'waived',
      how: expect.stringContaining('yoda: it ends well'),
    })
  })

  it('that only a default asks for is a loss and stops nothing', () => {
    const haus = {
      ...build('launchd', asks),
      origins: { '/services/subject/stop/signal': { layer: 'default', source: 'defaults' } as const },
    }
    const { findings, losses } = renderHaus(haus, { digest: sha256 })
    expect(findings).toEqual([])
    expect(losses.find(({ field }) => field === 'stop.signal')?.outcome).toBe('impossible')
  })

  it('is found at the place where it was written', () => {
    const place = { file: 'catalog.yaml', line: 7, column: 12 }
    const haus = {
      ...build('launchd', asks),
      origins: { '/services/subject/stop/signal': { layer: 'catalog', source: 'catalog.yaml', at: place } as const },
    }
    expect(renderHaus(haus, { digest: sha256 }).findings).toMatchObject([{ code: 'FIELD_IMPOSSIBLE', at: place }])
  })
})

describe('the table', () => {
  it('has a row, or a reason to have none, for every field of a service', () => {
    const paths = new Set([...pathsOf(full), ...pathsOf({ schedule: { ...at } })])
    const rows = fields.map((field) => field.split(':')[0] as string)
    const known = [...rows, ...Object.keys(fieldsBesideUnits)]
    expect([...paths].filter((path) => !known.some((each) => path === each || path.startsWith(`${each}.`)))).toEqual([])
    expect(known.filter((each) => ![...paths].some((path) => path === each || path.startsWith(`${each}.`)))).toEqual([])
  })

  it('finds a field that has neither', () => {
    const rows = [...fields.map((field) => field.split(':')[0] as string), ...Object.keys(fieldsBesideUnits)]
    const paths = pathsOf({ ...full, nice: 10 })
    expect(paths.filter((path) => !rows.some((each) => path === each || path.startsWith(`${each}.`)))).toEqual(['nice'])
  })

  it('takes an unknown version of systemd for the oldest', () => {
    expect(toUnitTarget({ ...buildHaus(), manager: { kind: 'systemd-system', version: null } })).toBe('systemd-252')
    expect(toUnitTarget({ ...buildHaus(), manager: { kind: 'systemd-user', version: 257 } })).toBe('systemd-user-254')
  })

  it('sends what stands beside the units into the manifest', () => {
    const haus = build('embedded', { ...full, id: 'subject', kind: 'daemon', schedule: null })
    const manifest = renderHaus(haus, { digest: sha256 }).surfaces.find(({ path }) => path === 'services/subject.yaml')?.content ?? ''
    const shown = Object.entries(fieldsBesideUnits)
      .filter(([, reader]) => reader.endsWith('in the manifest'))
      .map(([field]) => field)
    expect(shown.filter((field) => !manifest.includes(`${field.split('.').at(-1)}:`))).toEqual([])
    expect(shown.length).toBeGreaterThanOrEqual(9)
  })
})

/** Every field of a service, none empty, so that a new one that is not here fails to compile. */
const full: Required<ResolvedService> = {
  ...plain,
  run: buildRun(['/opt/x'], {
    env: { A: 'b' },
    secrets: [{ variable: 'T', secret: 't', file: '/s/t', as: 'env' }],
    user: 'neo',
    reload_signal: 'SIGHUP',
  }),
  container: { name: 'c', image: 'i', compose_file: '/c.yaml' },
  schedule: every,
  provides: [{ port: 1, protocol: 'tcp', address: 'a', name: 'n', security: 'plain', port_lore: 'l' }],
  requires: [buildRequirement('upstream')],
  dependents: ['d'],
  health: { startup: buildHttpProbe(1), readiness: buildHttpProbe(1), liveness: buildHttpProbe(1), contract: buildHttpProbe(1) },
  remediation: { ...plain.remediation, responsible_agent: 'yoda' },
  sandbox: { level: 'strict', writable: ['/w'], network: 'any', waiver: { reason: 'r', owner: 'o' } },
  capacity: { ram_budget_mb: 1, exclusive_with: [], priority: 1, evictable: true, process_pattern: 'p' },
  waits_for_paths: ['/p'],
  session: 'background',
  waivers: { run: { reason: 'r', owner: 'o' } },
  settings: { s: 't' },
  backends: { local: { url: 'u' } },
  default_backend: 'local',
}

function pathsOf(value: unknown, prefix = ''): readonly string[] {
  if (Array.isArray(value)) return value.length > 0 && typeof value[0] === 'object' ? pathsOf(value[0], prefix) : [prefix]
  if (typeof value !== 'object' || value === null) return [prefix]
  return Object.entries(value).flatMap(([key, each]) => pathsOf(each, prefix === '' ? key : `${prefix}.${key}`))
}
