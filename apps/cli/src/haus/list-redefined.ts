import type { GenerationPlan } from '@sanctum/generations'
import type { UnitName } from '@sanctum/supervisor'

/** Units whose manager has to read another definition than before, also where what runs stays as it is. */
export function listRedefined({ changes, surfaces, impact }: Pick<GenerationPlan, 'changes' | 'surfaces' | 'impact'>): UnitName[] {
  const changed = new Set(changes.flatMap(({ place, path }) => (place === 'generation' ? [path] : [])))
  const acting = impact.filter(({ action }) => action !== 'stay').map(({ service, unit }) => ({ service, unit }))
  const redefined = surfaces.flatMap(({ unit, path }) =>
    unit !== null && changed.has(path) ? [{ service: unit.service, unit: unit.name }] : [],
  )
  return [...new Map([...acting, ...redefined].map((name) => [`${name.service} ${name.unit}`, name])).values()]
}
