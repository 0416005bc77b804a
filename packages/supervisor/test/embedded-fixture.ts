import type { EmbeddedUnit } from '@sanctum/contracts'

/** A daemon of the embedded supervisor with no requirement and no probe; each override replaces a whole field. */
export function buildUnit(service: string, overrides: Partial<EmbeddedUnit> = {}): EmbeddedUnit {
  return {
    schema_version: 1,
    source: 'test',
    digest: 'a'.repeat(64),
    service,
    unit: `com.sanctum.${service}`,
    title: service,
    kind: 'daemon',
    command: ['/bin/sleep', '1000'],
    cwd: '/',
    env: {},
    stdout: `/home/neo/.sanctum/logs/${service}.out.log`,
    stderr: `/home/neo/.sanctum/logs/${service}.err.log`,
    starts: true,
    restart: { when: 'always', delay_s: 1, max_delay_s: 60, limit: { starts: 5, window_s: 60 } },
    stop: { signal: 'SIGTERM', timeout_s: 10 },
    reload_signal: null,
    requires: [],
    start_timeout_s: 30,
    readiness: null,
    schedule: null,
    waits_for_paths: [],
    ports: [],
    ...overrides,
  }
}

/** A probe that is never asked: readiness comes as an event. */
export const someReadiness: EmbeddedUnit['readiness'] = {
  type: 'tcp',
  port: 4077,
  timeout_ms: 500,
  interval_s: 1,
  open_after: 3,
  close_after: 2,
}
