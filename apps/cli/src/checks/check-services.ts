import type { Check, Finding, Fix, ServiceStatus } from '@sanctum/contracts'
import { findRole } from '../haus/roles.ts'
import type { DoctorContext } from './doctor-context.ts'

/** Everything that is meant to run here does its work now; a watchdog that stands still is named as such. */
export const checkServices: Check<DoctorContext> = {
  id: 'services',
  title: 'services',
  async run({ isBare, held, status }) {
    if (isBare()) return { kind: 'not-applicable', reason: 'nothing is set up' }
    const { services } = await status()
    const sick = services.filter(({ verdict }) => verdict === 'failed')
    const unknown = services.filter(({ verdict }) => verdict === 'could-not-check')
    const watchdogs = new Set(findRole(held(), 'watchdog'))
    return {
      kind: 'ran',
      findings: [
        ...sick.map((service) => (watchdogs.has(service.id) && service.pid !== null ? toStalled(service) : toUnhealthy(service))),
        ...unknown.map(toUnchecked),
      ],
    }
  },
}

function toStalled({ id, why }: ServiceStatus): Finding {
  return {
    code: 'WATCHDOG_STALLED',
    severity: 'error',
    message: `${id} runs, but nobody looks after the haus: ${why}`,
    subject: id,
    evidence: { expected: 'an answer of the watchdog', observed: why },
    fix: { text: 'Restart it.', command: `sanctumctl restart ${id}`, safe: true },
  }
}

function toUnhealthy({ id, why, pid, kind, activity }: ServiceStatus): Finding {
  return {
    code: 'SERVICE_UNHEALTHY',
    severity: 'error',
    message: `${id} does not do its work: ${why}`,
    subject: id,
    evidence: { expected: 'that its probes pass', observed: why },
    fix: chooseFix({
      id,
      isOurs: kind !== 'external' && kind !== 'network',
      hasRun: pid !== null || activity === 'failed' || activity === 'backing-off',
    }),
  }
}

function chooseFix({ id, isOurs, hasRun }: { readonly id: string; readonly isOurs: boolean; readonly hasRun: boolean }): Fix {
  if (!isOurs)
    return { text: `Start ${id} where it is run; Sanctum only looks at it. If it is gone for good, switch it off in the machine layer.` }
  return hasRun
    ? { text: 'Read what it wrote.', command: `sanctumctl logs ${id}`, safe: true }
    : { text: 'Start it.', command: 'sanctumctl up', safe: true }
}

function toUnchecked({ id, why }: ServiceStatus): Finding {
  return {
    code: 'SERVICE_UNCHECKED',
    severity: 'error',
    message: `nobody knows whether ${id} does its work: ${why}`,
    subject: id,
    evidence: { expected: 'an answer, be it good or bad', observed: why },
    fix: { text: 'Look again in a moment; if it stays so, read what it wrote.', command: `sanctumctl logs ${id}`, safe: true },
  }
}
