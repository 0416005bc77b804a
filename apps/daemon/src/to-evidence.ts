import type { Judgement, ProbePurpose, UnitState } from '@sanctum/contracts'
import type { HausEvidence } from '@sanctum/probes'
import type { ServiceDefinition } from './haus-definition.ts'
import type { StartStage } from './watch-starts.ts'

/** What is known of a service, from its definition, its unit and its probes. `silence`: why the manager said nothing. */
export function toEvidence(
  service: ServiceDefinition,
  unit: UnitState | null,
  silence: string | null,
  judgements: Readonly<Partial<Record<ProbePurpose, Judgement>>>,
  start: StartStage,
): HausEvidence {
  return {
    kind: service.kind,
    ...activityOf(service, unit, silence),
    lastExit: unit?.lastExit ?? null,
    wanted: unit?.wanted ?? null,
    fallbackOnly: service.fallbackOnly,
    startOverdue: start === 'overdue',
    starting: start === 'starting',
    judgements,
    requires: service.requires,
  }
}

function activityOf(
  { hasUnit }: ServiceDefinition,
  unit: UnitState | null,
  silence: string | null,
): Pick<HausEvidence, 'activity' | 'activityWhy'> {
  if (!hasUnit) return { activity: null, activityWhy: 'nothing here supervises it' }
  if (unit !== null) return { activity: unit.activity, activityWhy: unit.why }
  if (silence !== null) return { activity: 'unknown', activityWhy: silence }
  return { activity: 'stopped', activityWhy: 'the service manager does not know its unit' }
}
