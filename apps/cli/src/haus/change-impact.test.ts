import { createHash } from 'node:crypto'
import type { GenerationDocument, Haus, ResolvedService, Surface } from '@sanctum/contracts'
import { planGeneration, type Seen, toLedger } from '@sanctum/generations'
import { renderHaus } from '@sanctum/render'
import { planApply } from '@sanctum/supervisor'
import { buildHaus, buildHttpProbe, buildProvision, buildRequirement, buildRun, buildService } from '@sanctum/testkit'
import { describe, expect, test } from 'vitest'
import { toUnitGraph } from './run-units.ts'

/*
 * For each kind of change: exactly which units stop, start, restart or reload, in this order, and by what is not named: which stay.
 * A haus of nine services: web needs api, api needs db; proxy reads a configuration and knows a signal for it; voice gets a secret and
 * so runs through a program of the generation; backup runs at a time; setup runs once; spare is started only by name.
 */

const digest = (text: string) => createHash('sha256').update(text).digest('hex')
const home = '/home/neo/.sanctum'
const config = `${home}/current/surfaces/config/agent-capabilities.yaml`
/** A sandbox is not what this is about, and not every manager has one. */
const open: ResolvedService['sandbox'] = { level: 'none', writable: [], network: 'any', waiver: { reason: 'a test', owner: 'neo' } }
const never: ResolvedService['restart'] = { when: 'never', delay_s: 1, max_delay_s: 60, limit: { starts: 5, window_s: 60 } }
const services: Readonly<Record<string, ResolvedService>> = Object.fromEntries(
  [
    buildService('api', {
      requires: [buildRequirement('db')],
      provides: [buildProvision(8080)],
      health: { readiness: buildHttpProbe(8080) },
    }),
    buildService('backup', { kind: 'periodic', schedule: { kind: 'every', every_s: 3600, at_load: false }, restart: never }),
    buildService('db', { provides: [buildProvision(5432)] }),
    buildService('proxy', { run: buildRun(['/opt/proxy', '--config', config], { reload_signal: 'SIGHUP' }) }),
    buildService('reader', { run: buildRun(['/opt/reader', config]) }),
    buildService('setup', { kind: 'oneshot', restart: never }),
    buildService('spare', { fallback_only: true }),
    buildService('voice', {
      run: buildRun(['/opt/voice'], { secrets: [{ variable: 'KEY', secret: 'key', file: `${home}/secrets/key`, as: 'env' }] }),
    }),
    buildService('web', { requires: [buildRequirement('api'), buildRequirement('proxy', { strength: 'soft' })] }),
  ].map((service) => [service.id, { ...service, sandbox: open }]),
)

const managers = {
  embedded: { manager: { kind: 'embedded', version: null }, node: { id: 'local', type: 'hub', os: 'linux', capabilities: [] } },
  systemd: { manager: { kind: 'systemd-user', version: 252 }, node: { id: 'local', type: 'hub', os: 'linux', capabilities: [] } },
  launchd: { manager: { kind: 'launchd', version: null }, node: { id: 'local', type: 'hub', os: 'darwin', capabilities: [] } },
} as const satisfies Record<string, Pick<Haus, 'manager' | 'node'>>
type Manager = keyof typeof managers

const capabilities = (title: string) => ({ agents: {}, $schema: title }) as unknown as Haus['capabilities']

function hausOf(manager: Manager, all: Readonly<Record<string, ResolvedService>>, agents = capabilities('one')): Haus {
  const base = buildHaus(Object.values(all), { ...managers[manager], capabilities: agents })
  return { ...base, host: { ...base.host, user_units: '/home/neo/units', system_units: '/etc/units' } }
}

interface Change {
  readonly services?: Readonly<Record<string, ResolvedService | null>>
  readonly surfaces?: (surfaces: readonly Surface[]) => Surface[]
  /** What was otherwise before. */
  readonly before?: Readonly<Record<string, ResolvedService>>
  /** Another account runs the haus, which is of another manager then. */
  readonly manager?: Haus['manager']
  /** Planted: the planner does not get the old text of what changes. */
  readonly isBlind?: boolean
}

const alter = (id: string, over: Partial<ResolvedService>): Change => ({ services: { [id]: { ...of(id), ...over } } })
const run = (id: string, over: Partial<NonNullable<ResolvedService['run']>>): Change =>
  alter(id, { run: { ...(of(id).run as NonNullable<ResolvedService['run']>), ...over } })
const of = (id: string): ResolvedService => services[id] as ResolvedService
const edit = (path: string, text: string): Change => ({
  surfaces: (all) => all.map((surface) => (surface.path === path ? { ...surface, content: text, digest: digest(text) } : surface)),
})

type Expected = string | Readonly<Record<Manager, string>>
const none = ''

const table: readonly (readonly [change: string, Change, Expected])[] = [
  // What the catalog says of a process.
  ['nothing', {}, none],
  ['argv', run('api', { command: ['/opt/api/bin/api', '--verbose'] }), 'restart api'],
  ['an environment variable', run('db', { env: { LEVEL: 'debug' } }), 'restart db'],
  ['the working directory', run('db', { cwd: '/srv' }), 'restart db'],
  ['a secret that it gets', run('voice', { secrets: [] }), 'restart voice'],
  [
    'a secret for one that had none',
    run('db', { secrets: [{ variable: 'K', secret: 'k', file: `${home}/secrets/k`, as: 'file' }] }),
    'restart db',
  ],
  ['the program of its argv', run('setup', { command: ['/opt/setup/bin/setup2'] }), 'restart setup'],
  // What only its manager goes by: the process stays. launchd reads a definition with a new process only.
  ['its title', alter('api', { title: 'The API' }), none],
  ['its readiness probe', alter('api', { health: { readiness: buildHttpProbe(8080, { path: '/ready' }) } }), none],
  ['its liveness probe', alter('api', { health: { ...of('api').health, liveness: buildHttpProbe(8080) } }), none],
  [
    'its restart policy',
    alter('api', { restart: { ...of('api').restart, when: 'on-failure' } }),
    { embedded: none, systemd: none, launchd: 'restart api' },
  ],
  [
    'how long it may take to stop',
    alter('api', { stop: { signal: 'SIGTERM', timeout_s: 42 } }),
    { embedded: none, systemd: none, launchd: 'restart api' },
  ],
  ['how long it may take to start', alter('api', { start_timeout_s: 99 }), none],
  ['a port that it says of itself', alter('db', { provides: [buildProvision(5433)] }), none],
  [
    'a port that another gets by argv',
    {
      services: {
        db: { ...of('db'), provides: [buildProvision(5433)] },
        api: { ...of('api'), run: buildRun(['/opt/api', '--db', '5433']) },
      },
    },
    'restart api',
  ],
  ['a dependency more', alter('web', { requires: [...of('web').requires, buildRequirement('db')] }), none],
  ['a dependency less', alter('web', { requires: [] }), none],
  // A time: a timer counts anew, the job is not run for that.
  [
    'a schedule',
    alter('backup', { schedule: { kind: 'every', every_s: 60, at_load: false } }),
    { embedded: none, systemd: 'restart backup', launchd: 'restart backup' },
  ],
  [
    // launchd knows a definition only from the moment at which it loads it.
    'the argv of a job that waits for its time',
    run('backup', { command: ['/opt/backup', '--all'] }),
    { embedded: none, systemd: none, launchd: 'restart backup' },
  ],
  ['a job at a time is added', { services: { sweep: { ...of('backup'), id: 'sweep', label: 'com.sanctum.sweep' } } }, 'start sweep'],
  ['a job at a time goes', { services: { backup: null } }, 'forget backup'],
  // Coming and going.
  [
    'a service is added',
    { services: { radio: buildService('radio', { requires: [buildRequirement('db')], sandbox: open }) } },
    'start radio',
  ],
  ['a fallback is added', { services: { radio: buildService('radio', { fallback_only: true, sandbox: open }) } }, none],
  ['a service is retired, disabled, or moves to another node', { services: { voice: null } }, 'forget voice'],
  ['a service goes and what needed it no longer does', { services: { web: { ...of('web'), requires: [] }, api: null } }, 'forget api'],
  ['what depends on each other goes', { services: { web: null, api: null } }, 'forget web, forget api'],
  ['it becomes a fallback', alter('voice', { fallback_only: true }), 'stop voice'],
  ['a fallback becomes a service', alter('spare', { fallback_only: false }), 'start spare'],
  [
    'its label',
    alter('voice', { label: 'com.sanctum.speech' }),
    {
      embedded: 'restart voice',
      systemd: 'forget voice as com.sanctum.voice, start voice',
      launchd: 'forget voice as com.sanctum.voice, start voice',
    },
  ],
  [
    // The place of the old one is taken: there it is the same unit with another definition.
    'a new service takes the label of one that goes',
    { services: { voice: null, radio: buildService('radio', { label: 'com.sanctum.voice', sandbox: open }) } },
    { embedded: 'forget voice, start radio', systemd: 'restart radio', launchd: 'restart radio' },
  ],
  [
    'its domain',
    alter('voice', { domain: 'system' }),
    { embedded: none, systemd: none, launchd: 'forget voice as com.sanctum.voice in user, start voice' },
  ],
  [
    'its domain, back to that of the user',
    { before: { voice: { ...of('voice'), domain: 'system' } } },
    { embedded: none, systemd: none, launchd: 'forget voice as com.sanctum.voice in system, start voice' },
  ],
  [
    'its domain and its label',
    alter('voice', { domain: 'system', label: 'com.sanctum.speech' }),
    {
      embedded: 'restart voice',
      systemd: 'forget voice as com.sanctum.voice, start voice',
      launchd: 'forget voice as com.sanctum.voice in user, start voice',
    },
  ],
  [
    'the domain of a fallback',
    alter('spare', { domain: 'system' }),
    { embedded: none, systemd: none, launchd: 'forget spare as com.sanctum.spare in user' },
  ],
  // Files that units read.
  [
    'a configuration that two read, one of which knows a signal',
    edit('config/agent-capabilities.yaml', 'other: 1\n'),
    'reload proxy, restart reader',
  ],
  ['a program of the generation', edit('bin/with-secrets', '#!/bin/sh\n# new\n'), 'restart voice'],
  ['a manifest that other tools read', edit('services/api.yaml', 'other: 1\n'), none],
  [
    'only the mode of a file',
    { surfaces: (all) => all.map((surface) => ({ ...surface, mode: surface.unit ? '0640' : surface.mode })) },
    none,
  ],
  ['only the comment in a definition', { surfaces: (all) => all.map(withOtherComment) }, none],
  [
    'several at once, in the order of who needs whom',
    {
      services: {
        db: { ...of('db'), run: buildRun(['/opt/db2']) },
        web: { ...of('web'), run: buildRun(['/opt/web2']) },
        api: { ...of('api'), run: buildRun(['/opt/api2']) },
      },
    },
    'restart db, restart api, restart web',
  ],
]

/** Another name of the catalog in the header: nothing that a unit is made of. */
function withOtherComment(surface: Surface): Surface {
  if (surface.unit === null) return surface
  const content = surface.content.replace(/of haus test for node/, 'of haus other for node')
  return { ...surface, content, digest: digest(content) }
}

function toSeen(before: readonly Surface[]): Seen {
  const current: GenerationDocument = {
    schema_version: 1,
    number: 1,
    parent: null,
    node: 'local',
    created_at: '2026-11-27T08:00:00.000Z',
    made_from: { catalog: 'c', facts: 'f', sanctum: '0.1.0' },
    surfaces: before.map(({ content, ...record }) => ({ ...record, size_bytes: content.length })),
    leftovers: [],
  }
  return {
    home,
    roots: ['/home/neo', '/etc/units'],
    pointers: { current: { kind: 'set', number: 1 }, confirmed: { kind: 'set', number: 1 } },
    current,
    ledger: toLedger([current]),
    newest: 1,
    live: before.flatMap(({ publish, digest: sum, mode }) =>
      publish === null ? [] : [{ path: publish, sight: { kind: 'file', digest: sum, mode }, text: null, linkAbove: null }],
    ),
    before: new Map(before.map(({ path, content }) => [path, content])),
    damage: [],
    owed: [],
    servicesLink: 'right',
  }
}

function renderOf(haus: Haus): readonly Surface[] {
  const { surfaces, findings } = renderHaus(haus, { digest })
  expect(
    findings
      .filter(({ severity }) => severity === 'error')
      .map(({ message }) => message)
      .join('; '),
  ).toBe('')
  return surfaces
}

function impactOf(
  manager: Manager,
  { services: changed = {}, surfaces = (all) => [...all], before: other = {}, manager: another, isBlind = false }: Change,
): { steps: string; stays: string[] } {
  const before = renderOf(hausOf(manager, { ...services, ...other }))
  const after = Object.fromEntries(
    Object.entries({ ...services, ...changed }).filter((row): row is [string, ResolvedService] => row[1] !== null),
  )
  const same = hausOf(manager, after)
  const haus = another === undefined ? same : { ...same, manager: another }
  const reloadable = Object.values(after).flatMap(({ id, run: how }) => (how?.reload_signal ? [id] : []))
  const plan = planGeneration({
    wanted: surfaces(renderOf(haus)),
    seen: { ...toSeen(before), ...(isBlind ? { before: new Map() } : {}) },
    reloadable,
  })
  expect(
    plan.findings
      .filter(({ severity }) => severity === 'error')
      .map(({ message }) => message)
      .join('; '),
  ).toBe('')
  const { steps } = planApply(plan.impact, toUnitGraph(haus))
  const acting = new Set(plan.impact.flatMap(({ action, service }) => (action === 'stay' ? [] : [service])))
  return {
    steps: steps.map((step) => `${step.do} ${step.service}`).join(', '),
    stays: [...new Set(plan.impact.map(({ service }) => service))].filter((id) => !acting.has(id)).sort(),
  }
}

describe.each(Object.keys(managers) as Manager[])('%s', (manager) => {
  test.each(table)('%s', (_, change, expected) => {
    const wanted = typeof expected === 'string' ? expected : expected[manager]
    const { steps, stays } = impactOf(manager, change)
    expect(steps).toBe(wanted)
    const named = new Set(wanted.split(', ').map((step) => step.split(' ')[1]))
    const there = Object.entries({ ...services, ...change.services }).flatMap(([id, is]) => (is === null || named.has(id) ? [] : [id]))
    expect(stays).toEqual(there.sort())
  })
})

test('where root takes over a haus of systemd, each unit is forgotten by the manager of the user before that of the machine starts it', () => {
  const { steps, stays } = impactOf('systemd', { manager: { kind: 'systemd-system', version: 252 } })
  const words = steps.split(', ')
  const [forgotten, started] = ['forget ', 'start '].map((verb) =>
    words.flatMap((step) => (step.startsWith(verb) ? [step.split(' ')[1]] : [])),
  )
  expect(forgotten?.toSorted()).toEqual(Object.keys(services))
  expect(started?.toSorted()).toEqual(Object.keys(services).filter((id) => id !== 'spare'))
  expect(words.slice(0, forgotten?.length).every((step) => step.endsWith(' in user'))).toBe(true)
  expect([words.length, stays]).toEqual([2 * Object.keys(services).length - 1, []])
})

test('planted: a planner that compares digests alone restarts services for a word', () => {
  const title = alter('api', { title: 'The API' })
  expect([impactOf('systemd', title).steps, impactOf('systemd', { ...title, isBlind: true }).steps]).toEqual(['', 'restart api'])
})
