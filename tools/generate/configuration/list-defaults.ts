import { createHash } from 'node:crypto'
import { type Haus, type ResolvedService, serviceKind, tier as tiers } from '@sanctum/contracts'
import { readCatalog } from '../../../packages/catalog/src/index.ts'
import { resolveHost } from '../../../packages/host-resolver/src/index.ts'
import { buildFacts } from '../../../packages/testkit/src/index.ts'

/** What a key comes to where nobody writes it, by `section.path`: found by resolving services that say as little as they can. */
export function listDefaults(): ReadonlyMap<string, string> {
  const found = new Map<string, Seen[]>()
  for (const kind of serviceKind.options)
    for (const tier of tiers.options) {
      const haus = resolve(kind, tier)
      if (haus === null) continue
      for (const [path, value] of read(haus)) found.set(path, [...(found.get(path) ?? []), { kind, tier, value }])
    }
  return new Map([...found].flatMap(([path, seen]) => (written.has(path) ? [] : [[path, toWords(seen)] as const])))
}

interface Seen {
  readonly kind: string
  readonly tier: string
  readonly value: string
}

/** What the smallest services say themselves. */
const written: ReadonlySet<string> = new Set([
  'service.kind',
  'service.tier',
  'provided.port',
  'requirement.service',
  'capacity.ram_budget_mb',
  'run.secrets.*.secret',
  'layer.capacity.ram_physical_mb',
  'schedule.every_s',
  'probe.type',
  'probe.port',
  'provided.port_lore',
  'remediation.actions[].name',
  'service.title',
  'service.label',
])

/** Not every kind may be asked in every way. */
const healths: Readonly<Record<string, string>> = {
  network: '',
  oneshot: '',
  periodic: 'health: { liveness: { type: job, max_age_s: 60 } }',
}

function resolve(kind: string, tier: string): Haus | null {
  const run = ['daemon', 'periodic', 'oneshot'].includes(kind) ? 'run: { command: [/bin/true], secrets: { KEY: { secret: key } } }' : ''
  const more = [
    run,
    kind === 'periodic' ? 'schedule: { every_s: 60 }' : '',
    kind === 'container' ? 'container: { name: one }' : '',
    'provides: [{ port: 4000, port_lore: x }]',
    'capacity: { ram_budget_mb: 1 }',
    kind === 'daemon' ? 'requires: [{ service: other }]' : '',
    healths[kind] ?? 'health: { liveness: { type: http } }',
  ].filter((line) => line !== '')
  const files = {
    'catalog.yaml': `services:\n  one:\n    kind: ${kind}\n    tier: ${tier}\n${more.map((line) => `    ${line}\n`).join('')}  other: { kind: daemon, tier: P0, run: { command: [/bin/true] } }\n`,
    'instance.yaml': 'instance: { slug: one, name: One, timezone: Europe/Paris }\nnodes: { local: { type: hub } }\n',
    'runtime_catalog.yaml': '{}\n',
    'agent_capabilities.yaml': 'agents: {}\n',
  }
  const digest = (text: string) => createHash('sha256').update(text).digest('hex')
  const reading = readCatalog(files, { name: 'one', digest })
  if (reading.kind === 'invalid') return null
  const resolution = resolveHost({ catalog: reading.catalog, facts: buildFacts(), node: 'local', digest })
  return resolution.kind === 'invalid' ? null : resolution.haus
}

function read({ services, policies, profile }: Haus): ReadonlyMap<string, string> {
  const service = services['one'] as ResolvedService | undefined
  if (service === undefined) return new Map()
  const { run, provides, requires, restart, stop, remediation, capacity, sandbox, health } = service
  const parts: Readonly<Record<string, unknown>> = {
    service: { ...service, enabled: true, waivers: null, settings: null, backends: null },
    run: run && { ...run, 'secrets.*': run.secrets[0], cwd: '${host.sanctum_home}' },
    provided: provides[0],
    requirement: requires[0],
    restart,
    stop,
    remediation: { ...remediation, 'actions[]': remediation.actions[0] },
    capacity,
    sandbox,
    probe: health.liveness,
    layer: { policies, profile },
  }
  return new Map(Object.entries(parts).flatMap(([section, value]) => flatten(section, value)))
}

function flatten(path: string, value: unknown): readonly (readonly [string, string])[] {
  if (value === null || value === undefined || Array.isArray(value)) return []
  if (typeof value !== 'object') return [[path, `\`${value}\``]]
  return Object.entries(value).flatMap(([key, inner]) => flatten(`${path}.${key}`, inner))
}

/** One value where all agree; else what it depends on. */
function toWords(seen: readonly Seen[]): string {
  const values = new Set(seen.map(({ value }) => value))
  if (values.size === 1) return [...values][0] as string
  return by(seen, 'tier') ?? by(seen, 'kind') ?? ''
}

function by(seen: readonly Seen[], what: 'kind' | 'tier'): string | null {
  const groups = Map.groupBy(seen, (each) => each[what])
  const answers = [...groups].map(([name, each]) => [name, new Set(each.map(({ value }) => value))] as const)
  if (answers.some(([, values]) => values.size > 1)) return null
  const byValue = Map.groupBy(answers, ([, values]) => [...values][0] as string)
  return [...byValue].map(([value, of]) => `${value} (${of.map(([name]) => name).join(', ')})`).join(', ')
}
