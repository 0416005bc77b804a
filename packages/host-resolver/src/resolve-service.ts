import type {
  HostFacts,
  LayerDocument,
  ResolvedRequirement,
  ResolvedRun,
  ResolvedSchedule,
  ResolvedService,
  Service,
} from '@sanctum/contracts'
import { followBusySources, followRouterWords } from './follow-router.ts'
import { toAbsoluteHome } from './placeholder-scope.ts'
import { sortedKeys } from './plain-data.ts'
import { resolveHealth } from './resolve-health.ts'
import { resolveProgram } from './resolve-program.ts'

export interface ServiceSurroundings {
  readonly facts: HostFacts
  readonly document: LayerDocument
  /** Every service of the haus, here or not. */
  readonly kindOf: (id: string) => Service['kind'] | undefined
  readonly isHere: (id: string) => boolean
  /** Every service that runs here, with its placeholders expanded. */
  readonly serviceOf: (id: string) => Service | undefined
  readonly dependents: readonly string[]
}

/** zod gives an absent field the type undefined, the Haus leaves it out; in plain data they are the same. */
type Waiver = ResolvedService['waivers'][string]

/** A merged service whose placeholders are expanded, with nothing left open. The defaults are in it already. */
export function resolveService(id: string, given: Service, around: ServiceSurroundings): ResolvedService {
  const { facts, document } = around
  const service = follow(given, around)
  const { run, container, provides = [], capacity, sandbox, remediation, restart, stop } = service
  const requires = resolveRequirements(service, around)
  const logs = document.paths?.['logs'] ?? `${facts.paths.sanctum_home}/logs`
  return {
    id,
    title: service.title ?? id,
    kind: service.kind,
    tier: service.tier,
    label: service.label ?? id,
    domain: resolveDomain(service, facts),
    run: run ? resolveRun(run, facts) : null,
    container: container ? { name: container.name, image: container.image ?? null, compose_file: container.compose_file ?? null } : null,
    schedule: resolveSchedule(service),
    provides: provides.map(({ port, protocol = 'tcp', address = '127.0.0.1', name, security = 'plain', port_lore = '' }, index) => ({
      port,
      protocol,
      address,
      name: name ?? (index === 0 ? 'main' : `p${port}`),
      security,
      port_lore,
    })),
    requires,
    dependents: around.dependents,
    health: resolveHealth(service),
    remediation: {
      actions: (remediation?.actions ?? []).map(({ name, command, restart: restarts, cooldown_s }) => ({
        name,
        command: command ? resolveCommand(command, facts) : null,
        restart: restarts ?? command === undefined,
        cooldown_s: cooldown_s ?? remediation?.cooldown_s ?? 60,
      })),
      max_restarts: remediation?.max_restarts ?? 5,
      window_s: remediation?.window_s ?? 1800,
      cooldown_s: remediation?.cooldown_s ?? 60,
      quarantine_after: remediation?.quarantine_after ?? 5,
      escalation_level: remediation?.escalation_level ?? 0,
      responsible_agent: remediation?.responsible_agent ?? null,
    },
    restart: {
      when: restart?.when ?? 'never',
      delay_s: restart?.delay_s ?? 1,
      max_delay_s: Math.max(restart?.max_delay_s ?? 60, restart?.delay_s ?? 1),
      limit: restart?.limit ?? { starts: 10, window_s: 600 },
    },
    stop: { signal: stop?.signal ?? 'SIGTERM', timeout_s: stop?.timeout_s ?? 10 },
    start_timeout_s: service.start_timeout_s ?? 30,
    fallback_only: service.fallback_only ?? false,
    sandbox: {
      level: sandbox?.level ?? 'strict',
      writable: (sandbox?.writable ?? []).map((path) => toAbsoluteHome(path, facts)),
      network: sandbox?.network ?? 'any',
      waiver: (sandbox?.waiver as Waiver | undefined) ?? null,
    },
    capacity: capacity
      ? {
          ram_budget_mb: capacity.ram_budget_mb,
          exclusive_with: capacity.exclusive_with ?? [],
          priority: capacity.priority ?? 50,
          evictable: capacity.evictable ?? false,
          process_pattern: capacity.process_pattern ?? null,
        }
      : null,
    waits_for_paths: (service.waits_for_paths ?? []).map((path) => toAbsoluteHome(path, facts)),
    session: service.session ?? null,
    waivers: (service.waivers as Readonly<Record<string, Waiver>> | undefined) ?? {},
    settings: service.settings ?? {},
    backends: service.backends ?? {},
    default_backend: service.default_backend ?? null,
    logs: { stdout: `${logs}/${id}.out.log`, stderr: `${logs}/${id}.err.log` },
  }
}

/** Says of its addresses what follows from how it, or another, is started. */
function follow(given: Service, { serviceOf }: ServiceSurroundings): Service {
  const service = followRouterWords(given)
  return service.health === undefined ? service : { ...service, health: followBusySources(service.health, serviceOf) }
}

/** A systemd that was found in one scope drives units of that scope only; launchd has both. */
function resolveDomain({ domain = 'user' }: Service, { service_manager }: HostFacts): 'system' | 'user' {
  const only = { 'systemd-system': 'system', 'systemd-user': 'user', launchd: null, embedded: null } as const
  return only[service_manager.kind] ?? domain
}

function resolveRun(
  { command, cwd, env = {}, secrets = {}, user, reload_signal }: NonNullable<Service['run']>,
  facts: HostFacts,
): ResolvedRun {
  return {
    command: resolveCommand(command, facts),
    cwd: toAbsoluteHome(cwd ?? facts.paths.sanctum_home, facts),
    env,
    secrets: sortedKeys(secrets).map((variable) => {
      const { secret, as = 'env' } = secrets[variable] as { secret: string; as?: 'env' | 'file' }
      return { variable, secret, file: `${facts.paths.sanctum_home}/secrets/${secret}`, as }
    }),
    user: user ?? null,
    reload_signal: reload_signal ?? null,
  }
}

function resolveCommand([program = '', ...args]: readonly string[], facts: HostFacts): string[] {
  return [resolveProgram(program, facts), ...args]
}

function resolveSchedule({ schedule }: Service): ResolvedSchedule | null {
  if (!schedule) return null
  if ('every_s' in schedule) return { kind: 'every', every_s: schedule.every_s, at_load: schedule.at_load ?? false }
  return { kind: 'at', at: schedule.at as Extract<ResolvedSchedule, { kind: 'at' }>['at'], catch_up: schedule.catch_up ?? true }
}

/** A job has done its part once it ended well; everything else is required to be up. */
function resolveRequirements({ requires = [] }: Service, { kindOf, isHere }: ServiceSurroundings): ResolvedRequirement[] {
  return requires.map((requirement) => {
    const { service, strength = 'hard', running } = typeof requirement === 'string' ? { service: requirement } : requirement
    const kind = kindOf(service)
    return { service, strength, running: running ?? (kind !== 'oneshot' && kind !== 'periodic'), here: isHere(service) }
  })
}
