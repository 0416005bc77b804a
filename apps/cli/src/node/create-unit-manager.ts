import type { Haus, UnitManagerKind } from '@sanctum/contracts'
import type { Generations } from '@sanctum/generations/node'
import { type ManagedUnit, toManagedUnits, type UnitManager } from '@sanctum/supervisor'
import { createEmbeddedManager, createLaunchdManager, createSystemdManager } from '@sanctum/supervisor/node'
import { findSupervisor } from '../haus/roles.ts'

type Make = (haus: Haus, units: () => readonly ManagedUnit[]) => UnitManager

const managers: Readonly<Record<UnitManagerKind, Make>> = {
  embedded: (haus) => createEmbeddedManager({ home: haus.host.sanctum_home, self: findSupervisor(haus) ?? 'watchdog' }),
  launchd: (haus, units) => createLaunchdManager({ uid: haus.host.user.uid, units }),
  'systemd-system': (_, units) => createSystemdManager({ scope: 'system', units }),
  'systemd-user': (_, units) => createSystemdManager({ scope: 'user', units }),
}

/** Whoever owns the processes on this machine, with the units that the generations of this home have ever defined. */
export function createUnitManager(haus: Haus, generations: Generations): UnitManager {
  return managers[haus.manager.kind](haus, () => listUnits(haus, generations))
}

/** The newest definition of each unit counts; older generations name those that are to be forgotten. */
function listUnits(haus: Haus, generations: Generations): ManagedUnit[] {
  const current = generations.readCurrent()
  const older = generations.list().flatMap(({ document }) => document ?? [])
  const services = new Map(Object.entries(haus.services))
  const units = [...older, ...(current === null ? [] : [current])].flatMap(({ surfaces }) => toManagedUnits(surfaces, services))
  return [...new Map(units.map((unit) => [`${unit.domain}/${unit.unit}`, unit])).values()]
}
