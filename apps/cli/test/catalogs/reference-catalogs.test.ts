import { join } from 'node:path'
import type { Catalog, HostFacts } from '@sanctum/contracts'
import { agentDocumentNames, serviceKind } from '@sanctum/contracts'
import { auditText } from '@sanctum/host-resolver'
import { beforeAll, describe, expect, test } from 'vitest'
import { readCatalogFolder } from '../../src/node/catalog-folder.ts'
import { repository } from '../support/test-haus.ts'
import { compareRow, nodesOf, type TableRow, toServiceId } from './compare-row.ts'
import { catalogNames, factsNames, readFacts, readReference, readSoundReference } from './read-reference.ts'
import table from './service-table.json' with { type: 'json' }

const rows = table as readonly TableRow[]

/** What the table of services does not name, each for a reason that its description or the table's `adds` gives. */
const beyondTheTable = [
  'ahsoka',
  'chalet-home-assistant',
  'chalet-mlx',
  'failsafe',
  'mbp-pull',
  'neo4j',
  'orbstack',
  'outline-minio',
  'outline-postgres',
  'outline-redis',
  'router',
  'router-drill',
  'secrets-apply',
  'stt',
  'vm-image',
  'vmnet',
]

describe.each(catalogNames)('catalogs/%s', (name) => {
  test('has no finding at all', async () => {
    expect((await readReference(name)).findings).toEqual([])
  })

  test('has no path of one machine written into it', async () => {
    const files = Object.entries((await readCatalogFolder(join(repository, 'catalogs', name))) ?? {})
    expect(files.length).toBeGreaterThan(5)
    expect(files.flatMap(([file, text]) => auditText({ file, text }))).toEqual([])
    expect(auditText({ file: 'planted.yaml', text: 'cwd: /Users/neo/Projects/haus\n' }).length).toBeGreaterThan(0)
  })
})

describe('saved facts', () => {
  test.each(factsNames)('%s are facts', async (name) => {
    expect((await readFacts(name)).unread.map(({ what }) => what)).toEqual(name === 'linux-embedded' ? ['service_manager'] : [])
  })

  test.each(factsNames)('%s are of a machine that can be', async (name) => {
    expect(findImpossible(await readFacts(name))).toEqual([])
  })

  test.each([
    ['the systemd of the system, driven by a user', 'linux-systemd', { service_manager: { kind: 'systemd-system', version: 252 } }],
    ['a systemd of its own for root', 'linux-systemd', { user: { name: 'root', uid: 0, home: '/home/neo' } }],
    ['units of a user elsewhere', 'linux-systemd', { user: { name: 'neo', uid: 1000, home: '/home/alice' } }],
    ['systemd without systemctl', 'vm', { tools: {} }],
    ['embedded, though nothing was in the way', 'linux-embedded', { unread: [] }],
    ['launchd on Linux', 'linux-embedded', { service_manager: { kind: 'launchd', version: 26 } }],
    ['a container runtime without a program', 'mac-hub', { tools: {} }],
  ] as const)('%s would not pass', async (_, name, change) => {
    expect(findImpossible({ ...(await readFacts(name)), ...change } as HostFacts)).not.toEqual([])
  })

  test('name five machines, and each service manager at least once', async () => {
    const all = await Promise.all(factsNames.map(readFacts))
    expect(new Set(all.map(({ service_manager }) => service_manager.kind))).toEqual(
      new Set(['launchd', 'systemd-system', 'systemd-user', 'embedded']),
    )
    expect(new Set(all.map(({ node_id }) => node_id))).toEqual(new Set(['manoir', 'sanctum-vm', 'mobile', 'bench']))
  })
})

describe('manoir', () => {
  let manoir: Catalog
  beforeAll(async () => {
    manoir = await readSoundReference('manoir')
  })

  test('the table was transcribed whole', () => {
    expect(rows.length).toBe(51)
    expect(new Set(rows.map(({ row }) => row)).size).toBe(51)
  })

  test.each(rows.map((row) => [row.row, row] as const))('%s', (_, { expect: expected }) => {
    expect(expected.flatMap((one) => compareRow(one, manoir))).toEqual([])
  })

  test('has nothing beyond the table that is not named here', () => {
    const named = new Set(rows.flatMap((row) => row.expect.map(({ id }) => id)))
    expect(
      Object.keys(manoir.services)
        .filter((id) => !named.has(id))
        .sort(),
    ).toEqual(beyondTheTable)
  })

  test.each([
    ['label', { label: 'com.sanctum.other' }],
    ['ports', { provides: [{ port: 2188 }] }],
    ['depends on', { requires: ['force-flow'] }],
    ['nodes', { on: { nodes: ['manoir'] } }],
    ['tier', { tier: 'ops' as const }],
    ['kind', { kind: 'periodic' as const }],
    ['no probe', { health: { liveness: { type: 'tcp' as const } } }],
    ['nothing in it mentions', { settings: {} }],
  ])('a watchdog with another «%s» would not pass', (what, change) => {
    const [expected] = rows.flatMap((row) => row.expect.filter(({ id }) => id === 'watchdog'))
    const planted = { ...manoir, services: { ...manoir.services, watchdog: { ...manoir.services['watchdog'], ...change } } } as Catalog
    expect(expected && compareRow(expected, planted).some((difference) => difference.includes(what))).toBe(true)
  })

  test('uses every kind, strength, protocol, way of placement and node', () => {
    const services = Object.values(manoir.services)
    expect(new Set(services.map(({ kind }) => kind))).toEqual(new Set(serviceKind.options))
    expect(
      new Set(
        services.flatMap(({ requires = [] }) => requires.map((edge) => (typeof edge === 'string' ? 'hard' : (edge.strength ?? 'hard')))),
      ),
    ).toEqual(new Set(['hard', 'soft']))
    expect(new Set(services.flatMap(({ provides = [] }) => provides.map(({ protocol = 'tcp' }) => protocol)))).toEqual(
      new Set(['tcp', 'udp']),
    )
    expect(new Set(services.flatMap(({ on = {} }) => Object.keys(on)))).toEqual(new Set(['nodes', 'types', 'capabilities', 'os']))
    expect([...new Set(services.flatMap((service) => nodesOf(service, manoir)))].sort()).toEqual([
      'bench',
      'chalet',
      'manoir',
      'mobile',
      'sanctum-vm',
    ])
    expect(new Set(Object.values(manoir.instance.value.nodes ?? {}).map(({ type }) => type))).toEqual(
      new Set(['hub', 'vm', 'mobile', 'satellite', 'sensor']),
    )
  })

  test('each node has an overlay', () => {
    expect(Object.keys(manoir.overlays).sort()).toEqual(Object.keys(manoir.instance.value.nodes ?? {}).sort())
  })

  test('nothing requires the one-shot that starts the VM to be running', () => {
    const edges = Object.values(manoir.services).flatMap(({ requires = [] }) => requires.filter((edge) => toServiceId(edge) === 'vm'))
    expect(edges.length).toBeGreaterThan(5)
    expect(edges.filter((edge) => typeof edge !== 'string' && edge.running === true)).toEqual([])
  })

  test('nine agents have capabilities and four documents each, none of them empty', () => {
    const agents = ['ahsoka', 'cilghal', 'jocasta', 'mothma', 'mundi', 'qui-gon', 'tommy', 'windu', 'yoda']
    expect(Object.keys(manoir.capabilities?.agents ?? {}).sort()).toEqual(agents)
    expect(Object.keys(manoir.agentDocuments).sort()).toEqual(agents)
    for (const agent of agents)
      expect(
        agentDocumentNames.filter((document) => (manoir.agentDocuments[agent]?.[document]?.length ?? 0) < 100),
        agent,
      ).toEqual([])
  })

  test('the router has its backends, and its secure chain mixes mutual TLS, a bearer and plain http', () => {
    const backends = manoir.instance.value.services?.['sanctum-server']?.backends ?? {}
    expect(Object.keys(backends)).toEqual(expect.arrayContaining(['council-secure', 'coder', 'cloud', 'spatial']))
    const chain = (backends['council-secure']?.fallback_urls ?? []).map((target) => (typeof target === 'string' ? { url: target } : target))
    expect(chain.map(({ url }) => url.split(':')[0])).toEqual(['https', 'http', 'http'])
    expect(chain.map((target) => 'client_cert_path' in target)).toEqual([true, false, false])
    const secure = Object.values(backends).filter(({ secure }) => secure)
    expect(secure.length).toBe(1)
    expect(JSON.stringify(secure)).not.toContain('tailnet')
  })

  test('the stability window asks for seven days and the three gates', () => {
    expect(manoir.stability?.days).toBe(7)
    expect(manoir.stability?.required.map(({ command }) => command.join(' '))).toEqual([
      'sanctumctl doctor --quick',
      'sanctumctl verify',
      'sanctumctl docs check --build-only',
    ])
  })

  test('capacity is that of the hub', () => {
    expect(manoir.instance.value.capacity).toEqual({ ram_physical_mb: 65536, ram_reserved_mb: 10240, ram_safety_mb: 4096 })
  })
})

describe('starter', () => {
  test('runs four roles, drills one of them, and knows the model servers that a bootstrap may find', async () => {
    const { services } = await readSoundReference('starter')
    const enabled = Object.entries(services).filter(([, { enabled = true }]) => enabled)
    expect(enabled.map(([id]) => id).sort()).toEqual(['dashboard', 'failsafe', 'router-drill', 'sanctum-server', 'watchdog'])
    expect(new Set(Object.values(services).flatMap(({ settings }) => settings?.['model_server'] ?? []))).toEqual(
      new Set(['ollama', 'lm-studio', 'llama.cpp', 'mlx_lm']),
    )
  })
})

/** What each service manager goes with, as `host facts` finds it. */
const managers: Readonly<Record<HostFacts['service_manager']['kind'], (facts: HostFacts) => Readonly<Record<string, boolean>>>> = {
  launchd: ({ os, user, paths }) => ({
    'is of macOS': os.family === 'darwin',
    'user folder': paths.user_units === `${user.home}/Library/LaunchAgents`,
    'system folder': paths.system_units === '/Library/LaunchDaemons',
  }),
  'systemd-system': ({ os, user, paths, tools, service_manager: { version } }) => ({
    'is of Linux': os.family === 'linux',
    'is driven by root': user.uid === 0,
    'no user folder': paths.user_units === null,
    'system folder': paths.system_units === '/etc/systemd/system',
    'says its version with systemctl': tools['systemctl']?.version === String(version),
  }),
  'systemd-user': ({ os, user, paths, tools, service_manager: { version } }) => ({
    'is of Linux': os.family === 'linux',
    'is driven by a user': user.uid !== 0,
    'user folder': paths.user_units === `${user.home}/.config/systemd/user`,
    'system folder': paths.system_units === '/etc/systemd/system',
    'says its version with systemctl': tools['systemctl']?.version === String(version),
  }),
  embedded: ({ os, paths, unread, service_manager: { version } }) => ({
    'is of Linux': os.family === 'linux',
    'no folders': paths.user_units === null && paths.system_units === null,
    'no version': version === null,
    'says why there is no other': unread.some(({ what }) => what === 'service_manager'),
  }),
}

/** What `host facts` could not have found together. */
function findImpossible(facts: HostFacts): string[] {
  const { user, os, tools, program, paths, container_runtime: runtime, service_manager: manager } = facts
  const whole = {
    'uid 0 is root': (user.uid === 0) === (user.name === 'root'),
    'sanctum_home is in the home': paths.sanctum_home === `${user.home}/.sanctum`,
    'the tool node is the Node that runs': tools['node']?.path === program.node,
    'launchctl only on macOS': (tools['launchctl'] !== null) === (os.family === 'darwin'),
    'OrbStack only on macOS': runtime?.kind !== 'orbstack' || os.family === 'darwin',
    'a container runtime is the docker that was found': runtime === null ? !tools['docker'] : tools['docker']?.version === runtime.version,
    ...managers[manager.kind](facts),
  }
  return Object.entries(whole)
    .filter(([, holds]) => !holds)
    .map(([what]) => what)
}
