import type {
  Haus,
  HausStatus,
  Judgement,
  Observation,
  ProbePurpose,
  ResolvedService,
  ServiceStatus,
  UnitActivity,
  UnitState,
} from '@sanctum/contracts'
import {
  type HausEvidence,
  judge,
  judgeHaus,
  type ProbeContext,
  type ProbeTarget,
  probeTargets,
  summarizeHaus,
  toServiceStatus,
} from '@sanctum/probes'
import type { CommandContext } from '../command.ts'
import { readHeldService } from './read-held-service.ts'

/** Looks at every service of the haus now, once, and says what that means. A table like this never waits for a second look. */
export async function observeStatus({ ports }: CommandContext, haus: Haus): Promise<HausStatus> {
  const { current, confirmed } = ports.generations([]).readPointers()
  const states = new Map((await listUnits(ports, haus)).map((state) => [state.service, state]))
  const services = Object.values(haus.services).map((service) => readHeldService(ports, service))
  const evidence = await Promise.all(
    services.map(async (service) => [service.id, await gatherEvidence(ports, service, states.get(service.id) ?? null)] as const),
  )
  const judged = judgeHaus(Object.fromEntries(evidence.map(([id, { evidence: known }]) => [id, known])))
  const byId = new Map(services.map((service) => [service.id, service]))
  const rows = haus.order.flatMap((id): ServiceStatus[] => {
    const service = byId.get(id)
    const judgement = judged[id]
    return service && judgement
      ? [toServiceStatus(service, states.get(id) ?? null, { judgement, sinceMs: null, unitless: unitlessActivity(service) })]
      : []
  })
  return {
    schema_version: 1,
    haus: haus.instance.name,
    node: haus.node.id,
    manager: haus.manager.kind,
    generation: current.kind === 'set' ? current.number : null,
    confirmed: confirmed.kind === 'set' ? confirmed.number : null,
    at_ms: ports.clock.now(),
    verdict: current.kind === 'none' ? 'failed' : summarizeHaus(judged).verdict,
    services: rows,
    skipped: Object.entries(haus.skipped).map(([id, { why }]) => ({ id, why })),
  }
}

/** Unit states, or none before the first generation. */
async function listUnits(ports: CommandContext['ports'], haus: Haus): Promise<readonly UnitState[]> {
  return ports.units(haus).list()
}

async function gatherEvidence(
  ports: CommandContext['ports'],
  service: ResolvedService,
  state: UnitState | null,
): Promise<{ evidence: HausEvidence }> {
  const now = ports.clock.now()
  const context = toProbeContext(service, state)
  // A service that is down has nothing to ask.
  const isAskable = state === null || state.pid !== null || service.kind !== 'daemon'
  const startOverdue = state?.startedAtMs != null && now - state.startedAtMs > service.start_timeout_s * 1000
  // A look without a memory does not know that it once came up; whoever supervises it, or the time that has passed, does.
  const hasStarted = startOverdue || (state?.manager === 'embedded' && state.activity === 'running')
  const targets = (isAskable ? probeTargets(service.health, context) : []).filter(({ purpose }) => purpose !== 'startup' || !hasStarted)
  const judgements = await Promise.all(targets.map(async (target) => [target.purpose, await judgeOnce(ports, target, context)] as const))
  return {
    evidence: {
      kind: service.kind,
      activity: service.run === null ? null : (state?.activity ?? 'stopped'),
      activityWhy: state?.why ?? 'it was never started',
      lastExit: state?.lastExit ?? null,
      wanted: state?.wanted ?? null,
      fallbackOnly: service.fallback_only,
      startOverdue,
      judgements: Object.fromEntries(judgements) as Partial<Record<ProbePurpose, Judgement>>,
      requires: service.requires.filter(({ here }) => here),
    },
  }
}

async function judgeOnce(
  ports: CommandContext['ports'],
  { probe, askable, question }: ProbeTarget,
  context: ProbeContext,
): Promise<Judgement> {
  const observation: Observation = askable
    ? await ports.observe(probe, context)
    : { kind: 'could-not-check', atMs: ports.clock.now(), tookMs: 0, detail: question }
  return judge([observation], { ...probe, stale_after_ms: Number.POSITIVE_INFINITY }, ports.clock.now())
}

/** What a probe may know of a service at this moment. */
export function toProbeContext(service: ResolvedService, state: UnitState | null): ProbeContext {
  return {
    provides: service.provides,
    // Its manager has just verified the pid; a start by the wall clock would be wrong after a step of it.
    process: state?.pid == null ? null : { pid: state.pid, startedAtMs: null },
    lastRun: null,
  }
}

function unitlessActivity({ run, container }: ResolvedService): UnitActivity {
  return run === null && container === null ? 'unknown' : 'stopped'
}
