import type { Check } from '@sanctum/contracts'
import { checkBootstrap } from '../checks/check-bootstrap.ts'
import { checkDrift } from '../checks/check-drift.ts'
import { checkPorts } from '../checks/check-ports.ts'
import { checkUnits } from '../checks/check-units.ts'
import { checkHealer } from '../checks/deep/check-healer.ts'
import { checkJobs } from '../checks/deep/check-jobs.ts'
import { checkJournal } from '../checks/deep/check-journal.ts'
import { checkBinds } from '../checks/deep/check-listeners.ts'
import { checkNames } from '../checks/deep/check-names.ts'
import { probesCheck } from '../checks/deep/check-probes.ts'
import { checkSecretAccess } from '../checks/deep/check-secret-access.ts'
import type { DoctorContext } from '../checks/doctor-context.ts'
import { toStep, type VerifyContext } from './verify-context.ts'

/** Who holds a port is the matter of another step. */
const unitsStep: Check<DoctorContext> = {
  ...checkUnits,
  async run(context) {
    const outcome = await checkUnits.run(context)
    return outcome.kind === 'ran' ? { ...outcome, findings: outcome.findings.filter(({ code }) => code !== 'PORT_HELD') } : outcome
  },
}

const checks: readonly Check<DoctorContext>[] = [
  checkBootstrap,
  { ...checkDrift, id: 'files' },
  unitsStep,
  checkPorts,
  checkBinds,
  // Whether each does its real work is asked from outside, end to end.
  probesCheck(['startup', 'readiness', 'liveness']),
  checkNames,
  checkSecretAccess,
  checkJobs,
  checkHealer,
  checkJournal,
]

/** What is on this machine and what runs: the same checks that doctor asks, one after the other. */
export const runtimeSteps: readonly Check<VerifyContext>[] = checks.map(toStep)
