import type { UnitManagerKind } from '@sanctum/contracts'
import type { UnitManager } from '@sanctum/supervisor'
import { createEmbeddedManager } from '@sanctum/supervisor/node'

/** The service manager of a machine, to be listed only. */
export function createUnitManager(kind: UnitManagerKind, home: string): Pick<UnitManager, 'list'> {
  return makers[kind](home)
}

const makers: Readonly<Record<UnitManagerKind, (home: string) => Pick<UnitManager, 'list'>>> = {
  embedded: (home) => createEmbeddedManager({ home }),
  'systemd-system': () => unavailable,
  'systemd-user': () => unavailable,
  launchd: () => unavailable,
}

const unavailable = { list: () => Promise.reject(new Error('it is not supported here yet')) }
