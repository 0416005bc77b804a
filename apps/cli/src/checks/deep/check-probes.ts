import {
  type Check,
  countWords,
  type Finding,
  type Observation,
  type ProbePurpose,
  probePurpose,
  type ResolvedService,
  type UnitState,
} from '@sanctum/contracts'
import { type ProbeTarget, probeTargets } from '@sanctum/probes'
import { toProbeContext } from '../../haus/observe-status.ts'
import type { DoctorContext } from '../doctor-context.ts'
import { toFinding } from './to-finding.ts'

/** Every probe of every service that is meant to run is asked now, by what the current generation says of it. */
export const checkProbes: Check<DoctorContext> = probesCheck(probePurpose.options)

/** The same for some purposes only. */
export function probesCheck(purposes: readonly ProbePurpose[]): Check<DoctorContext> {
  return {
    id: 'probes',
    title: 'probes',
    async run(context) {
      if (context.isBare()) return { kind: 'not-applicable', reason: 'nothing is set up' }
      const states = new Map((await context.units()).map((state) => [state.service, state]))
      const services = Object.values(context.held().services).filter((service) => isMeantToRun(service, states.get(service.id) ?? null))
      const asked = await Promise.all(
        services.map((service) => askService(context, service, { state: states.get(service.id) ?? null, purposes })),
      )
      const count = asked.reduce((sum, one) => sum + one.count, 0)
      return {
        kind: 'ran',
        findings: asked.flatMap(({ findings }) => findings),
        proof: `${countWords(count, 'probe')} asked of ${countWords(services.length, 'service')}`,
      }
    },
  }
}

/** What a person stopped, what waits for its time, and what only stands in for another answers nothing, rightly. */
export function isMeantToRun({ fallback_only, kind, run, container }: ResolvedService, state: UnitState | null): boolean {
  if (fallback_only || kind === 'periodic' || kind === 'oneshot') return false
  return (run === null && container === null) || (state !== null && state.wanted !== false)
}

interface Asking {
  readonly state: UnitState | null
  readonly purposes: readonly ProbePurpose[]
}

async function askService({ command: { ports }, probeMs }: DoctorContext, service: ResolvedService, { state, purposes }: Asking) {
  const context = toProbeContext(service, state)
  const targets = probeTargets(service.health, context).filter(({ purpose }) => purposes.includes(purpose))
  const findings = await Promise.all(
    targets.map(async ({ purpose, probe, askable, question }) => {
      const seen: Observation = askable
        ? await ports.observe({ ...probe, timeout_ms: Math.min(probe.timeout_ms, probeMs()) }, context)
        : { kind: 'could-not-check', atMs: 0, tookMs: 0, detail: question }
      return judgeProbe(service.id, { purpose, question }, seen)
    }),
  )
  return { findings: findings.flat(), count: targets.length }
}

export function judgeProbe(
  service: string,
  { purpose, question }: Pick<ProbeTarget, 'question'> & { readonly purpose: ProbePurpose },
  seen: Observation,
): Finding[] {
  if (seen.kind === 'passed') return []
  const rest = {
    subject: `${service} ${purpose}`,
    evidence: { expected: question, observed: seen.detail },
    fix: { text: 'Read what it wrote.', command: `sanctumctl logs ${service}`, safe: true },
  }
  if (seen.kind === 'failed')
    return [toFinding('PROBE_FAILED', { message: `the ${purpose} probe of ${service} fails (${seen.cause}): ${seen.detail}`, ...rest })]
  return [toFinding('PROBE_UNCHECKED', { message: `the ${purpose} probe of ${service} could not be asked: ${seen.detail}`, ...rest })]
}
