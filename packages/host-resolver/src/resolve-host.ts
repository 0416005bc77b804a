import {
  compareText,
  type Haus,
  type HausResolution,
  type HostFacts,
  hasErrors,
  type LayerDocument,
  type ResolvedService,
  sortFindings,
} from '@sanctum/contracts'
import { expandHost } from './expand-host.ts'
import { judgePorts } from './judge-ports.ts'
import { mergeHost } from './merge-host.ts'
import type { MergedHost } from './merged-host.ts'
import { isPlainObject, sortKeys, toCanonicalText } from './plain-data.ts'
import { resolveCapabilities } from './resolve-capabilities.ts'
import { judgeCapacity, resolveCapacity } from './resolve-capacity.ts'
import type { ResolveInput } from './resolve-input.ts'
import { resolveOrder } from './resolve-order.ts'
import { type PlacementResult, resolvePlacement } from './resolve-placement.ts'
import { resolveService } from './resolve-service.ts'
import { traceOrigins } from './trace-origins.ts'

/**
 * The catalog for one node: every layer merged, every placeholder expanded, every value with its origin. Invalid with all
 * findings where something is wrong; nothing that was merely observed at a moment enters.
 */
export function resolveHost(input: ResolveInput): HausResolution {
  const merge = mergeHost(input)
  return merge.kind === 'merged' ? resolveMerged(merge.host, input) : { kind: 'invalid', findings: merge.findings }
}

/** The second half of resolveHost, for a caller that needs the merged layers as well. */
export function resolveMerged(host: MergedHost, input: ResolveInput): HausResolution {
  const { facts, catalog } = { facts: host.facts, catalog: input.catalog }
  const capabilities = resolveCapabilities(host.node.entry, facts)
  const placement = resolvePlacement(host, capabilities)
  const expanded = expandHost(host, placement.here, input.variables ?? {})
  const stopping = [...host.findings, ...expanded.findings]
  if (hasErrors(stopping)) return { kind: 'invalid', findings: sortFindings(stopping) }

  const services = resolveServices(host, placement, expanded.services, expanded.document)
  const clashes = judgePorts(services.values(), host)
  if (clashes.length > 0) return { kind: 'invalid', findings: sortFindings([...stopping, ...clashes]) }
  const capacity = resolveCapacity({ document: expanded.document, facts })
  const findings = sortFindings([...stopping, ...judgeCapacity(capacity, services.values(), host)])
  const haus = sortKeys<Haus>({
    schema_version: 1,
    instance: toInstance(expanded.document),
    node: { id: host.node.id, type: host.node.entry.type, os: facts.os.family, capabilities },
    profile: host.profile,
    manager: { kind: facts.service_manager.kind, version: facts.service_manager.version },
    host: toHost(facts),
    paths: expanded.document.paths ?? {},
    services: Object.fromEntries(services),
    skipped: Object.fromEntries(placement.skipped),
    retired: catalog.retired,
    order: resolveOrder(new Map([...services].map(([id, { requires }]) => [id, requires]))),
    capacity,
    policies: toPolicies(expanded.document),
    capabilities: catalog.capabilities,
    agentDocuments: catalog.agentDocuments,
    merged: toMerged(expanded.document, host, services),
    origins: {},
    digests: { catalog: catalog.digest, facts: input.digest(toFactsText(facts)) },
  })
  return { kind: 'resolved', haus: { ...haus, origins: traceOrigins(haus, host, catalog) }, findings }
}

function resolveServices(
  host: MergedHost,
  { here }: PlacementResult,
  expanded: ReadonlyMap<string, NonNullable<ReturnType<MergedHost['services']['get']>>['value']>,
  document: LayerDocument,
): ReadonlyMap<string, ResolvedService> {
  const dependents = toDependents(expanded)
  const around = {
    facts: host.facts,
    document,
    kindOf: (id: string) => host.services.get(id)?.value.kind,
    isHere: (id: string) => here.has(id),
    serviceOf: (id: string) => expanded.get(id),
  }
  return new Map(
    [...expanded].map(([id, service]) => [id, resolveService(id, service, { ...around, dependents: dependents.get(id) ?? [] })]),
  )
}

function toDependents(
  services: ReadonlyMap<string, { readonly requires?: readonly unknown[] | undefined }>,
): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, Set<string>>()
  for (const [id, { requires = [] }] of services)
    for (const requirement of requires) {
      const required = isPlainObject(requirement) ? String(requirement['service']) : String(requirement)
      const others = dependents.get(required)
      if (others) others.add(id)
      else dependents.set(required, new Set([id]))
    }
  return new Map([...dependents].map(([id, others]) => [id, [...others].sort(compareText)]))
}

function toInstance({ instance }: LayerDocument): Haus['instance'] {
  const { slug = '', name = '', timezone = '', domain = null } = instance ?? {}
  return { slug, name, timezone, domain }
}

function toPolicies({ policies }: LayerDocument): Haus['policies'] {
  const {
    settle_delay_s = 15,
    generations_kept = 10,
    confirm_within_s = 1800,
    night_window = { from: '02:00', to: '05:00' },
  } = policies ?? {}
  return { settle_delay_s, generations_kept, confirm_within_s, night_window }
}

function toHost(facts: HostFacts): Haus['host'] {
  const { arch, cores, memory_mb, hostname, user, program, paths, container_runtime: runtime } = facts
  const starter = runtime ? (facts.tools[runtime.kind === 'podman' ? 'podman' : 'docker']?.path ?? null) : null
  return {
    arch,
    cores,
    memory_mb,
    hostname,
    user,
    program,
    sanctum_home: paths.sanctum_home,
    user_units: paths.user_units,
    system_units: paths.system_units,
    container_runtime: runtime && starter ? { kind: runtime.kind, program: starter } : null,
  }
}

/** What other tools read: the layers; of each service whether it runs here, its port and its settings. */
function toMerged(document: LayerDocument, host: MergedHost, here: ReadonlyMap<string, ResolvedService>): LayerDocument {
  const { $schema: _, ...values } = document
  const services = [...host.services.keys()].map((id) => {
    const port = here.get(id)?.provides[0]?.port ?? host.services.get(id)?.value.provides?.[0]?.port
    const settings = here.get(id)?.settings ?? {}
    return [
      id,
      { enabled: here.has(id), ...(port === undefined ? {} : { port }), ...(Object.keys(settings).length === 0 ? {} : { settings }) },
    ]
  })
  return { ...values, services: Object.fromEntries(services) }
}

/** What could not be read differs from run to run without the machine being another. */
function toFactsText({ unread: _, ...facts }: HostFacts): string {
  return toCanonicalText(facts)
}
