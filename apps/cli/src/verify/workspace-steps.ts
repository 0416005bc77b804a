import { type Check, countWords, type Finding, type Surface } from '@sanctum/contracts'
import { renderHaus } from '@sanctum/render'
import { checkWorkspaceManifests } from '../checks/check-workspace-manifests.ts'
import { toFinding } from '../checks/deep/to-finding.ts'
import type { DoctorContext } from '../checks/doctor-context.ts'
import { toStep, type VerifyContext } from './verify-context.ts'

/** The catalog reads, lints and resolves. */
const catalogStep: Check<VerifyContext> = {
  id: 'catalog',
  title: 'catalog and layers',
  async run({ load }) {
    const loading = await load()
    if (loading.kind === 'refused') return { kind: 'ran', findings: loading.findings }
    const { unusable } = loading.doctor
    if (unusable !== null) return { kind: 'ran', findings: unusable }
    const { haus, catalog, findings } = loading.doctor.loaded
    return { kind: 'ran', findings, proof: `${catalog.name}: ${Object.keys(haus.services).length} services for node ${haus.node.id}` }
  },
}

/** The same haus renders to the same bytes, twice. */
const renderStep: Check<DoctorContext> = {
  id: 'render',
  title: 'render is the same twice',
  run({ command: { ports }, loaded: { haus } }) {
    const [first, second] = [renderHaus(haus, { digest: ports.digest }), renderHaus(haus, { digest: ports.digest })]
    const findings = [...first.findings, ...judgeStable(first.surfaces, second.surfaces)]
    return { kind: 'ran', findings, proof: `${countWords(first.surfaces.length, 'file')}, the same twice` }
  },
}

export function judgeStable(first: readonly Surface[], second: readonly Surface[]): Finding[] {
  const before = new Map(first.map((surface) => [surface.path, surface]))
  const after = new Map(second.map((surface) => [surface.path, surface]))
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort()
  return paths
    .filter((path) => before.get(path)?.digest !== after.get(path)?.digest || before.get(path)?.mode !== after.get(path)?.mode)
    .map((path) =>
      toFinding('RENDER_UNSTABLE', {
        message: `${path} is another file each time it is rendered`,
        subject: path,
        evidence: { expected: before.get(path)?.digest ?? 'no file', observed: after.get(path)?.digest ?? 'no file' },
        fix: { text: 'Report it; see what it renders to.', command: 'sanctumctl render --check --diff', safe: true },
      }),
    )
}

/** No path of one machine is written into the folder of the catalog. */
const auditStep: Check<DoctorContext> = {
  id: 'host-audit',
  title: 'paths of one machine in the folder',
  async run({
    command: { ports },
    loaded: {
      chosen: { folder },
    },
  }) {
    const findings = await ports.host.audit(folder)
    if (findings === null) return { kind: 'could-not-check', reason: `there is no folder ${folder}` }
    return { kind: 'ran', findings, proof: `${ports.files.toShown(folder)} holds no path of one machine` }
  },
}

/** What lies in the workspace, without a look at what runs. The checked-in manifests are its goldens. */
export const workspaceSteps: readonly Check<VerifyContext>[] = [
  catalogStep,
  toStep(renderStep),
  toStep({ ...checkWorkspaceManifests, id: 'manifests', title: 'checked-in manifests, the goldens of the folder' }),
  toStep(auditStep),
]
