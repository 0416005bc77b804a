import type { Check } from '@sanctum/contracts'
import { checkBootstrap } from './check-bootstrap.ts'
import { checkCatalog } from './check-catalog.ts'
import { checkDrift } from './check-drift.ts'
import { checkGeneration } from './check-generation.ts'
import { checkJournalEnd } from './check-journal-end.ts'
import { checkLock } from './check-lock.ts'
import { pendingChecks } from './check-pending.ts'
import { checkPorts } from './check-ports.ts'
import { checkPrerequisites } from './check-prerequisites.ts'
import { checkRoom } from './check-room.ts'
import { checkSecrets } from './check-secrets.ts'
import { checkServices } from './check-services.ts'
import { checkUnits } from './check-units.ts'
import { checkWorkspaceManifests } from './check-workspace-manifests.ts'
import type { DoctorContext } from './doctor-context.ts'

/** What the catalog of checks names although its subject does not exist here yet; each says what it waits for. */
const waiting: readonly Check<DoctorContext>[] = [
  notApplicable('feature-matrix', 'feature matrix', 'the documentation site that holds the matrix does not exist yet'),
  notApplicable('kitchen-loop', 'Kitchen Loop sources', 'this catalog has no Kitchen Loop sources'),
  notApplicable('laptop-calibration', 'calibration of the laptop', 'no transport to another node exists yet'),
]

/** Those that judge today's catalog, and nothing that runs. */
export const catalogChecks: readonly Check<DoctorContext>[] = [checkCatalog, checkPrerequisites, checkWorkspaceManifests, ...pendingChecks]

/** Everything that `doctor --quick` asks, in the order in which it is shown. */
export const quickChecks: readonly Check<DoctorContext>[] = [
  checkCatalog,
  checkPrerequisites,
  checkBootstrap,
  checkWorkspaceManifests,
  ...pendingChecks,
  checkDrift,
  checkGeneration,
  checkSecrets,
  checkPorts,
  checkUnits,
  checkServices,
  checkLock,
  checkJournalEnd,
  checkRoom,
  ...waiting,
]

function notApplicable(id: string, title: string, reason: string): Check<DoctorContext> {
  return { id, title, run: () => ({ kind: 'not-applicable', reason }) }
}
