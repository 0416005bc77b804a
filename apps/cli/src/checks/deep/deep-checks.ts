import type { Check } from '@sanctum/contracts'
import type { DoctorContext } from '../doctor-context.ts'
import { checkCapacity } from './check-capacity.ts'
import { checkHealer } from './check-healer.ts'
import { checkJobs } from './check-jobs.ts'
import { checkJournal } from './check-journal.ts'
import { checkBinds, checkListeners } from './check-listeners.ts'
import { checkLoadPath } from './check-load-path.ts'
import { checkNames } from './check-names.ts'
import { checkPidFiles } from './check-pid-files.ts'
import { checkProbes } from './check-probes.ts'
import { checkRevisions } from './check-revisions.ts'
import { checkRouter } from './check-router.ts'
import { checkSecretAccess } from './check-secret-access.ts'
import { checkWaivers } from './check-waivers.ts'

/** What doctor asks beyond its quick checks. Loaded only when it is asked. */
export const deepChecks: readonly Check<DoctorContext>[] = [
  checkProbes,
  checkNames,
  checkCapacity,
  checkSecretAccess,
  checkJobs,
  checkLoadPath,
  checkListeners,
  checkBinds,
  checkPidFiles,
  checkHealer,
  checkRevisions,
  checkJournal,
  checkRouter,
  checkWaivers,
]
