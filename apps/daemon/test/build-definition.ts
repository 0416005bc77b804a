import { type HausDefinition, noRemediation, type ServiceDefinition } from '../src/haus-definition.ts'

/** A daemon with a unit and nothing else; each override replaces a whole field. */
export function buildServiceDefinition(id: string, overrides: Partial<ServiceDefinition> = {}): ServiceDefinition {
  return {
    id,
    title: id,
    kind: 'daemon',
    tier: 'ops',
    hasUnit: true,
    fallbackOnly: false,
    provides: [],
    requires: [],
    health: {},
    remediation: noRemediation,
    capacity: null,
    settings: {},
    backends: {},
    defaultBackend: null,
    startTimeoutS: 30,
    stopTimeoutS: 10,
    unreadable: null,
    ...overrides,
  }
}

export function buildDefinition(services: readonly ServiceDefinition[], overrides: Partial<HausDefinition> = {}): HausDefinition {
  return { generation: 1, haus: 'Test haus', node: 'local', manager: 'embedded', services, poolMb: null, units: [], logs: [], ...overrides }
}
