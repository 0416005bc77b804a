import type { Backend, Health, ResolvedService, ServiceKind, ServiceManifestDocument, Tier, UnitManagerKind } from '@sanctum/contracts'
import type { Provision } from '@sanctum/probes'
import type { ManagedUnit } from '@sanctum/supervisor'

/** What the current generation says of this node: all that the roles know of the haus. */
export interface HausDefinition {
  readonly generation: number
  readonly haus: string
  readonly node: string
  readonly manager: UnitManagerKind
  /** In code-unit order of the ids. */
  readonly services: readonly ServiceDefinition[]
  /** Memory that the heavy services may share, MB; null where nobody says. */
  readonly poolMb: number | null
  /** What launchd or systemd has to be asked for; the embedded manager knows its own. */
  readonly units: readonly ManagedUnit[]
  /** Files that services write what they have to say into. */
  readonly logs: readonly string[]
}

export interface ServiceDefinition {
  readonly id: string
  readonly title: string
  readonly kind: ServiceKind
  readonly tier: Tier
  /** The service manager has a unit for it. */
  readonly hasUnit: boolean
  readonly fallbackOnly: boolean
  readonly provides: readonly Provision[]
  readonly requires: readonly { readonly service: string; readonly strength: 'hard' | 'soft' }[]
  readonly health: Health
  readonly remediation: ResolvedService['remediation']
  readonly capacity: ResolvedService['capacity']
  readonly settings: NonNullable<ServiceManifestDocument['settings']>
  /** Model servers that it routes to, by the name of their route. */
  readonly backends: Readonly<Record<string, Backend>>
  readonly defaultBackend: string | null
  readonly startTimeoutS: number
  /** How long it has to end before it is killed. */
  readonly stopTimeoutS: number
  /** Why its manifest tells nothing; null where it could be read. */
  readonly unreadable: string | null
}

/** How long a service may take to start and to end. */
export type ServiceTimes = Pick<ServiceDefinition, 'startTimeoutS' | 'stopTimeoutS'>

/** Where nobody says. */
export const usualTimes: ServiceTimes = { startTimeoutS: 60, stopTimeoutS: 10 }

export function toServiceDefinition(manifest: ServiceManifestDocument, times: ServiceTimes): ServiceDefinition {
  return {
    id: manifest.name,
    title: manifest.display_name,
    kind: manifest.kind,
    tier: manifest.tier,
    hasUnit: manifest.label !== null,
    fallbackOnly: manifest.fallback_only ?? false,
    provides: manifest.provides.map(({ port, protocol, address, security }) => ({
      port,
      protocol: protocol ?? 'tcp',
      address: address ?? '127.0.0.1',
      security: security ?? 'plain',
    })),
    requires: manifest.requires,
    health: manifest.health,
    remediation: toRemediation(manifest),
    capacity: toCapacity(manifest),
    settings: manifest.settings ?? {},
    backends: manifest.backends ?? {},
    defaultBackend: manifest.default_backend ?? null,
    ...times,
    unreadable: null,
  }
}

/** A service of which only the name of its file is known. It is shown, and it is not healthy. */
export function toUnreadable(id: string, why: string): ServiceDefinition {
  return {
    id,
    title: id,
    kind: 'external',
    tier: 'ops',
    hasUnit: false,
    fallbackOnly: false,
    provides: [],
    requires: [],
    health: {},
    remediation: noRemediation,
    capacity: null,
    settings: {},
    backends: {},
    defaultBackend: null,
    ...usualTimes,
    unreadable: why,
  }
}

/** A service of which nobody says how it is healed: it is not, and people are told of it. */
export const noRemediation: ServiceDefinition['remediation'] = {
  actions: [],
  max_restarts: 0,
  window_s: 1800,
  cooldown_s: 60,
  quarantine_after: 5,
  escalation_level: 1,
  responsible_agent: null,
}

function toRemediation({ remediation }: ServiceManifestDocument): ServiceDefinition['remediation'] {
  if (remediation === undefined) return noRemediation
  const { actions = [], ...given } = remediation
  const cooldownS = given.cooldown_s ?? noRemediation.cooldown_s
  return {
    max_restarts: given.max_restarts ?? 5,
    window_s: given.window_s ?? noRemediation.window_s,
    cooldown_s: cooldownS,
    quarantine_after: given.quarantine_after ?? noRemediation.quarantine_after,
    escalation_level: given.escalation_level ?? noRemediation.escalation_level,
    responsible_agent: given.responsible_agent ?? null,
    actions: actions.map(({ name, command, restart, cooldown_s }) => ({
      name,
      command: command ?? null,
      restart: restart ?? false,
      cooldown_s: cooldown_s ?? cooldownS,
    })),
  }
}

function toCapacity({ capacity }: ServiceManifestDocument): ServiceDefinition['capacity'] {
  if (capacity === undefined) return null
  const { ram_budget_mb, exclusive_with = [], priority = 50, evictable = false, process_pattern = null } = capacity
  return { ram_budget_mb, exclusive_with, priority, evictable, process_pattern }
}

/** The first TCP port of a role, as the catalog gives it. */
export function portOf(definition: HausDefinition | null, role: string): number | null {
  const service = definition?.services.find(({ id }) => id === role)
  return service?.provides.find(({ protocol }) => protocol === 'tcp')?.port ?? null
}

/** A positive number among the settings of a role. */
export function settingOf(definition: HausDefinition | null, role: string, name: string): number | null {
  const value = definition?.services.find(({ id }) => id === role)?.settings[name]
  return typeof value === 'number' && value > 0 ? value : null
}

/** A program and its arguments among the settings of a role; null where none are given. */
export function commandOf(definition: HausDefinition | null, role: string, name: string): readonly string[] | null {
  const value = definition?.services.find(({ id }) => id === role)?.settings[name]
  return Array.isArray(value) && value.length > 0 ? value : null
}
