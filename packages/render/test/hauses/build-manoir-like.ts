import type { Haus, ResolvedService } from '@sanctum/contracts'
import { buildHaus, buildHttpProbe, buildProvision, buildRequirement, buildRun, buildService } from '@sanctum/testkit'

const waiver = { reason: 'The service manager of the Mac has no sandbox.', owner: 'yoda' }
const waivers = { sandbox: waiver }
const never = { when: 'never', delay_s: 0, max_delay_s: 0, limit: { starts: 1, window_s: 1 } } as const

/** One of every kind, edge and field of the reference haus, for one service manager. */
export function buildManoirLike(manager: Haus['manager'], overrides: Partial<Haus> = {}): Haus {
  const base = buildHaus(services, { manager, instance: { slug: 'manoir', name: 'Manoir', timezone: 'Europe/Paris', domain: null } })
  const darwin = manager.kind === 'launchd'
  return {
    ...base,
    node: { id: darwin ? 'manoir' : 'vm', type: darwin ? 'hub' : 'vm', os: darwin ? 'darwin' : 'linux', capabilities: [] },
    host: {
      ...base.host,
      user_units: darwin ? '/Users/neo/Library/LaunchAgents' : '/home/neo/.config/systemd/user',
      system_units: darwin ? '/Library/LaunchDaemons' : '/etc/systemd/system',
      container_runtime: { kind: 'docker', program: '/usr/bin/docker' },
    },
    skipped: { kiwix: { reason: 'placement', why: 'kiwix runs on hub only' } },
    retired: { xtts: { label: 'com.sanctum.xtts', retired: '2026-04-19', reason: 'qwen3-tts took its place', replaced_by: 'qwen3-tts' } },
    ...overrides,
  }
}

const at = (id: string, overrides: Partial<ResolvedService>): ResolvedService => buildService(id, { waivers, ...overrides })

const services: readonly ResolvedService[] = [
  at('force-flow', {
    title: 'Force Flow',
    tier: 'P0',
    domain: 'system',
    provides: [buildProvision(4077)],
    health: { readiness: buildHttpProbe(4077), liveness: buildHttpProbe(4077) },
    run: buildRun(['/opt/force-flow/bin/force-flow', '--health', '/health', '--format', '%H:%M', 'say "hi" to $USER'], {
      env: { RUST_LOG: 'info', GREETING: 'bonjour à tous; 100% "sûr"' },
      secrets: [{ variable: 'SIGNAL_TOKEN', secret: 'signal', file: '/home/neo/.sanctum/secrets/signal', as: 'env' }],
      reload_signal: 'SIGHUP',
    }),
    sandbox: { level: 'strict', writable: ['/home/neo/.sanctum/force flow'], network: 'any', waiver: null },
  }),
  at('vm', { kind: 'oneshot', tier: 'P0', domain: 'system', restart: never, run: buildRun(['/opt/vm/start']) }),
  at('bridge100', { kind: 'network', run: null, requires: [buildRequirement('vm', { running: false })] }),
  at('proxyd', {
    label: 'com.sanctum.proxy',
    tier: 'P0',
    domain: 'system',
    requires: [buildRequirement('bridge100'), buildRequirement('force-flow', { strength: 'soft' })],
    restart: { when: 'on-failure', delay_s: 0.5, max_delay_s: 30, limit: { starts: 5, window_s: 300 } },
    stop: { signal: 'SIGTERM', timeout_s: 25 },
    provides: [buildProvision(4040)],
  }),
  at('council-mlx', {
    title: 'Council',
    tier: 'council',
    capacity: { ram_budget_mb: 30000, exclusive_with: [], priority: 90, evictable: false, process_pattern: 'mlx' },
  }),
  at('mlx-py-fallback', { fallback_only: true, tier: 'council', provides: [buildProvision(8901)] }),
  at('sanctum-server', {
    requires: [
      buildRequirement('council-mlx'),
      buildRequirement('mlx-py-fallback', { strength: 'soft' }),
      buildRequirement('backup', { strength: 'soft', running: false }),
    ],
    settings: { mode: 'local' },
    sandbox: { level: 'home', writable: [], network: 'any', waiver: null },
  }),
  at('home-assistant', {
    kind: 'container',
    run: null,
    container: { name: 'homeassistant', image: 'ghcr.io/home-assistant/home-assistant', compose_file: null },
  }),
  at('outline', { kind: 'container', run: null, container: { name: 'outline', image: null, compose_file: '/opt/outline/compose.yaml' } }),
  at('tailscale', { kind: 'external', run: null }),
  at('backup', { kind: 'periodic', restart: never, schedule: { kind: 'at', at: [{ hour: 4 }], catch_up: true } }),
  at('version-check', {
    kind: 'periodic',
    restart: never,
    schedule: { kind: 'at', at: [{ weekday: 1, hour: 7 }, { day: 1 }, { month: 12, day: 24, hour: 8, minute: 30 }], catch_up: false },
  }),
  at('agent-markdown-sync', { kind: 'periodic', restart: never, schedule: { kind: 'every', every_s: 300, at_load: true } }),
  at('drift-sentinel', { kind: 'periodic', restart: never, schedule: { kind: 'every', every_s: 300, at_load: false } }),
  at('kiwix-serve', { waits_for_paths: ['/mnt/T9/kiwix'], run: buildRun(['/usr/local/bin/kiwix-serve', '/mnt/T9/kiwix/library.xml']) }),
  at('ssh-tunnel', {
    stop: { signal: 'SIGTERM', timeout_s: 3 },
    sandbox: { level: 'none', writable: [], network: 'any', waiver: { reason: 'It needs the keys in ~/.ssh.', owner: 'yoda' } },
  }),
]
