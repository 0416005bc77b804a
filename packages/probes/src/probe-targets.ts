import { type Health, type ProbePurpose, probePurpose, type ResolvedProbe } from '@sanctum/contracts'
import type { Aim, ProbeContext, ProbeKind, ProbeType } from './probe-kind.ts'
import { probeKinds } from './probe-kinds.ts'

/** One question that the catalog asks of a service. */
export interface ProbeTarget {
  readonly purpose: ProbePurpose
  readonly probe: ResolvedProbe
  readonly needsNetwork: boolean
  /** Whom it asks; null where it asks nobody through a socket. */
  readonly host: string | null
  /** The question in a few words, or why it cannot be asked now. */
  readonly question: string
  readonly askable: boolean
}

/** The paces of a probe for which the catalog gives none. */
export const defaultPace = { timeout_ms: 5000, interval_s: 30, open_after: 3, close_after: 2 } as const

/** Every probe of a service in the order in which they gate each other: startup, readiness, liveness, contract. */
export function probeTargets(health: Health, context: ProbeContext): ProbeTarget[] {
  return probePurpose.options.flatMap((purpose) => {
    const spec = health[purpose]
    return spec === undefined ? [] : [toProbeTarget(purpose, { ...defaultPace, ...withoutGaps(spec) } as ResolvedProbe, context)]
  })
}

function toProbeTarget(purpose: ProbePurpose, probe: ResolvedProbe, context: ProbeContext): ProbeTarget {
  const kind = kindOf(probe.type)
  const aim = kind.aim(probe, context)
  return {
    purpose,
    probe,
    needsNetwork: kind.needsNetwork,
    host: aim.kind === 'target' ? (kind.host?.(aim.target) ?? null) : null,
    question: aim.kind === 'target' ? kind.describe(aim.target) : aim.why,
    askable: aim.kind === 'target',
  }
}

/** The row of a type, for code that treats all kinds alike. */
function kindOf(type: ProbeType): {
  needsNetwork: boolean
  aim(probe: ResolvedProbe, context: ProbeContext): Aim<unknown>
  host?(target: unknown): string
  describe(target: unknown): string
} {
  return probeKinds[type] as unknown as ProbeKind<ProbeType, unknown>
}

// A key that is there with no value would hide the default.
function withoutGaps<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T
}
