import type { UnitState } from '@sanctum/contracts'

/** A loaded, wanted, running unit of the embedded manager. */
export function buildUnitState(service: string, overrides: Partial<UnitState> = {}): UnitState {
  return {
    service,
    unit: `com.sanctum.${service}`,
    manager: 'embedded',
    loaded: true,
    wanted: true,
    activity: 'running',
    pid: 4242,
    startedAtMs: 1_700_000_000_000,
    restarts: 0,
    lastExit: null,
    definitionDigest: null,
    definitionFile: null,
    dropIns: [],
    needsReload: false,
    why: 'it runs',
    ...overrides,
  }
}
