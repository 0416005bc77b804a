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
import { numberOf } from '@sanctum/generations'
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

/** The longest that a quick look waits for any one answer, ms. All are asked at the same time. */
export const QUICK_LOOK_MS = 1000

/**
 * Looks at every service of the haus now, once, and says what that means. A table like this never waits for a second look. What a
 * probe would wait for longer than `longestMs` could not be checked. `haus`: with its services as the generation that holds now has them,
 * since that is what runs.
 */
export async function observeStatus(
  { ports }: CommandContext,
  haus: Haus,
  { longestMs = Number.POSITIVE_INFINITY }: { readonly longestMs?: number } = {},
): Promise<HausStatus> {
  const { current, confirmed } = ports.generations([]).readPointers()
  const states = new Map((await listUnits(ports, haus)).map((state) => [state.service, state]))
  const services = Object.values(haus.services)
  const evidence = await Promise.all(
    services.map(
      async (service) => [service.id, await gatherEvidence({ ports, longestMs }, service, states.get(service.id) ?? null)] as const,
    ),
  )
  const judged = judgeHaus(Object.fromEntries(evidence.map(([id, { evidence: known }]) => [id, known])))
  const byId = new Map(services.map((service) => [service.id, service]))
  const rows = haus.order.flatMap((id): ServiceStatus[] => {
    const service = byId.get(id)
    const judgement = judged[id]
    if (service === undefined || judgement === undefined) return []
    const state = states.get(id) ?? null
    const told = state?.stopping === true && judgement.verdict === 'could-not-check' ? { ...judgement, why: state.why } : judgement
    return [toServiceStatus(service, state, { judgement: told, sinceMs: null, unitless: unitlessActivity(service) })]
  })
  return {
    schema_version: 1,
    haus: haus.instance.name,
    node: haus.node.id,
    manager: haus.manager.kind,
    generation: numberOf(current),
    confirmed: numberOf(confirmed),
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

interface Look {
  readonly ports: CommandContext['ports']
  readonly longestMs: number
}

async function gatherEvidence(look: Look, service: ResolvedService, state: UnitState | null): Promise<{ evidence: HausEvidence }> {
  const now = look.ports.clock.now()
  const context = toProbeContext(service, state)
  // A service that is down has nothing to ask; where its manager does not say, an answer does.
  const isAskable = state === null || state.pid !== null || state.activity === 'unknown' || service.kind !== 'daemon'
  const startOverdue = state?.startedAtMs != null && now - state.startedAtMs > service.start_timeout_s * 1000
  // A look without a memory does not know that it once came up; whoever supervises it, or the time that has passed, does.
  const hasStarted = startOverdue || (state?.manager === 'embedded' && state.activity === 'running')
  const targets = (isAskable ? probeTargets(service.health, context) : []).filter(({ purpose }) => purpose !== 'startup' || !hasStarted)
  const judgements = await Promise.all(targets.map(async (target) => [target.purpose, await judgeOnce(look, target, context)] as const))
  return {
    evidence: {
      kind: service.kind,
      activity: service.run === null ? null : (state?.activity ?? 'stopped'),
      activityWhy: state?.why ?? 'it was never started',
      lastExit: state?.lastExit ?? null,
      wanted: state?.wanted ?? null,
      fallbackOnly: service.fallback_only,
      startOverdue,
      // A single look cannot tell a start from a hang; of one that is being ended its manager says so, and no answer is expected.
      starting: state?.stopping === true,
      judgements: Object.fromEntries(judgements) as Partial<Record<ProbePurpose, Judgement>>,
      requires: service.requires.filter(({ here }) => here),
    },
  }
}

async function judgeOnce({ ports, longestMs }: Look, { probe, askable, question }: ProbeTarget, context: ProbeContext): Promise<Judgement> {
  const observation: Observation = askable
    ? excuseHaste(
        await ports.observe({ ...probe, timeout_ms: Math.min(probe.timeout_ms, longestMs) }, context),
        probe.timeout_ms,
        longestMs,
      )
    : { kind: 'could-not-check', atMs: ports.clock.now(), tookMs: 0, detail: question }
  return judge([observation], { ...probe, stale_after_ms: Number.POSITIVE_INFINITY }, ports.clock.now())
}

/** What did not answer within our own time may still answer within the time that it is given. */
function excuseHaste(seen: Observation, givenMs: number, longestMs: number): Observation {
  if (seen.kind !== 'failed' || seen.cause !== 'timeout' || givenMs <= longestMs) return seen
  const { atMs, tookMs, detail } = seen
  return { kind: 'could-not-check', atMs, tookMs, detail: `${detail}; it may take ${givenMs} ms, but this look waits no longer` }
}

/** What a probe may know of a service at this moment. */
export function toProbeContext(service: ResolvedService, state: UnitState | null): ProbeContext {
  return {
    provides: service.provides,
    // Its manager has just verified the pid; a start by the wall clock would be wrong after a step of it.
    process: state?.pid == null ? null : { pid: state.pid, startedAtMs: null },
    lastRun: null,
    unit: state,
  }
}

function unitlessActivity({ run, container }: ResolvedService): UnitActivity {
  return run === null && container === null ? 'unknown' : 'stopped'
}
