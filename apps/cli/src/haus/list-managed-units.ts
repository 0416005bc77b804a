import type { GenerationDocument, Haus } from '@sanctum/contracts'
import { type ManagedUnit, toManagedUnits } from '@sanctum/supervisor'
import type { Generations } from '../ports.ts'

/**
 * The units that the generations of this home have ever defined, for a manager that has to be asked by name. The newest
 * definition of each counts; older generations name those that are to be forgotten.
 */
export function listManagedUnits(haus: Haus, generations: Generations): ManagedUnit[] {
  const services = new Map(Object.entries(haus.services))
  const units = toDocuments(generations).flatMap(({ surfaces }) => toManagedUnits(surfaces, services))
  return [...new Map(units.map((unit) => [`${unit.domain}/${unit.unit}`, unit])).values()]
}

function toDocuments(generations: Generations): GenerationDocument[] {
  const current = generations.readCurrent()
  return [...generations.list().flatMap(({ document }) => document ?? []), ...(current === null ? [] : [current])]
}
