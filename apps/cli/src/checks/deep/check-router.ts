import { type Check, type Finding, type Haus, type RouterStatusDocument, routerStatus } from '@sanctum/contracts'
import { describeAge } from '@sanctum/probes'
import { toRouterDefinition } from '@sanctum/router-failover'
import { findRole } from '../../haus/roles.ts'
import { judgeScorecard, type KeptDrill, readLastDrills } from '../../router/drill-record.ts'
import type { DoctorContext } from '../doctor-context.ts'
import { askRole } from './ask-role.ts'
import { toFinding } from './to-finding.ts'

/** The router's servers that it may not ask, and whether its fallbacks were exercised. That it answers at all its probe says. */
export const checkRouter: Check<DoctorContext> = {
  id: 'router',
  title: 'the servers of the router, and its last drill',
  async run({ command: { ports }, held, inspect, probeMs }) {
    const haus = held()
    const [service] = findRole(haus, 'router')
    if (service === undefined) return { kind: 'not-applicable', reason: 'no router runs here' }
    const answer = await askRole(await inspect(), haus, { role: 'router', path: '/v1/backends', longestMs: probeMs() })
    const status = answer.kind === 'answered' ? (routerStatus.safeParse(answer.document).data ?? null) : null
    const drills = await readLastDrills(ports.files, ports.home)
    return {
      kind: 'ran',
      findings: [
        ...judgeBackends(haus.services[service]),
        ...judgeTargets(status),
        ...judgeDrills(drills, { status, nowMs: ports.clock.now(), toShown: ports.files.toShown }),
      ],
      proof: `${status?.routes.length ?? 0} routes, ${drills.length === 0 ? 'no drill needed' : `last drill ${drills[0]?.card.taken_at}`}`,
    }
  },
}

/** What the router would refuse of the catalog: a public address that nobody marked, a secure route that leaves the machine, and the like. */
export function judgeBackends(service: Haus['services'][string] | undefined): Finding[] {
  if (service === undefined || Object.keys(service.backends).length === 0) return []
  const subject = `services.${service.id}.backends`
  const parsed = toRouterDefinition({ backends: service.backends, defaultRoute: service.default_backend })
  return parsed.findings.map((finding) => ({ ...finding, subject }))
}

export function judgeTargets(status: RouterStatusDocument | null): Finding[] {
  return (status?.routes ?? [])
    .flatMap(({ targets }) => targets)
    .filter(({ condition }) => condition === 'misconfigured')
    .map(({ id, url, why }) =>
      toFinding('ROUTER_TARGET_MISCONFIGURED', {
        message: `the router does not ask ${id} at ${url}: ${why}`,
        subject: id,
        evidence: { expected: 'a server that takes the identity of the router', observed: why },
        fix: { text: 'See all of them.', command: 'sanctumctl router status', safe: true },
      }),
    )
}

/** A job runs it every week; one more day is a job that was late. */
const STALE_MS = 8 * 24 * 3_600_000

export function judgeDrills(
  drills: readonly KeptDrill[],
  {
    status,
    nowMs,
    toShown,
  }: { readonly status: RouterStatusDocument | null; readonly nowMs: number; readonly toShown: (path: string) => string },
): Finding[] {
  // A router without a second server has no fallback that could be a hope.
  if (drills.length === 0 && !(status?.routes.some(({ targets }) => targets.length > 1) ?? false)) return []
  const newest = Math.max(...drills.map(({ card }) => Date.parse(card.taken_at)))
  const stale = drills.length === 0 || nowMs - newest > STALE_MS
  const observed = drills.length === 0 ? 'none was ever made' : `the last one is ${describeAge(nowMs - newest)} old`
  return [
    ...(stale
      ? [
          toFinding('ROUTER_DRILL_STALE', {
            message: `the router was not drilled lately: ${observed}`,
            subject: 'state/drills',
            evidence: { expected: 'a drill within a week', observed },
            fix: { text: 'Plant the usual faults in shadow routes.', command: 'sanctumctl router drill', safe: true },
          }),
        ]
      : []),
    ...drills.flatMap(({ card, path }) => judgeScorecard(card, toShown(path))),
  ]
}
