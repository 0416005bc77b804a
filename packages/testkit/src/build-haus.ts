import { compareText, type Haus, type ResolvedService } from '@sanctum/contracts'

/** A haus of one node around these services. Order, dependents and whether a required service is here follow from them. */
export function buildHaus(services: readonly ResolvedService[] = [], overrides: Partial<Haus> = {}): Haus {
  const sorted = [...services].sort((a, b) => compareText(a.id, b.id))
  const here = new Set(sorted.map(({ id }) => id))
  return {
    ...emptyHaus,
    services: Object.fromEntries(sorted.map((service) => [service.id, withNeighbours(service, sorted, here)])),
    order: orderOf(sorted),
    ...overrides,
  }
}

function withNeighbours(service: ResolvedService, all: readonly ResolvedService[], here: ReadonlySet<string>): ResolvedService {
  return {
    ...service,
    requires: service.requires.map((edge) => ({ ...edge, here: here.has(edge.service) })),
    dependents: all.filter(({ requires }) => requires.some((edge) => edge.service === service.id)).map(({ id }) => id),
  }
}

function orderOf(services: readonly ResolvedService[]): string[] {
  const byId = new Map(services.map((service) => [service.id, service]))
  const ordered = new Set<string>()
  const visit = (id: string, path: readonly string[]): void => {
    if (path.includes(id)) throw new Error(`these test services require each other: ${[...path, id].join(' -> ')}`)
    if (ordered.has(id)) return
    for (const edge of byId.get(id)?.requires ?? []) visit(edge.service, [...path, id])
    if (byId.has(id)) ordered.add(id)
  }
  for (const { id } of services) visit(id, [])
  return [...ordered]
}

const emptyHaus: Haus = {
  schema_version: 1,
  instance: { slug: 'test', name: 'Test haus', timezone: 'UTC', domain: null },
  node: { id: 'local', type: 'hub', os: 'linux', capabilities: [] },
  profile: 'standard',
  manager: { kind: 'embedded', version: null },
  host: {
    arch: 'x64',
    cores: 2,
    memory_mb: 8192,
    hostname: 'bench',
    user: { name: 'neo', uid: 1000, home: '/home/neo' },
    program: { node: '/opt/node/bin/node', sanctumctl: '/opt/sanctum/sanctumctl.js', sanctumd: '/opt/sanctum/sanctumd.js' },
    sanctum_home: '/home/neo/.sanctum',
    user_units: null,
    system_units: null,
  },
  paths: {},
  services: {},
  skipped: {},
  retired: {},
  order: [],
  capacity: { pool_mb: 4096, ram_physical_mb: 8192, ram_reserved_mb: 2048, ram_safety_mb: 2048 },
  policies: { settle_delay_s: 15, generations_kept: 5, confirm_within_s: 1800, night_window: { from: '02:00', to: '05:00' } },
  capabilities: null,
  agentDocuments: {},
  merged: {},
  origins: {},
  digests: { catalog: 'a'.repeat(64), facts: 'b'.repeat(64) },
}
