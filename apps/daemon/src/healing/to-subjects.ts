import { type HealSubject, judgeAdmission } from '@sanctum/supervisor'
import type { HausDefinition, ServiceDefinition } from '../haus-definition.ts'
import type { HausView } from '../view-haus.ts'
import { longestRestartMs } from './perform-heal.ts'

/** What the healer is told of each service: what a cycle saw, and what the catalog says of it. Itself it cannot heal; the failsafe does. */
export function toSubjects({ services, poolMb }: HausDefinition, view: HausView): HealSubject[] {
  const definitions = new Map(services.map((service) => [service.id, service]))
  const refusalOf = createAdmission(services, poolMb, view)
  return view.subjects.flatMap((subject) => {
    const definition = definitions.get(subject.service)
    if (definition === undefined || subject.service === 'watchdog') return []
    // While its manager is silent nobody can restart it, and a try would be spent for nothing.
    const refusal = subject.silence ?? refusalOf(subject.service)
    return [{ ...subject, remediation: definition.remediation, refusal, restartMs: longestRestartMs(definition) }]
  })
}

/** Why a service has no room beside what runs; null where it has. Where nobody said how much there is everything has room. */
function createAdmission(
  definitions: readonly ServiceDefinition[],
  poolMb: number | null,
  view: HausView,
): (service: string) => string | null {
  const services = Object.fromEntries(definitions.map((service) => [service.id, service]))
  const running = view.subjects.filter(({ activity }) => activity === 'running' || activity === 'starting').map(({ service }) => service)
  const pool_mb = poolMb ?? 0
  const capacity = { pool_mb, ram_physical_mb: pool_mb, ram_reserved_mb: 0, ram_safety_mb: 0 }
  return (service) => {
    if (services[service]?.capacity == null) return null
    const admission = judgeAdmission({ service, services, running, capacity })
    return admission.kind === 'refused' ? `${admission.why}; ${admission.remedy}` : null
  }
}

/** Requirements of which nothing was seen since the trouble of a dependent began: the next look at them decides who is healed. */
export function findUnproven(subjects: readonly HealSubject[]): string[] {
  const proven = new Map(subjects.map(({ service, provenMs }) => [service, provenMs]))
  const asked = subjects
    .filter(({ verdict, confirmed }) => verdict === 'failed' && confirmed)
    .flatMap(({ requires, sinceMs }) => requires.map(({ service }) => ({ service, sinceMs })))
    .filter(({ service, sinceMs }) => {
      const provenMs = proven.get(service)
      return provenMs !== undefined && (provenMs === null || (sinceMs !== null && provenMs < sinceMs))
    })
  return [...new Set(asked.map(({ service }) => service))]
}
