import { randomBytes } from 'node:crypto'
import type { PrimaryLossReport, RouterScorecard } from '@sanctum/contracts'
import { type RouteDefinition, toDrillRoutes, toShadowRoute } from '@sanctum/router-failover'
import { askCanary, createFaultServer, createRelay, type GatewayAddress, runExam, runPrimaryLoss } from '@sanctum/router-failover/node'
import type { DrillPort, PrimaryLossDrill, RouterDrill, RouterPlace } from './ports.ts'
import { toBaseUrl } from './router/router-place.ts'

/** What a drill of a router plants, laid behind shadow routes of one that runs. Its own routes are not touched. */
export const drills: DrillPort = { router: drillRouter, primaryLoss: drillPrimaryLoss }

/** So many cases at once: they mostly wait. */
const CONCURRENCY = 8
/** A shadow route that nobody takes away goes by itself. */
const CASE_TTL_MS = 10 * 60_000

/** Plants faults behind shadow routes of a running router, asks it, and scores what came. Its own routes are not touched. */
async function drillRouter({
  place: router,
  clientToken,
  faults,
  delivery,
  timeScale,
  addRoute,
  removeRoute,
}: RouterDrill): Promise<RouterScorecard> {
  await using server = await createFaultServer({ timeScale })
  return await runExam({
    subject: {
      name: 'sanctum router',
      version: null,
      async address(place) {
        for (const route of toDrillRoutes(place, delivery, timeScale)) await addRoute(route, CASE_TTL_MS)
        return { ...toGateway(router, clientToken), model: place.caseId }
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

/** Chat completions of the router, asked as a client of it would. */
function toGateway(place: RouterPlace, clientToken: string | null): Omit<GatewayAddress, 'model'> {
  return {
    url: `${toBaseUrl(place)}/v1/chat/completions`,
    ...(clientToken === null ? {} : { headers: { authorization: `Bearer ${clientToken}` } }),
    ca: place.tls?.ca ?? null,
  }
}

const TTL_MS = 15 * 60_000
/** A cold model of the household, twice. */
const ANSWER_MS = 150_000
const RETURN_MS = 120_000
const POLL_MS = 500

/** The primary of a copy of the route goes away behind a door of its own; everybody else still reaches it. */
async function drillPrimaryLoss({
  place,
  clientToken,
  route,
  burst,
  addRoute,
  removeRoute,
  residentBytes,
}: PrimaryLossDrill): Promise<PrimaryLossReport> {
  const primary = new URL((route.targets[0] as RouteDefinition['targets'][number]).url)
  await using relay = await createRelay({
    host: primary.hostname.replace(/^\[|\]$/g, ''),
    port: Number(primary.port || (primary.protocol === 'https:' ? 443 : 80)),
  })
  const name = `drill-${randomBytes(4).toString('hex')}`
  await addRoute(toShadowRoute(route, name, `${primary.protocol}//127.0.0.1:${relay.port}${primary.pathname}`), TTL_MS)
  try {
    const address = { ...toGateway(place, clientToken), model: name }
    return await runPrimaryLoss(
      { route: route.name, primaryName: `${name}/0`, burst, returnLimitMs: RETURN_MS, pollMs: POLL_MS },
      { ask: () => askCanary(address, ANSWER_MS), losePrimary: relay.lose, restorePrimary: relay.restore, residentBytes },
    )
  } finally {
    await removeRoute(name)
  }
}
