import type { Check, CheckOutcome, FileChange, Finding, RenderTarget } from '@sanctum/contracts'
import { isBare } from '../haus/require-generation.ts'
import type { DoctorContext } from './doctor-context.ts'

const groups: readonly { readonly id: string; readonly title: string; readonly targets: readonly RenderTarget[] }[] = [
  { id: 'runtime-manifests', title: 'runtime manifests', targets: ['runtime-manifests'] },
  { id: 'agent-capabilities', title: 'agent capabilities', targets: ['agent-capabilities'] },
  { id: 'agent-markdown', title: 'agent documents', targets: ['agent-markdown'] },
  { id: 'calibration', title: 'runtime calibration', targets: ['calibration'] },
  { id: 'unit-files', title: 'unit files', targets: ['launchd', 'systemd', 'embedded', 'programs'] },
]

/** One check for each kind of generated file: what is committed is what the catalog says, and what is live is what was committed. */
export const driftChecks: readonly Check<DoctorContext>[] = groups.map(({ id, title, targets }) => ({
  id,
  title,
  run: (context) => judgeTargets(context, new Set(targets)),
}))

async function judgeTargets({ plan, command }: DoctorContext, targets: ReadonlySet<RenderTarget>): Promise<CheckOutcome> {
  if (isBare(command)) return { kind: 'not-applicable', reason: 'nothing is set up' }
  const { plan: wanted } = await plan()
  if (
    !wanted.surfaces.some(({ target }) => targets.has(target)) &&
    !wanted.changes.some(({ target }) => target !== null && targets.has(target))
  )
    return { kind: 'not-applicable', reason: 'this node has none' }
  return {
    kind: 'ran',
    findings: wanted.changes.filter((change) => change.target !== null && targets.has(change.target) && !isOthers(change)).map(toDrift),
  }
}

/** A file that somebody else wrote or edited has a finding of its own, with the difference. */
function isOthers({ kind }: FileChange): boolean {
  return kind === 'foreign' || kind === 'edited'
}

function toDrift({ kind, path, subject, why, place }: FileChange): Finding {
  return {
    code: 'DRIFT_FILE',
    severity: 'error',
    message: `${path} is not what the catalog says: ${why}`,
    subject: place === 'published' ? path : subject,
    evidence: { expected: 'as rendered from the catalog', observed: kind },
    fix: { text: 'Render again.', command: 'sanctumctl render', safe: true },
  }
}
