import type { ProbePurpose, ResolvedProbe } from '@sanctum/contracts'
import type { ProbeContext } from '@sanctum/probes'

/** One question of a cycle: which probe of which service, and what is known of its process. */
export interface Look {
  readonly service: string
  readonly purpose: ProbePurpose
  readonly probe: ResolvedProbe
  readonly context: ProbeContext
  /** Whom it asks through a socket; null where it asks nobody. */
  readonly host: string | null
  /** Changes with each process: what was seen of an earlier one says nothing about this start. */
  readonly incarnation: string
  /** Its process has not answered yet and has time left, so that only the probe that tells its start is asked. */
  readonly gated: boolean
  /** Its process has not answered yet and has time left: that it does not answer counts against nobody. */
  readonly starting: boolean
}
