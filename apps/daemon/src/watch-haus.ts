import type { Observation, ResolvedProbe, ServiceStatus, UnitState, Verdict } from '@sanctum/contracts'
import {
  type HausSummary,
  judgeHaus,
  type LastRun,
  type ProbeContext,
  probeTargets,
  type ServiceJudgement,
  summarizeHaus,
  toServiceStatus,
} from '@sanctum/probes'
import type { HausDefinition, ServiceDefinition } from './haus-definition.ts'
import type { Look } from './look.ts'
import { createProbeTracks, type ProbeTracks } from './probe-tracks.ts'
import { toEvidence } from './to-evidence.ts'

export interface WatchPorts {
  /** Everything that the service manager of this machine has for us. */
  readonly listUnits: (definition: HausDefinition) => Promise<readonly UnitState[]>
  readonly readLastRun: (definition: HausDefinition, service: string) => Promise<LastRun | null>
  readonly observe: (probe: ResolvedProbe, context: ProbeContext, signal: AbortSignal) => Promise<Observation>
  readonly nowMs: () => number
  readonly monotonicMs: () => number
}

/** The haus as one cycle saw it. */
export interface HausView extends HausSummary {
  readonly atMs: number
  readonly services: readonly ServiceStatus[]
  readonly judgements: Readonly<Record<string, ServiceJudgement>>
}

export interface HausWatch {
  /** Starts what is due, waits for it for `settleMs` at most, judges everything. A look that takes longer counts in a later cycle. */
  look(definition: HausDefinition, settleMs: number): Promise<HausView>
  /** Until something is due. */
  nextDueMs(): number
  /** Every probe, or those of one service, is due with the next look. */
  hurry(service: string | null): void
  /** Calls off what is under way. */
  close(): void
}

/** The unit manager is asked for no longer than this. */
const LIST_MS = 3000

/** Observes and judges the services of a haus, cycle after cycle. It changes nothing. */
export function createHausWatch(ports: WatchPorts): HausWatch {
  const tracks = createProbeTracks(ports)
  const since = new Map<string, { readonly verdict: Verdict; readonly atMs: number }>()

  return {
    async look(definition, settleMs) {
      const units = await listUnits(ports, definition)
      const contexts = new Map<string, ProbeContext>()
      for (const service of definition.services) contexts.set(service.id, await toContext(ports, definition, service, units.of(service)))
      tracks.begin(definition.services.flatMap((service) => toLooks(service, units.of(service), contexts.get(service.id) as ProbeContext)))
      await tracks.settle(settleMs)
      return toView(definition, units, tracks, since, ports.nowMs())
    },
    nextDueMs: tracks.nextDueMs,
    hurry: tracks.hurry,
    close: tracks.close,
  }
}

interface Units {
  of(service: ServiceDefinition): UnitState | null
  /** Why the manager said nothing; null where it did. */
  readonly silence: string | null
}

async function listUnits({ listUnits }: WatchPorts, definition: HausDefinition): Promise<Units> {
  if (!definition.services.some(({ hasUnit }) => hasUnit)) return { of: () => null, silence: null }
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${LIST_MS} ms`)), LIST_MS)
    })
    const listed = new Map((await Promise.race([listUnits(definition), late])).map((unit) => [unit.service, unit]))
    return { of: ({ id }) => listed.get(id) ?? null, silence: null }
  } catch (error) {
    return { of: () => null, silence: `the service manager does not say: ${error instanceof Error ? error.message : String(error)}` }
  } finally {
    clearTimeout(timer)
  }
}

async function toContext(
  ports: WatchPorts,
  definition: HausDefinition,
  service: ServiceDefinition,
  unit: UnitState | null,
): Promise<ProbeContext> {
  const asksJob = Object.values(service.health).some((probe) => probe?.type === 'job')
  return {
    provides: service.provides,
    // Its manager has just made sure that the pid is still the same process, by a clock that nobody can set.
    process: unit === null || unit.pid === null ? null : { pid: unit.pid, startedAtMs: null },
    lastRun: asksJob ? await ports.readLastRun(definition, service.id) : null,
  }
}

function toLooks(service: ServiceDefinition, unit: UnitState | null, context: ProbeContext): Look[] {
  if (unit !== null && isAtRest(service, unit)) return []
  const incarnation = `${unit?.pid ?? ''}/${unit?.startedAtMs ?? ''}`
  return probeTargets(service.health, context).map(({ purpose, probe }) => ({ service: service.id, purpose, probe, context, incarnation }))
}

/** What is meant to be down answers nothing, and asking would find somebody else at best. */
function isAtRest({ kind, fallbackOnly }: ServiceDefinition, { activity, wanted }: UnitState): boolean {
  if (kind === 'periodic' || kind === 'oneshot') return false
  return activity === 'stopped' && (wanted === false || fallbackOnly)
}

function toView(
  definition: HausDefinition,
  units: Units,
  tracks: ProbeTracks,
  since: Map<string, { verdict: Verdict; atMs: number }>,
  nowMs: number,
): HausView {
  const seen = tracks.judge(nowMs)
  const evidence = definition.services.map(
    (service) => [service.id, toEvidence(service, units.of(service), units.silence, seen.get(service.id) ?? {}, nowMs)] as const,
  )
  const judgements = judgeHaus(Object.fromEntries(evidence))
  const services = definition.services.map((service) => {
    const judgement = describeUnreadable(service) ?? (judgements[service.id] as ServiceJudgement)
    judgements[service.id] = judgement
    return toServiceStatus(service, units.of(service), {
      judgement,
      sinceMs: sinceOf(since, service.id, judgement.verdict, nowMs),
      unitless: 'unknown',
    })
  })
  return { atMs: nowMs, services, judgements, ...summarizeHaus(judgements) }
}

function describeUnreadable({ unreadable }: ServiceDefinition): ServiceJudgement | null {
  return unreadable === null
    ? null
    : { verdict: 'could-not-check', why: `its manifest cannot be read: ${unreadable}`, cause: null, confirmed: true }
}

function sinceOf(since: Map<string, { verdict: Verdict; atMs: number }>, id: string, verdict: Verdict, nowMs: number): number {
  const known = since.get(id)
  if (known?.verdict === verdict) return known.atMs
  since.set(id, { verdict, atMs: nowMs })
  return nowMs
}
