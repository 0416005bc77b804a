import type { Catalog, NodeEntry, ProbeSpec, Requirement, Service } from '@sanctum/contracts'

/** What the table says about one service that lives. */
export interface LiveRow {
  readonly id: string
  readonly label: string | null
  readonly ports: readonly number[]
  readonly health: readonly { readonly type: string; readonly path?: string; readonly status?: readonly number[]; readonly says?: string }[]
  readonly depends_on: readonly string[]
  readonly nodes: readonly string[]
  readonly tier: string
  readonly kind?: string
  readonly domain?: string
  readonly security?: string
  readonly address?: string
  readonly fallback_only?: boolean
  readonly schedule?: Readonly<Record<string, number>>
  /** Words for what it needs that is no service: a certificate, a drive. */
  readonly needs?: readonly string[]
  /** What the catalog has beyond the table, and why. */
  readonly adds?: {
    readonly depends_on?: readonly string[]
    readonly ports?: readonly number[]
    readonly nodes?: readonly string[]
    readonly why: string
  }
}

/** What the table says about one that was. */
export interface RetiredRow {
  readonly id: string
  readonly label: string
  readonly retired?: string
  readonly replaced_by?: string
  readonly ports?: readonly number[]
}

export interface TableRow {
  readonly row: string
  readonly cells: Readonly<Record<string, string>>
  readonly expect: readonly (LiveRow | RetiredRow)[]
}

/** How the catalog differs from one expectation; empty where it does not. */
export function compareRow(expected: LiveRow | RetiredRow, catalog: Catalog): string[] {
  return 'tier' in expected ? compareLive(expected, catalog) : compareRetired(expected, catalog)
}

function compareLive(expected: LiveRow, catalog: Catalog): string[] {
  const service = catalog.services[expected.id]
  if (!service) return [`${expected.id} is not in the catalog`]
  const differs = differencesOf(expected.id)
  const { adds } = expected
  return [
    ...differs('label', expected.label, service.label ?? null),
    ...differs('ports', sorted([...expected.ports, ...(adds?.ports ?? [])]), sorted((service.provides ?? []).map(({ port }) => port))),
    ...differs('first port', expected.ports[0] ?? adds?.ports?.[0], service.provides?.[0]?.port),
    ...differs(
      'depends on',
      sorted([...expected.depends_on, ...(adds?.depends_on ?? [])]),
      sorted((service.requires ?? []).map(toServiceId)),
    ),
    ...differs('nodes', sorted([...expected.nodes, ...(adds?.nodes ?? [])]), nodesOf(service, catalog)),
    ...differs('tier', expected.tier, service.tier),
    ...differs('kind', expected.kind ?? 'daemon', service.kind),
    ...(expected.domain ? differs('domain', expected.domain, service.domain) : []),
    ...(expected.security ? differs('security', expected.security, service.provides?.[0]?.security) : []),
    ...(expected.address ? differs('address', expected.address, service.provides?.[0]?.address) : []),
    ...differs('fallback only', expected.fallback_only ?? false, service.fallback_only ?? false),
    ...(expected.schedule ? differs('schedule', expected.schedule, scheduleOf(service)) : []),
    ...expected.health
      .filter((probe) => !probesOf(service).some((has) => matches(has, probe)))
      .map((probe) => `${expected.id}: no probe ${JSON.stringify(probe)}`),
    ...(expected.needs ?? [])
      .filter((word) => !JSON.stringify(service).includes(word))
      .map((word) => `${expected.id}: nothing in it mentions ${word}`),
  ]
}

function compareRetired(expected: RetiredRow, catalog: Catalog): string[] {
  const tombstone = catalog.retired[expected.id]
  if (!tombstone) return [`${expected.id} has no tombstone`]
  const differs = differencesOf(expected.id)
  return [
    ...differs('label', expected.label, tombstone.label),
    ...(expected.retired ? differs('retired', expected.retired, tombstone.retired) : []),
    ...differs('replaced by', expected.replaced_by, tombstone.replaced_by),
    ...differs('ports', expected.ports ?? [], tombstone.ports ?? []),
  ]
}

/** Ids of the nodes that meet the placement. */
export function nodesOf({ on = {} }: Service, catalog: Catalog): string[] {
  const isEither = <T>(wanted: readonly T[] | undefined, has: readonly T[]) => !wanted || wanted.some((one) => has.includes(one))
  const fits = ([id, node]: [string, NodeEntry]) =>
    isEither(on.nodes, [id]) &&
    isEither(on.types, [node.type]) &&
    isEither(on.os, node.os ? [node.os] : []) &&
    isEither(on.capabilities, node.capabilities ?? [])
  return sorted(
    Object.entries(catalog.instance.value.nodes ?? {})
      .filter(fits)
      .map(([id]) => id),
  )
}

export function toServiceId(requirement: Requirement): string {
  return typeof requirement === 'string' ? requirement : requirement.service
}

const differencesOf =
  (id: string) =>
  (what: string, expected: unknown, found: unknown): string[] =>
    JSON.stringify(expected) === JSON.stringify(found)
      ? []
      : [`${id}: ${what} is ${JSON.stringify(found)}, the table says ${JSON.stringify(expected)}`]

function probesOf({ health = {} }: Service): ProbeSpec[] {
  return Object.values(health).filter((probe) => probe !== undefined)
}

function matches(probe: ProbeSpec, wanted: LiveRow['health'][number]): boolean {
  if (probe.type !== wanted.type) return false
  if (wanted.path !== undefined && !(probe.type === 'http' && probe.path === wanted.path)) return false
  if (wanted.status !== undefined && !(probe.type === 'http' && wanted.status.every((code) => probe.status?.includes(code)))) return false
  return wanted.says === undefined || JSON.stringify(probe).includes(wanted.says)
}

function scheduleOf({ schedule }: Service): unknown {
  return schedule && 'at' in schedule ? schedule.at[0] : schedule && { every_s: schedule.every_s }
}

function sorted<T extends string | number>(values: readonly T[]): T[] {
  return [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}
