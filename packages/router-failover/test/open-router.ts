import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CasePlace, type Delivery, defaultPolicy, healthyFault, scalePolicy, toDrillRoutes } from '@sanctum/router-failover'
import { createRouter, createRouterSubject, type ExamSubject, type FaultServer, type Router } from '@sanctum/router-failover/node'

export interface OpenRouter extends AsyncDisposable {
  readonly router: Router
  readonly baseUrl: string
  subject(delivery: Delivery): ExamSubject
}

/** The router of this repository behind a port of loopback, with one healthy route and whatever a drill adds. */
export async function openRouter(server: FaultServer, timeScale: number): Promise<OpenRouter> {
  const place: CasePlace = server.open(`base-${Math.random().toString(36).slice(2)}`, healthyFault)
  const routes = toDrillRoutes(place, 'live', timeScale)
  const { retry, ...policy } = scalePolicy(defaultPolicy, timeScale)
  // Fifty troubles at once are those of fifty households, and one must not spend the retries of the others.
  const router = createRouter({
    definition: { routes, defaultRoute: place.caseId },
    policy: { ...policy, retry: { ...retry, perMinute: 1000, most: 1000 } },
  })
  const front = createServer((request, response) => router.handle(request, response))
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(front.address() as AddressInfo).port}/v1`
  return {
    router,
    baseUrl,
    subject: (delivery) =>
      createRouterSubject({
        baseUrl,
        version: null,
        delivery,
        timeScale,
        async addRoute(route) {
          const outcome = router.addShadowRoute(route, 3_600_000)
          if (outcome.kind === 'refused') throw new Error(`the router refused ${route.name}: ${outcome.why}`)
        },
        async removeRoute(name) {
          router.removeShadowRoute(name)
        },
      }),
    async [Symbol.asyncDispose]() {
      await router.close(0)
      front.closeAllConnections()
      await new Promise((resolve) => front.close(resolve))
    },
  }
}
