import type { Finding, Haus, HausStatus, ResolvedService, UnitState } from '@sanctum/contracts'
import type { DrillFault } from './drill-faults.ts'

/** What a drill is going to hit, and what has to come of it. */
export interface DrillPlan {
  readonly service: string
  readonly fault: DrillFault
  /** The service whose process is hit. */
  readonly target: string
  readonly pid: number
  /** The port that is held, for a squat. */
  readonly port: { readonly port: number; readonly address: string } | null
  /** Services that must keep their processes, and the processes that they have. */
  readonly bystanders: readonly { readonly service: string; readonly pid: number }[]
  /** The longest that detection and recovery may take together, ms. */
  readonly patienceMs: number
}

export type DrillPlanning =
  | { readonly kind: 'planned'; readonly plan: DrillPlan }
  /** `isOfTheMoment`: by how something was at one look, which another look may not find. */
  | { readonly kind: 'refused'; readonly finding: Finding; readonly isOfTheMoment: boolean }

interface Sight {
  readonly haus: Haus
  readonly status: HausStatus
  readonly units: readonly UnitState[]
}

/** Faults are injected only where everything that the drill needs is well: else nobody could tell what it showed. */
export function planDrill(service: ResolvedService, fault: DrillFault, sight: Sight): DrillPlanning {
  const target = fault === 'dependency' ? findDependency(service, sight) : service
  if (target === null)
    return refuse(service.id, `it requires no service with a process of its own here, so no dependency can be taken from it`)
  const why = judgeTarget(target, fault)
  if (why !== null) return refuse(service.id, why)
  const unwell = judgeHealth(target, sight)
  if (unwell !== null) return { ...refuse(service.id, unwell), isOfTheMoment: true }
  const port = target.provides.find(({ protocol }) => protocol === 'tcp') ?? null
  if (fault === 'port-squat' && port === null) return refuse(service.id, `${target.id} provides no TCP port that could be held`)
  return {
    kind: 'planned',
    plan: {
      service: service.id,
      fault,
      target: target.id,
      pid: pidOf(target.id, sight.units) as number,
      port: fault === 'port-squat' && port !== null ? { port: port.port, address: port.address } : null,
      bystanders: findBystanders(target, sight),
      patienceMs: patienceMs(target),
    },
  }
}

function findDependency({ requires }: ResolvedService, { haus, units }: Sight): ResolvedService | null {
  const ids = requires.filter(({ here, strength }) => here && strength === 'hard').map(({ service }) => service)
  const id = ids.find((each) => pidOf(each, units) !== null && haus.services[each]?.run != null)
  return id === undefined ? null : (haus.services[id] ?? null)
}

function judgeTarget(target: ResolvedService, fault: DrillFault): string | null {
  if (target.id === 'watchdog' && fault !== 'kill' && fault !== 'hang') return 'the watchdog itself is drilled with kill or hang'
  if (target.run === null || (target.kind !== 'daemon' && target.kind !== 'container'))
    return `${target.id} is ${target.kind === 'daemon' ? 'not started by Sanctum' : `a ${target.kind}`}; only what is meant to stay up can be healed`
  if (target.health.liveness === undefined) return `${target.id} has no liveness probe, so nobody could see that it came back`
  return null
}

function judgeHealth(target: ResolvedService, { status, units }: Sight): string | null {
  const row = status.services.find(({ id }) => id === target.id)
  if (row?.verdict !== 'healthy') return `${target.id} is ${row?.verdict ?? 'unknown'} already: ${row?.why ?? 'nothing is known of it'}`
  if (pidOf(target.id, units) === null) return `its manager tells no process of ${target.id}`
  const watchdog = status.services.find(({ id }) => id === 'watchdog')
  if (target.id !== 'watchdog' && watchdog !== undefined && watchdog.verdict !== 'healthy')
    return `the watchdog, which has to see it, is ${watchdog.verdict}: ${watchdog.why}`
  return null
}

function pidOf(service: string, units: readonly UnitState[]): number | null {
  return units.find((unit) => unit.service === service)?.pid ?? null
}

/** Everybody else that runs: whoever depends on the target must wait, and the others have nothing to do with it. */
function findBystanders(target: ResolvedService, { units }: Sight): DrillPlan['bystanders'] {
  return units.flatMap(({ service, pid }) => (service === target.id || pid === null ? [] : [{ service, pid }]))
}

/** A probe may have to fail as often as its policy says, the process to be ended, and the next one to start, three times over. */
function patienceMs({ health, stop, start_timeout_s }: ResolvedService): number {
  const probe = health.liveness
  const seenMs = probe === undefined ? 0 : probe.interval_s * 1000 + probe.open_after * (probe.timeout_ms + 1000)
  return 3 * (seenMs + (stop.timeout_s + start_timeout_s) * 1000) + 30_000
}

function refuse(subject: string, why: string): Extract<DrillPlanning, { kind: 'refused' }> {
  return {
    kind: 'refused',
    isOfTheMoment: false,
    finding: {
      code: 'DRILL_NOT_POSSIBLE',
      severity: 'error',
      message: `${subject} cannot be drilled: ${why}`,
      subject,
      evidence: { expected: 'a service that may be harmed and can be healed', observed: why },
      fix: { text: 'See how it is, or choose another service or fault.', command: 'sanctumctl status', safe: true },
    },
  }
}
