import type { Catalog, Haus, Origin, ResolvedService } from '@sanctum/contracts'
import type { StackedLayer } from './layer-stack.ts'
import type { Provenance } from './merge-by-schema.ts'
import type { MergedService } from './merge-services.ts'
import type { MergedHost } from './merged-host.ts'
import { ownValue, valueAt } from './plain-data.ts'
import { childPointer, toPointer } from './pointer.ts'
import { readSwitch } from './resolve-placement.ts'

/** The winner of each leaf of the Haus, by JSON pointer; an empty list or map is a leaf too. */
export function traceOrigins(haus: Omit<Haus, 'origins'>, host: MergedHost, catalog: Catalog): Record<string, Origin> {
  const leaves = new Map<string, Origin>()
  const trace = createTracer(leaves, host)
  for (const [key, value] of Object.entries(haus))
    if (key !== 'origins') sections[key as keyof typeof sections](value, { haus, host, catalog, trace })
  const origins: Record<string, Origin> = {}
  for (const pointer of [...leaves.keys()].sort()) origins[pointer] = leaves.get(pointer) as Origin
  return origins
}

interface Tracer {
  /** Every leaf below has the same origin. */
  all(value: unknown, pointer: string, origin: Origin | ((pointer: string) => Origin)): void
  /** Leaves follow the merged value that they were made from; what that does not have is a default. */
  along(value: unknown, pointer: string, from: Source): void
}

interface Source {
  readonly value: unknown
  readonly provenance: Provenance | undefined
  /** Pointer of the value in its layer. */
  readonly pointer: string
}

interface Section {
  readonly haus: Omit<Haus, 'origins'>
  readonly host: MergedHost
  readonly catalog: Catalog
  readonly trace: Tracer
}

const defaultOrigin: Origin = { layer: 'default', source: 'the built-in defaults' }
const factOrigin: Origin = { layer: 'fact', source: 'the facts of this machine' }
const resolverOrigin: Origin = { layer: 'default', source: 'the resolver, from the values of the layers' }

const fromFacts =
  (key: string) =>
  (value: unknown, { trace }: Section) =>
    trace.all(value, `/${key}`, factOrigin)
const fromResolver =
  (key: string) =>
  (value: unknown, { trace }: Section) =>
    trace.all(value, `/${key}`, resolverOrigin)
const fromDocument =
  (key: string) =>
  (value: unknown, { trace, host }: Section) =>
    trace.along(value, `/${key}`, documentSource(host, key))
/** Documents of the catalog that no layer changes; `at` is where their places start. */
const fromCatalog =
  (key: string, at: string) =>
  (value: unknown, { trace, host }: Section) =>
    trace.all(value, `/${key}`, (pointer) => definitionLayer(host).originAt(`${at}${pointer.slice(key.length + 1)}`))

/** Where each part of the Haus comes from. */
const sections: Readonly<Record<keyof Omit<Haus, 'origins'>, (value: unknown, section: Section) => void>> = {
  schema_version: fromResolver('schema_version'),
  instance: fromDocument('instance'),
  node: (value, { trace, host }) => {
    const { id, type, os, capabilities } = value as Haus['node']
    trace.all(id, '/node/id', host.originOf(['nodes', host.node.id]))
    trace.all(type, '/node/type', host.originOf(['nodes', host.node.id, 'type']))
    trace.all(os, '/node/os', factOrigin)
    const declared = host.node.entry.capabilities ?? []
    if (capabilities.length === 0) trace.all(capabilities, '/node/capabilities', factOrigin)
    capabilities.forEach((name, index) => {
      const said = declared.indexOf(name)
      trace.all(
        name,
        `/node/capabilities/${index}`,
        said === -1 ? factOrigin : host.originOf(['nodes', host.node.id, 'capabilities', String(said)]),
      )
    })
  },
  profile: fromDocument('profile'),
  manager: fromFacts('manager'),
  host: fromFacts('host'),
  paths: fromDocument('paths'),
  services: (value, section) => {
    const services = Object.entries(value as Haus['services'])
    if (services.length === 0) section.trace.all(value, '/services', definitionLayer(section.host).originAt(''))
    for (const [id, service] of services) traceService(id, service, section)
  },
  skipped: (value, { trace, host, haus }) => {
    const skipped = Object.keys(value as Haus['skipped'])
    if (skipped.length === 0) trace.all(value, '/skipped', resolverOrigin)
    for (const id of skipped) trace.all((value as Haus['skipped'])[id], toPointer(['skipped', id]), causeOf(id, haus, host))
  },
  retired: fromCatalog('retired', '/retired'),
  order: fromResolver('order'),
  capacity: (value, { trace, host }) => {
    const { pool_mb, ...said } = value as Haus['capacity']
    trace.all(pool_mb, '/capacity/pool_mb', resolverOrigin)
    trace.along(said, '/capacity', documentSource(host, 'capacity'))
  },
  policies: fromDocument('policies'),
  capabilities: fromCatalog('capabilities', '/agents'),
  agentDocuments: fromCatalog('agentDocuments', '/agents'),
  merged: (value, section) => traceMerged(value as Haus['merged'], section),
  digests: fromResolver('digests'),
}

/** What decides whether each service runs here. */
const causes = { disabled: 'enabled', placement: 'on', profile: 'profile', requirement: 'requires', os: 'on' } as const

/** Where it was said that a service runs here, or does not. */
function causeOf(id: string, { skipped }: Pick<Haus, 'skipped'>, host: MergedHost): Origin {
  const merged = host.services.get(id) as MergedService
  const reason = skipped[id]?.reason ?? 'disabled'
  return (reason === 'disabled' ? readSwitch(merged, host)?.origin : null) ?? merged.originOf([causes[reason]])
}

function traceService(id: string, service: ResolvedService, { trace, host, haus }: Section): void {
  const merged = host.services.get(id) as MergedService
  const base = toPointer(['services', id])
  for (const [key, value] of Object.entries(service)) {
    const pointer = `${base}/${key}`
    const special = serviceSections[key as keyof ResolvedService]
    if (special) special({ value, pointer, merged, trace, host, haus })
    else trace.along(value, pointer, serviceSource(merged, key))
  }
  if (merged.portMove) trace.all(service.provides[0]?.port, `${base}/provides/0/port`, merged.originOf(['provides', '0', 'port']))
}

interface ServicePart {
  readonly value: unknown
  readonly pointer: string
  readonly merged: MergedService
  readonly trace: Tracer
  readonly host: MergedHost
  readonly haus: Omit<Haus, 'origins'>
}

const probeTargets = { port: 'port', host: 'address' } as const

/** The parts of a service whose shape differs from what a layer says. */
const serviceSections: Partial<Record<keyof ResolvedService, (part: ServicePart) => void>> = {
  id: ({ value, pointer, merged, trace }) => trace.all(value, pointer, merged.originOf(['kind'])),
  domain: ({ value, pointer, merged, trace }) =>
    trace.all(value, pointer, merged.value.domain === value ? merged.originOf(['domain']) : factOrigin),
  schedule: ({ value, pointer, merged, trace }) =>
    value === null
      ? trace.all(value, pointer, defaultOrigin)
      : traceKeys(value, pointer, trace, { kind: merged.originOf(['schedule']) }, serviceSource(merged, 'schedule')),
  provides: ({ value, pointer, merged, trace }) =>
    trace.along(
      merged.portMove
        ? (value as ResolvedService['provides']).map(({ port, ...others }, index) => (index === 0 ? others : { port, ...others }))
        : value,
      pointer,
      serviceSource(merged, 'provides'),
    ),
  requires: ({ value, pointer, merged, trace }) => {
    const origin = merged.originOf(['requires'])
    if ((value as unknown[]).length === 0) trace.all(value, pointer, merged.value.requires ? origin : defaultOrigin)
    ;(value as ResolvedService['requires']).forEach((edge, index) => {
      trace.all(edge, `${pointer}/${index}`, merged.originOf(['requires', String(index)]))
    })
  },
  dependents: ({ value, pointer, trace, host }) => {
    if ((value as string[]).length === 0) trace.all(value, pointer, resolverOrigin)
    ;(value as string[]).forEach((id, index) => {
      trace.all(id, `${pointer}/${index}`, host.services.get(id)?.originOf(['requires']) ?? resolverOrigin)
    })
  },
  run: ({ value, pointer, merged, trace }) => {
    if (value === null) return trace.all(value, pointer, defaultOrigin)
    const { secrets, ...others } = value as NonNullable<ResolvedService['run']>
    trace.along(others, pointer, serviceSource(merged, 'run'))
    if (secrets.length === 0) trace.all(secrets, `${pointer}/secrets`, defaultOrigin)
    secrets.forEach((secret, index) => {
      trace.all(secret, `${pointer}/secrets/${index}`, merged.originOf(['run', 'secrets', secret.variable]))
    })
  },
  health: ({ value, pointer, merged, trace }) => {
    trace.along(value, pointer, serviceSource(merged, 'health'))
    // A probe that names no port or host has those of what the service provides.
    for (const [purpose, probe] of Object.entries(value as ResolvedService['health']))
      for (const [key, from] of Object.entries(probeTargets))
        if (ownValue(probe, key) !== undefined && valueAt(merged.value, ['health', purpose, key]) === undefined)
          trace.all(
            ownValue(probe, key),
            `${pointer}/${purpose}/${key}`,
            merged.value.provides ? merged.originOf(['provides', '0', from]) : defaultOrigin,
          )
  },
  logs: ({ value, pointer, trace, host }) => trace.all(value, pointer, host.originOf(['paths', 'logs'])),
}

function traceKeys(value: unknown, pointer: string, trace: Tracer, special: Readonly<Record<string, Origin>>, source: Source): void {
  for (const [key, below] of Object.entries(value as object)) {
    const origin = special[key]
    if (origin) trace.all(below, childPointer(pointer, key), origin)
    else trace.along(below, childPointer(pointer, key), stepInto(source, key))
  }
}

function traceMerged({ services = {}, ...document }: Haus['merged'], { trace, host, haus }: Section): void {
  for (const [key, value] of Object.entries(document)) trace.along(value, `/merged/${key}`, documentSource(host, key))
  if (Object.keys(services).length === 0) trace.all(services, '/merged/services', definitionLayer(host).originAt(''))
  for (const [id, { enabled, port, settings }] of Object.entries(services)) {
    const merged = host.services.get(id) as MergedService
    const pointer = `/merged${toPointer(['services', id])}`
    trace.all(enabled, `${pointer}/enabled`, causeOf(id, haus, host))
    if (port !== undefined) trace.all(port, `${pointer}/port`, merged.originOf(['provides', '0', 'port']))
    if (settings) trace.along(settings, `${pointer}/settings`, serviceSource(merged, 'settings'))
  }
}

function createTracer(leaves: Map<string, Origin>, { stack }: MergedHost): Tracer {
  const all: Tracer['all'] = (value, pointer, origin) => {
    if (isBranch(value)) for (const [key, below] of Object.entries(value)) all(below, childPointer(pointer, key), origin)
    else leaves.set(pointer, typeof origin === 'function' ? origin(pointer) : origin)
  }
  const along: Tracer['along'] = (value, pointer, from) => {
    if (from.value === undefined || from.provenance === undefined) return all(value, pointer, defaultOrigin)
    if (isBranch(value)) {
      for (const [key, below] of Object.entries(value)) along(below, childPointer(pointer, key), stepInto(from, key))
      return
    }
    leaves.set(pointer, originOf(from))
  }
  const originOf = ({ provenance, pointer }: Source): Origin =>
    typeof provenance === 'number' ? (stack[provenance] as StackedLayer).originAt(pointer) : defaultOrigin
  return { all, along }
}

function stepInto({ value, provenance, pointer }: Source, key: string): Source {
  return {
    value: ownValue(value, key),
    provenance: typeof provenance === 'number' ? provenance : provenance?.get(key),
    pointer: childPointer(pointer, key),
  }
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function documentSource({ document, provenance }: MergedHost, key: string): Source {
  return stepInto({ value: document, provenance, pointer: '' }, key)
}

function serviceSource({ id, value, provenance }: MergedService, key: string): Source {
  return stepInto({ value, provenance, pointer: toPointer(['services', id]) }, key)
}

function definitionLayer({ stack }: MergedHost): StackedLayer {
  return stack.find(({ layer }) => layer === 'catalog') as StackedLayer
}
