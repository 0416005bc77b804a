import { randomBytes } from 'node:crypto'
import type { RouterScorecard } from '@sanctum/contracts'
import { type Delivery, type Fault, type RouteDefinition, toDrillRoutes } from '@sanctum/router-failover'
import { createFaultServer, runExam } from '@sanctum/router-failover/node'

export interface RouterDrill {
  readonly port: number
  readonly faults: readonly Fault[]
  readonly delivery: Delivery
  /** 1 is full length. */
  readonly timeScale: number
  readonly addRoute: (route: RouteDefinition, ttlMs: number) => Promise<void>
  readonly removeRoute: (name: string) => Promise<void>
}

/** So many cases at once: they mostly wait. */
const CONCURRENCY = 8
/** A shadow route that nobody takes away goes by itself. */
const TTL_MS = 10 * 60_000

/** Plants faults behind shadow routes of a running router, asks it, and scores what came. Its own routes are not touched. */
export async function drillRouter({ port, faults, delivery, timeScale, addRoute, removeRoute }: RouterDrill): Promise<RouterScorecard> {
  await using server = await createFaultServer({ timeScale })
  return await runExam({
    subject: {
      name: 'sanctum router',
      version: null,
      async address(place) {
        for (const route of toDrillRoutes(place, delivery, timeScale)) await addRoute(route, TTL_MS)
        return { url: `http://127.0.0.1:${port}/v1/chat/completions`, model: place.caseId }
      },
      async release({ caseId }) {
        await Promise.all([removeRoute(caseId), removeRoute(`${caseId}-larger`)])
      },
    },
    faults,
    server,
    delivery,
    isStream: true,
    timeScale,
    concurrency: CONCURRENCY,
    runName: `drill-${randomBytes(4).toString('hex')}`,
  })
}
