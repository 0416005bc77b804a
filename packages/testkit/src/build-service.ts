import type { ResolvedProbe, ResolvedProvision, ResolvedRequirement, ResolvedRun, ResolvedService } from '@sanctum/contracts'

/** A daemon of tier ops with no port, no dependency and no probe; each override replaces a whole field. */
export function buildService(id: string, overrides: Partial<ResolvedService> = {}): ResolvedService {
  return {
    id,
    title: id,
    kind: 'daemon',
    tier: 'ops',
    label: `com.sanctum.${id}`,
    domain: 'user',
    run: buildRun([`/opt/${id}/bin/${id}`]),
    container: null,
    schedule: null,
    provides: [],
    requires: [],
    dependents: [],
    health: {},
    remediation: {
      actions: [],
      max_restarts: 5,
      window_s: 1800,
      cooldown_s: 60,
      quarantine_after: 5,
      escalation_level: 1,
      responsible_agent: null,
    },
    restart: { when: 'always', delay_s: 1, max_delay_s: 60, limit: { starts: 5, window_s: 60 } },
    stop: { signal: 'SIGTERM', timeout_s: 10 },
    start_timeout_s: 30,
    fallback_only: false,
    sandbox: { level: 'strict', writable: [], network: 'any', waiver: null },
    capacity: null,
    waits_for_paths: [],
    session: null,
    waivers: {},
    settings: {},
    backends: {},
    default_backend: null,
    logs: { stdout: `/home/neo/.sanctum/logs/${id}.out.log`, stderr: `/home/neo/.sanctum/logs/${id}.err.log` },
    ...overrides,
  }
}

/** A command with nothing around it. */
export function buildRun(command: readonly string[], overrides: Partial<ResolvedRun> = {}): ResolvedRun {
  return { command, cwd: '/home/neo/.sanctum', env: {}, secrets: [], user: null, reload_signal: null, ...overrides }
}

/** A loopback TCP port. */
export function buildProvision(port: number, overrides: Partial<ResolvedProvision> = {}): ResolvedProvision {
  return { port, protocol: 'tcp', address: '127.0.0.1', name: 'main', security: 'plain', port_lore: 'free in tests', ...overrides }
}

/** A hard edge to a service that lives here and must be running. */
export function buildRequirement(service: string, overrides: Partial<ResolvedRequirement> = {}): ResolvedRequirement {
  return { service, strength: 'hard', running: true, here: true, ...overrides }
}

/** `GET /health` on a port, at a pace that suits a test. */
export function buildHttpProbe(port: number, overrides: Partial<Extract<ResolvedProbe, { type: 'http' }>> = {}): ResolvedProbe {
  return { type: 'http', port, path: '/health', timeout_ms: 1000, interval_s: 1, open_after: 3, close_after: 2, ...overrides }
}
