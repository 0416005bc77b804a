import type { Delivery, RouteDefinition } from '../../config/router-definition.ts'
import { type CasePlace, toDrillRoutes } from '../../drill/drill-route.ts'
import type { ExamSubject } from './run-exam.ts'

export interface RouterSubjectOptions {
  /** Of the router, with its version path. */
  readonly baseUrl: string
  readonly version: string | null
  readonly delivery: Delivery
  readonly timeScale: number
  /** For what the router asks of its own clients. */
  readonly headers?: Readonly<Record<string, string>>
  /** Adds a shadow route, in this process or by the admin API of a running router; rejects where it is refused. */
  addRoute(route: RouteDefinition): Promise<void>
  removeRoute(name: string): Promise<void>
}

/** Our own router as the subject of an examination: each case on a shadow route of its own, gone when the case is over. */
export function createRouterSubject(options: RouterSubjectOptions): ExamSubject {
  const routesOf = (place: CasePlace): readonly RouteDefinition[] => toDrillRoutes(place, options.delivery, options.timeScale)
  return {
    name: 'sanctum-router',
    version: options.version,
    async address(place) {
      for (const route of routesOf(place).toReversed()) await options.addRoute(route)
      return { url: `${options.baseUrl}/chat/completions`, model: place.caseId, headers: options.headers ?? {} }
    },
    async release(place) {
      for (const route of routesOf(place)) await options.removeRoute(route.name)
    },
  }
}
