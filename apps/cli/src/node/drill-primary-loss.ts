import { randomBytes } from 'node:crypto'
import type { PrimaryLossReport } from '@sanctum/contracts'
import { type RouteDefinition, toShadowRoute } from '@sanctum/router-failover'
import { askCanary, createRelay, runPrimaryLoss } from '@sanctum/router-failover/node'

export interface PrimaryLossDrill {
  readonly port: number
  readonly route: RouteDefinition
  readonly burst: number
  readonly addRoute: (route: RouteDefinition, ttlMs: number) => Promise<void>
  readonly removeRoute: (name: string) => Promise<void>
  readonly residentBytes: () => Promise<number | null>
}

const TTL_MS = 15 * 60_000
/** A cold model of the household, twice. */
const ANSWER_MS = 150_000
const RETURN_MS = 120_000
const POLL_MS = 500

/** The primary of a copy of the route goes away behind a door of its own; everybody else still reaches it. */
export async function drillPrimaryLoss({
  port,
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
    const address = { url: `http://127.0.0.1:${port}/v1/chat/completions`, model: name }
    return await runPrimaryLoss(
      { route: route.name, primaryName: `${name}/0`, burst, returnLimitMs: RETURN_MS, pollMs: POLL_MS },
      { ask: () => askCanary(address, ANSWER_MS), losePrimary: relay.lose, restorePrimary: relay.restore, residentBytes },
    )
  } finally {
    await removeRoute(name)
  }
}
