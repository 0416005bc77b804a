import { readFileSync } from 'node:fs'
import type { ManagedUnit } from '@sanctum/supervisor'

/** A user-domain daemon; each override replaces a whole field. */
export function buildManagedUnit(service: string, overrides: Partial<ManagedUnit> = {}): ManagedUnit {
  return {
    service,
    unit: `com.sanctum.${service}`,
    kind: 'daemon',
    domain: 'user',
    session: null,
    file: `/home/neo/units/com.sanctum.${service}`,
    starts: true,
    isTimed: false,
    reloadSignal: null,
    ...overrides,
  }
}

export function readFixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8')
}
