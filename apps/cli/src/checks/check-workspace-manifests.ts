import type { Check } from '@sanctum/contracts'
import { diffManifests } from '../haus/diff-manifests.ts'
import type { DoctorContext } from './doctor-context.ts'

/** The checked-in manifests beside the catalog are what the catalog says. */
export const checkWorkspaceManifests: Check<DoctorContext> = {
  id: 'workspace-manifests',
  title: 'checked-in manifests',
  async run({
    command,
    loaded: {
      catalog,
      chosen: { folder },
    },
  }) {
    const differences = await diffManifests(command, catalog, folder)
    if (differences.kind === 'none-checked-in') return { kind: 'not-applicable', reason: 'this catalog checks no manifests in' }
    return {
      kind: 'ran',
      proof: 'each as the catalog renders it',
      findings: differences.changes.map(({ path, kind }) => ({
        code: 'MANIFEST_STALE',
        severity: 'error',
        message: `${path} is not what the catalog says`,
        subject: path,
        evidence: { expected: 'as rendered from the catalog', observed: kind },
        fix: {
          text: 'Write the manifests anew and commit them.',
          command: `sanctumctl catalog render --catalog ${command.ports.files.toShown(folder)}`,
          safe: true,
        },
      })),
    }
  },
}
