import type { Check, CheckOutcome, FileChange, Finding, RenderTarget } from '@sanctum/contracts'
import type { GenerationPlan } from '@sanctum/generations'
import { blockedByCatalog, type DoctorContext } from './doctor-context.ts'

const groups: readonly { readonly id: string; readonly title: string; readonly targets: readonly RenderTarget[] }[] = [
  { id: 'runtime-manifests', title: 'runtime manifests', targets: ['runtime-manifests'] },
  { id: 'agent-capabilities', title: 'agent capabilities', targets: ['agent-capabilities'] },
  { id: 'agent-markdown', title: 'agent documents', targets: ['agent-markdown'] },
  { id: 'calibration', title: 'runtime calibration', targets: ['calibration'] },
  { id: 'unit-files', title: 'unit files', targets: ['launchd', 'systemd', 'embedded', 'programs'] },
]

/** One check for each kind of generated file: what is committed is what the catalog says. */
export const pendingChecks: readonly Check<DoctorContext>[] = groups.map(({ id, title, targets }) => ({
  id,
  title,
  run: (context) => judgeTargets(context, new Set(targets)),
}))

async function judgeTargets({ plan, isBare, unusable }: DoctorContext, targets: ReadonlySet<RenderTarget>): Promise<CheckOutcome> {
  if (isBare()) return { kind: 'not-applicable', reason: 'nothing is set up' }
  if (unusable !== null) return blockedByCatalog
  const { plan: wanted } = await plan()
  if (
    !wanted.surfaces.some(({ target }) => targets.has(target)) &&
    !wanted.changes.some(({ target }) => target !== null && targets.has(target))
  )
    return { kind: 'not-applicable', reason: 'this node has none' }
  return {
    kind: 'ran',
    findings: listPending(wanted)
      .filter(({ target }) => target !== null && targets.has(target))
      .map(toPending),
  }
}

/** A file that is put back as it was committed drifted, and one outside follows that in the generation: neither waits for anything by itself. */
function listPending({ changes, repairs }: Pick<GenerationPlan, 'changes' | 'repairs'>): FileChange[] {
  const repaired = new Set(repairs.map(({ path }) => path))
  return changes.filter(({ place, path }) => place === 'generation' && !repaired.has(path))
}

function toPending({ kind, path, subject, why }: FileChange): Finding {
  return {
    code: 'CHANGE_PENDING',
    severity: 'error',
    message: `${path} is not committed as the catalog says: ${why}`,
    subject,
    evidence: { expected: 'as rendered from the catalog', observed: kind },
    fix: { text: 'Render; look first with sanctumctl render --check --diff.', command: 'sanctumctl render', safe: true },
  }
}
