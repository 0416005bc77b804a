import type { ResolvedService, ServiceStatus, UnitActivity, UnitState } from '@sanctum/contracts'
import type { ServiceJudgement } from './service-evidence.ts'

/** What a row says of a service whatever its state. */
export type StatusSubject = Pick<ResolvedService, 'id' | 'title' | 'kind' | 'tier'> & {
  readonly provides: readonly { readonly port: number }[]
}

/** What is known of a service beside its unit. */
export interface StatusKnowledge {
  readonly judgement: ServiceJudgement
  /** When its verdict began, for a service without a process; null where nobody kept it. */
  readonly sinceMs: number | null
  /** What it does where no manager says anything of a unit. */
  readonly unitless: UnitActivity
  readonly starting?: boolean
}

/** One row of the honest table. */
export function toServiceStatus(
  { id, title, kind, tier, provides }: StatusSubject,
  state: UnitState | null,
  { judgement, sinceMs, unitless, starting = false }: StatusKnowledge,
): ServiceStatus {
  const { verdict, why, cause, symptom, failing, busy } = judgement
  return {
    id,
    title,
    kind,
    tier,
    activity: state?.activity ?? unitless,
    verdict,
    ports: provides.map(({ port }) => port),
    pid: state?.pid ?? null,
    since_ms: state?.pid != null ? state.startedAtMs : sinceMs,
    restarts: state?.restarts ?? 0,
    why,
    ...(cause === null ? {} : { root_cause: cause }),
    ...(starting ? { starting } : {}),
    ...withoutGaps({ symptom, failing, busy }),
  }
}

function withoutGaps<T extends object>(fields: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [Key in keyof T]?: NonNullable<T[Key]> }
}
