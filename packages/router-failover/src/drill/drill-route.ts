import type { Delivery, RouteDefinition, TargetDefinition } from '../config/router-definition.ts'
import { drillModels } from './drill-answer.ts'
import type { Fault, ServerRole } from './fault.ts'

/** Where the servers of one case are. */
export interface CasePlace {
  /** Also what the model is called that a client asks for. */
  readonly caseId: string
  readonly fault: Fault
  /** Base addresses with their version path. */
  readonly urls: Readonly<Record<ServerRole, string>>
  /** Of whom the certificate of the primary should be; null where it speaks plainly. */
  readonly caFile: string | null
}

/** Long enough for a busy machine, at any scale: loopback takes a connection at once or not at all. */
const CONNECT_MS = 1000

/** The route that a case is examined on, and where it has one, the route for what is too long for it. */
export function toDrillRoutes(place: CasePlace, delivery: Delivery, timeScale: number): readonly [RouteDefinition, ...RouteDefinition[]] {
  const { caseId, fault } = place
  const larger = fault.largerContext ? `${caseId}-larger` : null
  const primary = toTarget(place, 'primary', timeScale)
  const fallback = toTarget(place, 'fallback', timeScale)
  const route = toRoute(caseId, delivery, [primary, fallback])
  if (larger === null) return [route]
  return [{ ...route, largerContext: larger }, toRoute(larger, delivery, [{ ...fallback, id: `${larger}/0` }])]
}

/** A route as it is, under another name and with its primary behind another door; what is learned of the one is not told of the other. */
export function toShadowRoute(route: RouteDefinition, name: string, primaryUrl: string): RouteDefinition {
  const targets = route.targets.map((target, index) => ({
    ...target,
    id: `${name}/${index}`,
    ...(index === 0 ? { url: primaryUrl, key: `${name} ${target.key}` } : {}),
  }))
  return { ...route, name, models: [name], intentKeywords: [], targets }
}

function toRoute(name: string, delivery: Delivery, targets: readonly TargetDefinition[]): RouteDefinition {
  return {
    name,
    description: null,
    models: [name],
    intentKeywords: [],
    secure: false,
    delivery,
    targets,
    slow: null,
    dailyCapCompletionTokens: null,
    stripThinking: false,
    largerContext: null,
    continuation: false,
  }
}

function toTarget({ caseId, fault, urls, caFile }: CasePlace, role: ServerRole, timeScale: number): TargetDefinition {
  const { firstTokenMs, idleMs, loadMs } = fault.limits
  const isTls = urls[role].startsWith('https:')
  return {
    id: `${caseId}/${role === 'primary' ? 0 : 1}`,
    key: `${urls[role]} ${drillModels[role]}`,
    url: urls[role],
    model: drillModels[role],
    locality: 'local',
    endpoints: null,
    architectures: null,
    loadTimeMs: loadMs === null ? null : loadMs * timeScale,
    timeouts: { connectMs: CONNECT_MS, firstTokenMs: firstTokenMs * timeScale, idleMs: idleMs * timeScale, totalMs: null },
    credential: { kind: 'none' },
    tls: isTls ? { caFile, certFile: null, keyFile: null } : null,
    prefill: false,
    isProbed: true,
  }
}
