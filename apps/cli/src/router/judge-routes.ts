import type { RouterRouteStatus } from '@sanctum/contracts'

/** Somebody may answer for it, as far as is known. */
export function isRouteServed({ targets }: RouterRouteStatus): boolean {
  return targets.some(({ condition }) => condition !== 'down' && condition !== 'misconfigured')
}
