import type { GenerationDocument, Haus } from '@sanctum/contracts'
import { type ManagedUnit, mergeManagedUnits, toManagedUnits } from '@sanctum/supervisor'
import type { Generations } from '../ports.ts'

/**
 * The units that the generations of this home have ever defined, for a manager that has to be asked by name. What holds now comes last
 * and counts; older generations name those that are to be forgotten.
 */
export function listManagedUnits(haus: Haus, generations: Generations): ManagedUnit[] {
  const services = new Map(Object.entries(haus.services))
  return mergeManagedUnits(toDocuments(generations).map(({ surfaces }) => toManagedUnits(surfaces, services)))
}

function toDocuments(generations: Generations): GenerationDocument[] {
  const current = generations.readCurrent()
  const all = generations.list().flatMap(({ document }) => document ?? [])
  return [...all.sort((a, b) => a.number - b.number), ...(current === null ? [] : [current])]
}
