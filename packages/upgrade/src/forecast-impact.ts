import type { ChangeClass, ImpactForecast } from '@sanctum/contracts'

/** A service as the running generation has it. */
export interface RunningService {
  readonly id: string
  /** Whether its process is a program of this installation, which another revision replaces. */
  readonly isOurs: boolean
}

/** What a change may do to the services of this machine, before its revision is built; the render of the new revision says it exactly. */
export function forecastImpact(change: ChangeClass, services: readonly RunningService[]): readonly ImpactForecast[] {
  if (change === 'docs' || change === 'none') return []
  return services.flatMap(({ id, isOurs }): ImpactForecast[] => {
    if (isOurs) return [{ service: id, action: 'restart', why: 'its program is of another revision' }]
    return change === 'machine-contract'
      ? [{ service: id, action: 'may-change', why: 'catalogs or renderers change; the render of the new revision says how' }]
      : []
  })
}
