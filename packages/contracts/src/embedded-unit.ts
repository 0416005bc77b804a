import * as z from 'zod'
import { probe } from './documents/health.ts'
import { id, milliseconds, port, seconds, variable } from './documents/names.ts'
import { schedule, serviceKind } from './documents/service.ts'

/** A probe with its pace filled in, as it stands in JSON. */
export const resolvedProbe = z.intersection(
  probe,
  z.looseObject({ timeout_ms: milliseconds, interval_s: seconds, open_after: z.int().min(1), close_after: z.int().min(1) }),
)

/**
 * `embedded/<service>.json`: all that the embedded supervisor needs to know of one unit, where neither launchd nor
 * systemd runs. Nothing in it is a secret; a unit that needs one starts through `bin/with-secrets`.
 */
export const embeddedUnit = z.strictObject({
  schema_version: z.literal(1),
  /** For a reader: what it was made from, and the SHA-256 of this document without these two. */
  source: z.string(),
  digest: z.string(),
  service: id,
  /** The name of the unit: the label of the service. */
  unit: z.string().min(1),
  title: z.string(),
  kind: serviceKind,
  /** Absolute program first; no shell reads it. */
  command: z.array(z.string()).min(1),
  cwd: z.string(),
  /** All that it gets beside PATH, HOME, USER, LANG and TZ of the supervisor and the marks by which the supervisor knows it again. */
  env: z.record(variable, z.string()),
  /** Absolute paths of the files that take what it writes; the two may be the same. */
  stdout: z.string(),
  stderr: z.string(),
  /** False: known, but started by a person, the router or its schedule only. */
  starts: z.boolean(),
  restart: z.strictObject({
    when: z.enum(['always', 'on-failure', 'never']),
    delay_s: seconds,
    max_delay_s: seconds,
    limit: z.strictObject({ starts: z.int().min(1), window_s: z.int().min(1) }),
  }),
  stop: z.strictObject({ signal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP']), timeout_s: z.int().min(1) }),
  /** Null: a change of configuration restarts it. */
  reload_signal: z.enum(['SIGHUP', 'SIGUSR1', 'SIGUSR2']).nullable(),
  /** Only those that live here and have a unit. */
  requires: z.array(z.strictObject({ service: id, strength: z.enum(['hard', 'soft']), running: z.boolean() })),
  start_timeout_s: z.int().min(1),
  readiness: resolvedProbe.nullable(),
  schedule: schedule.nullable(),
  waits_for_paths: z.array(z.string()),
  ports: z.array(z.strictObject({ port, protocol: z.enum(['tcp', 'udp']), address: z.string() })),
})
export type EmbeddedUnit = z.infer<typeof embeddedUnit>

/** The fields that a process is started with. A change of the others holds from the moment at which the supervisor reads it. */
export const embeddedProcessFields = ['unit', 'kind', 'command', 'cwd', 'env', 'stdout', 'stderr'] as const satisfies (keyof EmbeddedUnit)[]
