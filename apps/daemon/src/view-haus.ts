import type { ProbePurpose, ServiceKind, ServiceStatus, Symptom, Tier, UnitActivity, UnitState, Verdict } from '@sanctum/contracts'
import { type HausSummary, judgeHaus, type OwnTrouble, type ServiceJudgement, summarizeHaus, toServiceStatus } from '@sanctum/probes'
import type { HausDefinition, ServiceDefinition } from './haus-definition.ts'
import type { ProbeTracks, Proof } from './probe-tracks.ts'
import { toEvidence } from './to-evidence.ts'
import type { StartWatch } from './watch-starts.ts'

/** What the service manager said. */
export interface Units {
  of(service: ServiceDefinition): UnitState | null
  /** The same, or what it said last where it is silent now. */
  last(service: ServiceDefinition): UnitState | null
  /** Why the manager said nothing of a service; null where it did, or where there is nothing to say. */
  silence(service: ServiceDefinition): string | null
}

/** The haus as one cycle saw it. */
export interface HausView extends HausSummary {
  readonly atMs: number
  readonly services: readonly ServiceStatus[]
  readonly judgements: Readonly<Record<string, ServiceJudgement>>
  /** What whoever heals must know of each service, in the order of the definition; what to do about it is in the catalog. */
  readonly subjects: readonly WatchedSubject[]
  /** Why what was seen may be the watchdog's own trouble; null where it is not. */
  readonly itIsMe: string | null
}

export interface WatchedSubject extends Proof {
  readonly service: string
  readonly kind: ServiceKind
  readonly tier: Tier
  readonly requires: ServiceDefinition['requires']
  readonly verdict: Verdict
  /** False: a first impression, on which nothing may act. */
  readonly confirmed: boolean
  readonly why: string
  /** When this verdict began. */
  readonly sinceMs: number
  /** The service whose trouble this is, where it is another. */
  readonly cause: string | null
  readonly symptom: Symptom | null
  /** The purpose of the probe that fails; null where the unit itself tells. */
  readonly failing: ProbePurpose | null
  readonly activity: UnitActivity | null
  readonly wanted: boolean | null
  /** Sanctum has a unit for it on this machine. */
  readonly isOurs: boolean
  /** Why its manager said nothing of it; null where it did. */
  readonly silence: string | null
  readonly starting: boolean
  readonly busy: string | null
}

export interface Viewer {
  view(definition: HausDefinition, units: Units, trouble: OwnTrouble | null, nowMs: number): HausView
}

/** Judges what the probes and the service manager told. It remembers only since when each verdict holds. */
export function createViewer(tracks: Pick<ProbeTracks, 'judge' | 'proof'>, starts: Pick<StartWatch, 'stage'>): Viewer {
  const since = new Map<string, { readonly verdict: Verdict; readonly atMs: number }>()
  return {
    view(definition, units, trouble, nowMs) {
      const judgements = judgeServices(definition, units, tracks, starts, nowMs)
      return {
        atMs: nowMs,
        services: definition.services.map((service) => {
          const judgement = judgements[service.id] as ServiceJudgement
          const starting = starts.stage(service, units.last(service), nowMs) === 'starting'
          const sinceMs = sinceOf(since, service.id, judgement.verdict, nowMs)
          return toServiceStatus(service, units.of(service), { judgement, sinceMs, unitless: 'unknown', starting })
        }),
        judgements,
        subjects: definition.services.map((service) => ({
          ...toSubject(
            service,
            { unit: units.of(service), last: units.last(service), silence: units.silence(service) },
            judgements[service.id] as ServiceJudgement,
            starts.stage(service, units.last(service), nowMs),
          ),
          ...tracks.proof(service.id, nowMs),
          sinceMs: sinceOf(since, service.id, (judgements[service.id] as ServiceJudgement).verdict, nowMs),
        })),
        itIsMe: trouble?.why ?? null,
        ...summarizeHaus(judgements),
      }
    },
  }
}

function judgeServices(
  { services }: HausDefinition,
  units: Units,
  tracks: Pick<ProbeTracks, 'judge'>,
  starts: Pick<StartWatch, 'stage'>,
  nowMs: number,
): Record<string, ServiceJudgement> {
  const seen = tracks.judge(nowMs)
  const evidence = services.map((service) => {
    const stage = starts.stage(service, units.last(service), nowMs)
    return [service.id, toEvidence(service, units.of(service), units.silence(service), seen.get(service.id) ?? {}, stage)] as const
  })
  const judgements = judgeHaus(Object.fromEntries(evidence))
  for (const service of services)
    judgements[service.id] = describeUnreadable(service) ?? explain(judgements[service.id] as ServiceJudgement, service, units)
  return judgements
}

function toSubject(
  { id, kind, tier, requires, hasUnit }: ServiceDefinition,
  { unit, last, silence }: { readonly unit: UnitState | null; readonly last: UnitState | null; readonly silence: string | null },
  { verdict, confirmed, why, cause, symptom, failing, busy }: ServiceJudgement,
  stage: ReturnType<StartWatch['stage']>,
): Omit<WatchedSubject, keyof Proof | 'sinceMs'> {
  return {
    service: id,
    kind,
    tier,
    requires,
    verdict,
    confirmed,
    why,
    cause,
    symptom: symptom ?? null,
    failing: failing ?? null,
    activity: unit?.activity ?? null,
    // What a person took down stays so while nobody can be asked.
    wanted: last?.wanted ?? null,
    isOurs: hasUnit,
    silence,
    starting: stage === 'starting',
    busy: busy ?? null,
  }
}

function describeUnreadable({ unreadable }: ServiceDefinition): ServiceJudgement | null {
  return unreadable === null
    ? null
    : { verdict: 'could-not-check', why: `its manifest cannot be read: ${unreadable}`, cause: null, confirmed: true }
}

/** What the unit knows better than the probes: that nobody can be asked, or that it is being ended. */
function explain(judgement: ServiceJudgement, service: ServiceDefinition, units: Units): ServiceJudgement {
  const silence = units.silence(service)
  const unit = units.last(service)
  const isOpen = judgement.verdict === 'could-not-check'
  if (silence !== null && isOpen) return { ...judgement, why: `${silence}${unit === null ? '' : `; what it said last: ${unit.why}`}` }
  if (unit?.stopping === true && isOpen) return { ...judgement, why: unit.why }
  // Our own supervisor has not written it down yet, or is at what it left behind; it does not start.
  const isGone = unit?.manager === 'embedded' && unit.activity === 'running' && unit.pid === null
  if (isGone && isOpen) return { ...judgement, why: 'its process has just ended' }
  return judgement
}

function sinceOf(since: Map<string, { verdict: Verdict; atMs: number }>, id: string, verdict: Verdict, nowMs: number): number {
  const known = since.get(id)
  if (known?.verdict === verdict) return known.atMs
  since.set(id, { verdict, atMs: nowMs })
  return nowMs
}
