import { agentDocumentNames, type Haus, hasErrors, type ResolvedService, type Surface } from '@sanctum/contracts'
import { resolveHost } from '@sanctum/host-resolver'
import { renderHaus } from '@sanctum/render'
import { compareGolden, sha256 } from '@sanctum/testkit/node'
import { beforeAll, describe, expect, test } from 'vitest'
import { judgeBudgets } from '../../src/checks/deep/check-capacity.ts'
import { judgeNames } from '../../src/checks/deep/check-names.ts'
import { type catalogNames, type factsNames, readFacts, readSoundReference } from './read-reference.ts'
import { summarizeHaus } from './summarize-haus.ts'

interface Case {
  readonly catalog: (typeof catalogNames)[number]
  readonly facts: (typeof factsNames)[number]
  /** Replaces the node of the facts. */
  readonly node?: string
  /** Services whose surfaces are kept in full: one of each kind that this machine has. */
  readonly shown: readonly string[]
}

const cases: readonly Case[] = [
  {
    catalog: 'manoir',
    facts: 'mac-hub',
    shown: [
      'council-mlx',
      'mlx-py-fallback',
      'vm',
      'post-boot',
      'backup',
      'agent-markdown-sync',
      'sanctum-bridge',
      'vmnet',
      'watchdog',
      'home-assistant',
      'outline',
      'sanctum-server',
    ],
  },
  { catalog: 'manoir', facts: 'vm', shown: ['openclaw-gateway', 'graphiti-server', 'neo4j', 'watchdog'] },
  { catalog: 'manoir', facts: 'laptop', shown: ['shadow-mlx', 'offbox-canary', 'mbp-pull'] },
  { catalog: 'manoir', facts: 'linux-embedded', shown: ['watchdog', 'failsafe', 'tailscale'] },
  { catalog: 'manoir', facts: 'linux-systemd', shown: ['watchdog', 'failsafe'] },
  {
    catalog: 'starter',
    facts: 'linux-embedded',
    node: 'local',
    shown: ['watchdog', 'failsafe', 'dashboard', 'sanctum-server', 'router-drill'],
  },
  {
    catalog: 'starter',
    facts: 'linux-systemd',
    node: 'local',
    shown: ['watchdog', 'failsafe', 'dashboard', 'sanctum-server', 'router-drill'],
  },
  { catalog: 'starter', facts: 'vm', node: 'local', shown: ['watchdog', 'dashboard'] },
  { catalog: 'starter', facts: 'mac-hub', node: 'local', shown: ['watchdog', 'failsafe', 'dashboard', 'sanctum-server', 'router-drill'] },
]

describe.each(cases.map((one) => [`${one.catalog} on ${one.facts}`, one] as const))('%s', (_, { catalog, facts, node, shown }) => {
  let haus: Haus
  let surfaces: readonly Surface[]

  beforeAll(async () => {
    const resolution = resolveHost({
      catalog: await readSoundReference(catalog),
      facts: await readFacts(facts),
      ...(node ? { node } : {}),
      digest: sha256,
    })
    if (resolution.kind === 'invalid') throw new Error(JSON.stringify(resolution.findings, null, 2))
    expect(resolution.findings).toEqual([])
    haus = resolution.haus
    const rendering = renderHaus(haus, { digest: sha256 })
    expect(hasErrors(rendering.findings), JSON.stringify(rendering.findings, null, 2)).toBe(false)
    surfaces = rendering.surfaces
  })

  test('is what was reviewed', async () => {
    const kept = surfaces.filter(({ subject }) => shown.includes(subject))
    const files = { 'haus.txt': summarizeHaus(haus), ...Object.fromEntries(kept.map(({ path, content }) => [`surfaces/${path}`, content])) }
    expect(await compareGolden(new URL(`golden/${catalog}-on-${facts}`, import.meta.url), files)).toEqual([])
  })

  test('each service of the catalog runs here or is skipped for a reason', async () => {
    const { services } = await readSoundReference(catalog)
    expect([...Object.keys(haus.services), ...Object.keys(haus.skipped)].sort()).toEqual(Object.keys(services).sort())
    expect(Object.values(haus.skipped).filter(({ why }) => why.length < 10)).toEqual([])
  })

  test('each service comes after what it requires here', () => {
    const places = new Map(haus.order.map((id, place) => [id, place]))
    const early = haus.order.flatMap((id, place) =>
      (haus.services[id] as ResolvedService).requires.filter(
        (edge) => edge.here && (places.get(edge.service) ?? Number.POSITIVE_INFINITY) > place,
      ),
    )
    expect(early).toEqual([])
  })

  test('every probe, unit and agent that is named is deployed here, nothing names what is retired, and the budgets fit', () => {
    const shown = Object.keys(haus.services).map((id) => ({ name: id, where: 'services/' }))
    expect(judgeNames({ haus, missing: new Set(), shown })).toEqual([])
    expect(judgeBudgets(haus)).toEqual([])
  })

  test('no path of another machine or system', () => {
    const foreign = haus.node.os === 'linux' ? /\/Users\/|\/opt\/homebrew|\/Library\// : /\/home\/|\/usr\/local\/bin\/node/
    expect(surfaces.filter(({ content }) => foreign.test(content)).map(({ path }) => path)).toEqual([])
  })

  test('no placeholder reaches a file that a manager or a program reads', () => {
    const open = surfaces.filter(({ content }) => /\$\{(host|paths|services|env|secret)[.:]/.test(content))
    expect(open.map(({ path }) => path)).toEqual([])
  })

  test('nothing that is fallback-only, a job or external is to run now by itself', () => {
    const starting = surfaces.flatMap(({ unit }) => (unit?.starts ? [haus.services[unit.service] as ResolvedService] : []))
    expect(starting.filter(({ fallback_only }) => fallback_only).map(({ id }) => id)).toEqual([])
    const managed = surfaces.flatMap(({ unit }) => (unit ? [haus.services[unit.service] as ResolvedService] : []))
    expect(managed.filter(({ kind }) => ['external', 'network'].includes(kind)).map(({ id }) => id)).toEqual([])
  })

  test('a job and a fallback are never kept alive, and the system domain has no key of a graphical session', () => {
    const units = surfaces.flatMap((surface) =>
      surface.unit ? [{ ...surface, unit: surface.unit, service: haus.services[surface.unit.service] as ResolvedService }] : [],
    )
    expect(units.length).toBeGreaterThan(0)
    const atRest = units.filter(({ service }) => service.fallback_only || service.kind === 'oneshot' || service.kind === 'periodic')
    expect(atRest.filter(({ content }) => /KeepAlive|^Restart=always/m.test(content)).map(({ path }) => path)).toEqual([])
    const fallbacks = units.filter(({ service }) => service.fallback_only)
    expect(fallbacks.filter(({ content }) => /RunAtLoad|WantedBy|"starts": true/.test(content)).map(({ path }) => path)).toEqual([])
    const system = units.filter(({ unit }) => unit.domain === 'system')
    expect(system.filter(({ content }) => content.includes('LimitLoadToSessionType')).map(({ path }) => path)).toEqual([])
  })

  test('the documents of the agents who live here are published, those of the others only kept', () => {
    const documents = surfaces.filter(({ target }) => target === 'agent-markdown')
    const here = Object.entries(haus.capabilities?.agents ?? {}).flatMap(([id, agent]) =>
      agent.node === haus.node.id && agent.workspace ? [id] : [],
    )
    expect([...new Set(documents.filter(({ publish }) => publish).map(({ path }) => path.split('/')[1]))].sort()).toEqual(here.sort())
    expect(documents.length).toBe(Object.keys(haus.agentDocuments).length * agentDocumentNames.length)
  })
})

describe('the same catalog on three machines', () => {
  test('gives three different results', async () => {
    const catalog = await readSoundReference('manoir')
    const results = await Promise.all(
      (['mac-hub', 'vm', 'linux-embedded'] as const).map(async (facts) => {
        const resolution = resolveHost({ catalog, facts: await readFacts(facts), digest: sha256 })
        return resolution.kind === 'resolved' ? Object.keys(resolution.haus.services) : []
      }),
    )
    const [hub = [], vm = [], bench = []] = results
    expect(hub.length).toBeGreaterThan(60)
    expect(vm.filter((id) => hub.includes(id)).sort()).toEqual(['failsafe', 'watchdog'])
    expect(vm).toEqual(expect.arrayContaining(['openclaw-gateway', 'health-ingester', 'graphiti-server', 'neo4j']))
    expect(bench.sort()).toEqual(['failsafe', 'tailscale', 'watchdog'])
  })
})
