import type { LayerName } from './catalog.ts'
import type { AgentCapabilitiesDocument, AgentDocumentName } from './documents/agents.ts'
import type { ProbeSpec } from './documents/health.ts'
import type { LayerDocument } from './documents/layer.ts'
import type { NodeType, OsFamily, Profile, Tier } from './documents/names.ts'
import type { Backend } from './documents/router.ts'
import type { ServiceKind, Tombstone } from './documents/service.ts'
import type { Finding, Position } from './finding.ts'
import type { HostFacts } from './host-facts.ts'
import type { UnitManagerKind } from './supervision.ts'

/** Where a value comes from: its layer and, where it was written in a file, the place. */
export interface Origin {
  readonly layer: LayerName | 'fact'
  readonly source: string
  readonly at?: Position
}

/** One layer's say about a value. Of all contributions to one pointer exactly one is the winner. */
export interface Contribution extends Origin {
  readonly value: unknown
  readonly winner: boolean
  /** Such as: a placeholder was expanded, or a number read from text. */
  readonly note?: string
}

/** A probe with nothing left open: every pace and target filled in. */
export type ResolvedProbe = ProbeSpec & {
  readonly timeout_ms: number
  readonly interval_s: number
  readonly open_after: number
  readonly close_after: number
}

export interface ResolvedProvision {
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  readonly address: string
  readonly name: string
  readonly security: 'plain' | 'tls' | 'mtls'
  readonly port_lore: string
}

export interface ResolvedRequirement {
  readonly service: string
  readonly strength: 'hard' | 'soft'
  readonly running: boolean
  /** False where the required service lives on another node or is not run here. */
  readonly here: boolean
}

export interface ResolvedRun {
  /** Absolute program first. */
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** `file` is the absolute path of the 0600 file; its content is never read by the resolver. */
  readonly secrets: readonly { readonly variable: string; readonly secret: string; readonly file: string; readonly as: 'env' | 'file' }[]
  readonly user: string | null
  readonly reload_signal: 'SIGHUP' | 'SIGUSR1' | 'SIGUSR2' | null
}

export type ResolvedSchedule =
  | { readonly kind: 'every'; readonly every_s: number; readonly at_load: boolean }
  | {
      readonly kind: 'at'
      readonly at: readonly {
        readonly month?: number
        readonly day?: number
        readonly weekday?: number
        readonly hour?: number
        readonly minute?: number
      }[]
      readonly catch_up: boolean
    }

export interface ResolvedService {
  readonly id: string
  readonly title: string
  readonly kind: ServiceKind
  readonly tier: Tier
  readonly label: string
  readonly domain: 'system' | 'user'
  readonly run: ResolvedRun | null
  readonly container: { readonly name: string; readonly image: string | null; readonly compose_file: string | null } | null
  readonly schedule: ResolvedSchedule | null
  readonly provides: readonly ResolvedProvision[]
  readonly requires: readonly ResolvedRequirement[]
  /** Ids of the services here that require this one, sorted. */
  readonly dependents: readonly string[]
  readonly health: {
    readonly startup?: ResolvedProbe
    readonly readiness?: ResolvedProbe
    readonly liveness?: ResolvedProbe
    readonly contract?: ResolvedProbe
  }
  readonly remediation: {
    readonly actions: readonly {
      readonly name: string
      readonly command: readonly string[] | null
      readonly restart: boolean
      readonly cooldown_s: number
    }[]
    readonly max_restarts: number
    readonly window_s: number
    readonly cooldown_s: number
    readonly quarantine_after: number
    readonly escalation_level: number
    readonly responsible_agent: string | null
  }
  readonly restart: {
    readonly when: 'always' | 'on-failure' | 'never'
    readonly delay_s: number
    readonly max_delay_s: number
    readonly limit: { readonly starts: number; readonly window_s: number }
  }
  readonly stop: { readonly signal: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP'; readonly timeout_s: number }
  readonly start_timeout_s: number
  readonly fallback_only: boolean
  readonly sandbox: {
    readonly level: 'strict' | 'home' | 'none'
    readonly writable: readonly string[]
    readonly network: 'none' | 'loopback' | 'any'
    readonly waiver: { readonly reason: string; readonly owner: string; readonly expires?: string } | null
  }
  readonly capacity: {
    readonly ram_budget_mb: number
    readonly exclusive_with: readonly string[]
    readonly priority: number
    readonly evictable: boolean
    readonly process_pattern: string | null
  } | null
  readonly waits_for_paths: readonly string[]
  readonly session: 'gui' | 'background' | null
  readonly waivers: Readonly<Record<string, { readonly reason: string; readonly owner: string; readonly expires?: string }>>
  readonly settings: Readonly<Record<string, string | number | boolean | readonly string[]>>
  readonly backends: Readonly<Record<string, Backend>>
  readonly default_backend: string | null
  /** Files that take what it writes. */
  readonly logs: { readonly stdout: string; readonly stderr: string }
}

/** The catalog resolved for one node: no placeholder left. Keys are in code-unit order throughout. */
export interface Haus {
  readonly schema_version: 1
  readonly instance: { readonly slug: string; readonly name: string; readonly timezone: string; readonly domain: string | null }
  readonly node: {
    readonly id: string
    readonly type: NodeType
    readonly os: OsFamily
    /** Declared and found, sorted. */
    readonly capabilities: readonly string[]
  }
  readonly profile: Profile
  readonly manager: { readonly kind: UnitManagerKind; readonly version: number | null }
  readonly host: Pick<HostFacts, 'arch' | 'cores' | 'memory_mb' | 'hostname' | 'user' | 'program'> & {
    readonly sanctum_home: string
    readonly user_units: string | null
    readonly system_units: string | null
    /** The program that starts containers here; absent or null where none was found. */
    readonly container_runtime?: { readonly kind: string; readonly program: string } | null
  }
  readonly paths: Readonly<Record<string, string>>
  readonly services: Readonly<Record<string, ResolvedService>>
  /** Services of the catalog that do not run here, and the sentence that says why. */
  readonly skipped: Readonly<
    Record<string, { readonly reason: 'disabled' | 'placement' | 'profile' | 'requirement' | 'os'; readonly why: string }>
  >
  readonly retired: Readonly<Record<string, Tombstone>>
  /** Ids of the services here, each after what it requires. */
  readonly order: readonly string[]
  readonly capacity: {
    readonly pool_mb: number
    readonly ram_physical_mb: number
    readonly ram_reserved_mb: number
    readonly ram_safety_mb: number
  }
  readonly policies: {
    readonly settle_delay_s: number
    readonly generations_kept: number
    readonly confirm_within_s: number
    readonly night_window: { readonly from: string; readonly to: string }
  }
  readonly capabilities: AgentCapabilitiesDocument | null
  readonly agentDocuments: Readonly<Record<string, Readonly<Partial<Record<AgentDocumentName, string>>>>>
  /** The merged layers, placeholders expanded, `secrets` left out: what `.instance.json` holds. */
  readonly merged: LayerDocument
  /** Winner of each leaf, by JSON pointer into this Haus. */
  readonly origins: Readonly<Record<string, Origin>>
  readonly digests: { readonly catalog: string; readonly facts: string }
}

export type HausResolution =
  | { readonly kind: 'resolved'; readonly haus: Haus; readonly findings: readonly Finding[] }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] }
