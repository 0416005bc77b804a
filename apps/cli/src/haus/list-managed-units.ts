import type { GenerationDocument, Haus } from '@sanctum/contracts'
import { labelOf } from '@sanctum/generations'
import { type ManagedUnit, mergeManagedUnits, toBaseName, toManagedUnits } from '@sanctum/supervisor'
import type { Generations } from '../ports.ts'
import { parseKeptHaus } from './parse-kept-haus.ts'

/**
 * The units that the generations of this home have ever defined, for a manager that has to be asked by name. What holds now comes last
 * and counts; older generations name those that are to be forgotten.
 */
export function listManagedUnits(haus: Haus, generations: Generations): ManagedUnit[] {
  const services = new Map(Object.entries(haus.services))
  const described = mergeManagedUnits(toDocuments(generations).map(({ surfaces }) => toManagedUnits(surfaces, services)))
  const known = new Set(described.map(({ unit }) => toBaseName(unit)))
  return [...toRetiredUnits(haus).filter(({ unit }) => !known.has(toBaseName(unit))), ...described]
}

/** The account whose own manager had units of this home last; undefined where none had. */
export function findAccount(generations: Generations): string | undefined {
  const last = generations.list().findLast(({ document }) => document?.surfaces.some(({ unit }) => unit?.domain === 'user'))
  const haus = last === undefined ? null : parseKeptHaus(generations.readHaus(last.number))
  return haus?.host.user.name
}

/** Units that this machine may still have though no generation that is kept remembers them. */
function toRetiredUnits({ retired, manager, host }: Haus): ManagedUnit[] {
  return Object.entries(retired).map(([service, tombstone]) => {
    const domain = manager.kind === 'launchd' ? (tombstone.domain ?? 'user') : manager.kind === 'systemd-system' ? 'system' : 'user'
    const folder = (domain === 'system' ? host.system_units : host.user_units) ?? ''
    const label = labelOf(service, tombstone)
    const file = `${folder}/${label}.${manager.kind === 'launchd' ? 'plist' : 'service'}`
    const base = { service, unit: label, kind: 'daemon', domain, session: null, file, starts: false, reloadSignal: null } as const
    return { ...base, isTimed: false, isRetired: true }
  })
}

function toDocuments(generations: Generations): GenerationDocument[] {
  const current = generations.readCurrent()
  const all = generations.list().flatMap(({ document }) => document ?? [])
  return [...all.sort((a, b) => a.number - b.number), ...(current === null ? [] : [current])]
}
