import type { Haus, UnitManagerKind } from '@sanctum/contracts'
import type { UnitManager } from '@sanctum/supervisor'
import { createEmbeddedManager } from '@sanctum/supervisor/node'
import { findSupervisor } from '../haus/roles.ts'

type Make = (haus: Haus) => UnitManager

const managers: Readonly<Record<UnitManagerKind, Make>> = {
  embedded: (haus) => createEmbeddedManager({ home: haus.host.sanctum_home, self: findSupervisor(haus) ?? 'watchdog' }),
  launchd: notYet,
  'systemd-system': notYet,
  'systemd-user': notYet,
}

/** Whoever owns the processes on this machine. */
export function createUnitManager(haus: Haus): UnitManager {
  return managers[haus.manager.kind](haus)
}

function notYet(haus: Haus): UnitManager {
  throw new Error(`no manager for ${haus.manager.kind} yet`)
}
