import type { HostFacts, ServiceKind, ServicePatch, Tier } from '@sanctum/contracts'
import { placeholder } from './default-layer.ts'
import { unitNames } from './os-layers.ts'

/** What holds for a service where no layer says otherwise: by its kind, its tier and the machine. */
export function toServiceDefaults(id: string, given: ServicePatch, facts: HostFacts): ServicePatch {
  const { kind = 'daemon', tier = 'optional' } = given
  const jobs = kinds[kind]
  return {
    title: id,
    enabled: true,
    profile: 'minimal',
    label: unitNames[facts.os.family](id),
    domain: facts.service_manager.kind === 'systemd-system' ? 'system' : 'user',
    ...(given.run ? { run: { cwd: placeholder('host.sanctum_home') } as NonNullable<ServicePatch['run']> } : {}),
    health: toHealthDefaults(given, kind, tier),
    remediation: {
      actions: jobs.heals ? [{ name: 'restart', restart: true, cooldown_s: 60 }] : [],
      max_restarts: 5,
      window_s: 1800,
      cooldown_s: 60,
      quarantine_after: 5,
      escalation_level: escalationLevels[tier],
    },
    restart: {
      when: given.fallback_only === true && jobs.restarts === 'always' ? 'on-failure' : jobs.restarts,
      delay_s: 1,
      max_delay_s: tier === 'P0' ? 60 : 300,
      limit: { starts: 10, window_s: 600 },
    },
    stop: { signal: 'SIGTERM', timeout_s: 10 },
    start_timeout_s: kind === 'container' ? 120 : 30,
    fallback_only: false,
    sandbox: { level: jobs.sandbox, network: 'any' },
  }
}

/** Seconds from one probe to the next once a service is up. */
const probeIntervals: Readonly<Record<Tier, number>> = { P0: 30, council: 60, ops: 300, optional: 300 }

const escalationLevels: Readonly<Record<Tier, number>> = { P0: 3, council: 2, ops: 1, optional: 0 }

/** A job has ended well when it is not running: it is never kept alive. */
const kinds: Readonly<Record<ServiceKind, { restarts: 'always' | 'never'; sandbox: 'strict' | 'home'; heals: boolean }>> = {
  daemon: { restarts: 'always', sandbox: 'strict', heals: true },
  periodic: { restarts: 'never', sandbox: 'home', heals: false },
  oneshot: { restarts: 'never', sandbox: 'home', heals: false },
  container: { restarts: 'always', sandbox: 'home', heals: true },
  network: { restarts: 'never', sandbox: 'strict', heals: false },
  external: { restarts: 'never', sandbox: 'strict', heals: false },
}

/** Whoever waits for a start asks often; whoever watches asks at the pace of the tier. */
function toHealthDefaults(given: ServicePatch, kind: ServiceKind, tier: Tier): NonNullable<ServicePatch['health']> {
  const asked = given.health ?? {}
  const paces = { startup: 1, readiness: 2, liveness: probeIntervals[tier], contract: probeIntervals[tier] }
  const said = Object.entries(paces)
    .filter(([purpose]) => asked[purpose as keyof typeof asked] !== undefined)
    .map(([purpose, interval]) => [purpose, toPace(purpose === 'contract' ? 10_000 : 2000, interval)] as const)
  if (said.length > 0) return Object.fromEntries(said) as NonNullable<ServicePatch['health']>
  return kind === 'daemon' || kind === 'container' ? toImpliedHealth(given, kind, tier) : {}
}

/** A program that nobody asks anything is at least there, and listens where it says. */
function toImpliedHealth(given: ServicePatch, kind: ServiceKind, tier: Tier): NonNullable<ServicePatch['health']> {
  const listens = given.provides?.some(({ protocol }) => protocol !== 'udp') === true
  return {
    ...(listens ? { readiness: { type: 'tcp', ...toPace(2000, 2) } as const } : {}),
    ...(kind === 'daemon' ? { liveness: { type: 'process', ...toPace(2000, probeIntervals[tier]) } as const } : {}),
    ...(kind === 'container' && listens ? { liveness: { type: 'tcp', ...toPace(2000, probeIntervals[tier]) } as const } : {}),
  }
}

function toPace(timeoutMs: number, intervalS: number): { timeout_ms: number; interval_s: number; open_after: number; close_after: number } {
  return { timeout_ms: timeoutMs, interval_s: intervalS, open_after: 3, close_after: 2 }
}
