import * as z from 'zod'
import { health } from './health.ts'
import { argv, day, id, megabytes, nodeType, osFamily, port, profile, seconds, serviceId, template, tier, variable } from './names.ts'
import { backend } from './router.ts'

/**
 * daemon: runs until stopped. periodic: runs by a schedule and ends. oneshot: runs once and ends.
 * container: the container runtime runs it. network: an interface or a path, nothing to start.
 * external: somebody else runs it; observed, never started.
 */
export const serviceKind = z.enum(['daemon', 'periodic', 'oneshot', 'container', 'network', 'external'])
export type ServiceKind = z.infer<typeof serviceKind>

/** Where a service may run. Every condition given must hold; within one list any entry is enough. */
export const placement = z.strictObject({
  nodes: z.array(id).min(1).optional(),
  types: z.array(nodeType).min(1).optional(),
  capabilities: z.array(id).min(1).optional(),
  os: z.array(osFamily).min(1).optional(),
})
export type Placement = z.infer<typeof placement>

export const run = z.strictObject({
  command: argv,
  cwd: template.optional(),
  env: z.record(variable, template).optional(),
  /** Variable to secret. `env` puts the value there at start; `file` puts the path of the 0600 file there. */
  secrets: z
    .record(
      variable,
      z.strictObject({
        secret: z.string().regex(/^[A-Za-z0-9._-]+$/, 'the name of a file under secrets/: letters, digits, dots, _ and -'),
        as: z.enum(['env', 'file']).optional(),
      }),
    )
    .optional(),
  /** The account of a system-domain service; absent: the operator's. */
  user: z.string().optional(),
  /** Signal to re-read the configuration; absent: a change of configuration restarts. */
  reload_signal: z.enum(['SIGHUP', 'SIGUSR1', 'SIGUSR2']).optional(),
})

export const provided = z.strictObject({
  port,
  protocol: z.enum(['tcp', 'udp']).optional(),
  /** The address it binds; loopback by default. */
  address: template.optional(),
  name: z.string().optional(),
  security: z.enum(['plain', 'tls', 'mtls']).optional(),
  /** Why it is this port and no other. */
  port_lore: z.string().optional(),
})
export type Provided = z.infer<typeof provided>

/** `hard`: not without it. `soft`: better with it. `running: true` asks that it is up, not only that it once ended well. */
export const requirement = z.union([
  serviceId,
  z.strictObject({
    service: serviceId,
    strength: z.enum(['hard', 'soft']).optional(),
    running: z.boolean().optional(),
    reason: z.string().optional(),
  }),
])
export type Requirement = z.infer<typeof requirement>

const time = z.strictObject({
  month: z.int().min(1).max(12).optional(),
  day: z.int().min(1).max(31).optional(),
  /** 0 is Sunday. */
  weekday: z.int().min(0).max(6).optional(),
  hour: z.int().min(0).max(23).optional(),
  minute: z.int().min(0).max(59).optional(),
})
export const schedule = z.union([
  z.strictObject({ every_s: z.int().min(1), at_load: z.boolean().optional() }),
  z.strictObject({ at: z.array(time).min(1), catch_up: z.boolean().optional() }),
])
export type Schedule = z.infer<typeof schedule>

export const restart = z.strictObject({
  when: z.enum(['always', 'on-failure', 'never']).optional(),
  delay_s: seconds.optional(),
  /** The growing delay stops growing here. */
  max_delay_s: seconds.optional(),
  /** Starts within the window before the manager gives up. */
  limit: z.strictObject({ starts: z.int().min(1), window_s: z.int().min(1) }).optional(),
})

export const stop = z.strictObject({
  signal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP']).optional(),
  timeout_s: z.int().min(1).optional(),
})

export const remediation = z.strictObject({
  actions: z
    .array(z.strictObject({ name: id, command: argv.optional(), restart: z.boolean().optional(), cooldown_s: seconds.optional() }))
    .optional(),
  max_restarts: z.int().min(0).optional(),
  window_s: z.int().min(1).optional(),
  cooldown_s: seconds.optional(),
  quarantine_after: z.int().min(1).optional(),
  escalation_level: z.int().min(0).max(4).optional(),
  responsible_agent: id.optional(),
})

export const serviceCapacity = z.strictObject({
  ram_budget_mb: megabytes,
  exclusive_with: z.array(serviceId).optional(),
  priority: z.int().min(0).max(100).optional(),
  evictable: z.boolean().optional(),
  process_pattern: z.string().optional(),
})

const waiver = z.strictObject({ reason: z.string().min(1), owner: z.string().min(1), expires: day.optional() })

/** strict: reads and writes only its own state. home: may use the operator's home. none: no sandbox, with a waiver. */
export const sandbox = z.strictObject({
  level: z.enum(['strict', 'home', 'none']),
  writable: z.array(template).optional(),
  network: z.enum(['none', 'loopback', 'any']).optional(),
  waiver: waiver.optional(),
})

export const service = z.strictObject({
  title: z.string().optional(),
  description: z.string().optional(),
  kind: serviceKind,
  tier,
  enabled: z.boolean().optional(),
  /** The smallest install profile that has it; minimal by default. */
  profile: profile.optional(),
  on: placement.optional(),
  /** The name of its unit: a launchd label, a systemd unit. */
  label: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9.@_-]*$/, 'letters, digits, dots, @, _ and -, such as com.sanctum.watchdog')
    .optional(),
  /** system: runs without a login. user: belongs to the operator's session. */
  domain: z.enum(['system', 'user']).optional(),
  run: run.optional(),
  /** `name`: of the container; with a compose file, of its service in that file. */
  container: z.strictObject({ name: template, image: template.optional(), compose_file: template.optional() }).optional(),
  schedule: schedule.optional(),
  provides: z.array(provided).optional(),
  requires: z.array(requirement).optional(),
  capacity: serviceCapacity.optional(),
  health: health.optional(),
  remediation: remediation.optional(),
  restart: restart.optional(),
  stop: stop.optional(),
  /** Seconds that it may take to become ready. */
  start_timeout_s: z.int().min(1).optional(),
  /** Started by a person or the router when the primary is lost, never by itself. */
  fallback_only: z.boolean().optional(),
  sandbox: sandbox.optional(),
  /** Paths that may be mounted late; it starts once they exist. */
  waits_for_paths: z.array(template).optional(),
  /** launchd: the session it needs, if it needs one. */
  session: z.enum(['gui', 'background']).optional(),
  /** Field of this service to waiver, where a target cannot express the field. */
  waivers: z.record(z.string(), waiver).optional(),
  /** What only this service understands. */
  settings: z.record(z.string(), z.union([template, z.number(), z.boolean(), z.array(template)])).optional(),
  /** Model servers behind the router; only for the service that routes. */
  backends: z.record(id, backend).optional(),
  default_backend: id.optional(),
})
export type Service = z.infer<typeof service>

/** What a layer above the catalog may change of a service. `port` stands for that of its first provision. */
export const servicePatch = service.partial().extend({ port: port.optional() })
export type ServicePatch = z.infer<typeof servicePatch>

/** A service that was. Hosts clean it up, even those that were off when it went. */
export const tombstone = z.strictObject({
  label: z.string().optional(),
  domain: z.enum(['system', 'user']).optional(),
  retired: day,
  reason: z.string().min(1),
  replaced_by: serviceId.optional(),
  ports: z.array(port).optional(),
})
export type Tombstone = z.infer<typeof tombstone>
