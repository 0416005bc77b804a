import { type Finding, hasErrors } from '@sanctum/contracts'
import { hostFinding } from './host-finding.ts'

/** The findings of this machine's own layer, with the one that says whose configuration is wrong: this host's, not the catalog's. */
export function judgeMachineLayer(source: string, findings: readonly Finding[]): readonly Finding[] {
  if (!hasErrors(findings)) return findings
  const [first, ...more] = findings.filter(({ severity }) => severity === 'error')
  return [
    ...findings,
    hostFinding(
      'MACHINE_LAYER_INVALID',
      `what this machine says of itself in ${source} does not count until ${more.length === 0 ? 'that is' : `those ${more.length + 1} places are`} corrected`,
      {
        ...(first?.at ? { at: first.at } : { subject: source }),
        fix: { text: `Correct ${source} at the places named here.` },
      },
    ),
  ]
}
