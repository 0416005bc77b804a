import { type Check, countWords, type Finding, type Haus, parseJson, type RouterStatusDocument, routerStatus } from '@sanctum/contracts'
import { describeAge } from '@sanctum/probes'
import { toRouterDefinition } from '@sanctum/router-failover'
import { findRole } from '../../haus/roles.ts'
import type { LocalAnswer, Ports, RouterPlace } from '../../ports.ts'
import { findLastWhole, judgeScorecard, type KeptDrill, mergeDrills, readDrills } from '../../router/drill-record.ts'
import { toBaseUrl } from '../../router/router-place.ts'
import { readRouterPlace, wordsOfService } from '../../router/router-words.ts'
import type { DoctorContext } from '../doctor-context.ts'
import { toFinding } from './to-finding.ts'

/** The router's servers that it may not ask, and whether its fallbacks were exercised. That it answers at all its probe says. */
export const checkRouter: Check<DoctorContext> = {
  id: 'router',
  title: 'the servers of the router, and its last drill',
  async run({ command: { ports }, held, probeMs }) {
    const haus = held()
    const [service] = findRole(haus, 'router')
    if (service === undefined) return { kind: 'not-applicable', reason: 'no router runs here' }
    const place = await toPlace(haus.services[service], ports.files)
    const answer = place === null ? null : await (await ports.router()).ask(place, backends, Math.min(probeMs(), ROUTER_MS))
    const status = answer?.kind === 'answered' ? (routerStatus.safeParse(parseJson(answer.body)).data ?? null) : null
    const drills = await readDrills(ports.files, ports.home)
    const needsDrill = hasFallback(haus.services[service], status)
    const findings = [
      ...judgeBackends(haus.services[service]),
      ...judgeRefused(status),
      ...judgeTargets(status),
      ...judgeDrills(drills, { needsDrill, nowMs: ports.clock.now(), toShown: ports.files.toShown }),
    ]
    if (status === null) return { kind: 'could-not-check', reason: describeSilence(place, answer), findings }
    const drilled = drills.length > 0 ? `last drill ${drills[0]?.card.taken_at}` : needsDrill ? 'never drilled' : 'no drill needed'
    return { kind: 'ran', findings, proof: `${countWords(status.routes.length, 'route')}, ${drilled}` }
  },
}

const backends = { method: 'GET', path: '/v1/backends' } as const
/** A router answers for itself within a second; one that takes longer than this is no answer. */
const ROUTER_MS = 2000

async function toPlace(service: Haus['services'][string] | undefined, files: Ports['files']): Promise<RouterPlace | null> {
  if (service?.provides[0] === undefined) return null
  return await readRouterPlace(wordsOfService(service), files)
}

function describeSilence(place: RouterPlace | null, answer: LocalAnswer | null): string {
  if (place === null || answer === null) return 'the router has no port at which it could be asked'
  const url = `${toBaseUrl(place)}${backends.path}`
  if (answer.kind === 'silent') return `the router does not answer at ${url}: ${answer.why}`
  if (answer.status === 401) return `${url} does not take the token of this user`
  return `${url} answers with status ${answer.status}, but not as a router of this version`
}

/** A router without a second server has no fallback that could be a hope. */
export function hasFallback(service: Haus['services'][string] | undefined, status: RouterStatusDocument | null): boolean {
  const parsed =
    service === undefined || Object.keys(service.backends).length === 0
      ? null
      : toRouterDefinition({ backends: service.backends, defaultRoute: service.default_backend })
  const routes: readonly { readonly targets: readonly unknown[] }[] = [
    ...(parsed?.kind === 'parsed' ? parsed.definition.routes : []),
    ...(status?.routes ?? []),
  ]
  return routes.some(({ targets }) => targets.length > 1)
}

export function judgeRefused(status: RouterStatusDocument | null): Finding[] {
  if (status === null || status.refused === null) return []
  return [
    toFinding('ROUTER_DEFINITION_REFUSED', {
      message: `the router goes on by ${status.source} as it was, since what came later was refused: ${status.refused.why}`,
      subject: status.source,
      evidence: { expected: 'a definition that the router takes', observed: status.refused.why },
      fix: { text: 'Mend it, then have it read again.', command: 'sanctumctl router reload', safe: true },
    }),
  ]
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
  { needsDrill, nowMs, toShown }: { readonly needsDrill: boolean; readonly nowMs: number; readonly toShown: (path: string) => string },
): Finding[] {
  if (drills.length === 0 && !needsDrill) return []
  const newest = findLastWhole(drills)
  const stale = newest === null || nowMs - newest > STALE_MS
  const observed =
    newest === null ? 'all the usual faults were never planted' : `the last whole drill is ${describeAge(nowMs - newest)} old`
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
    ...mergeDrills(drills).flatMap(({ card, path }) => judgeScorecard(card, toShown(path))),
  ]
}
