import { type driftCodes, type Finding, findingCodes } from '@sanctum/contracts'
import type { FileDrift } from './judge-drift.ts'
import { quotePath } from './quote-path.ts'

type DriftCode = keyof typeof driftCodes

const codes = {
  modified: 'DRIFT_MODIFIED',
  missing: 'DRIFT_MISSING',
  extra: 'DRIFT_EXTRA',
  stale: 'DRIFT_STALE',
  metadata: 'DRIFT_METADATA',
  shadow: 'DRIFT_SHADOW',
} as const satisfies Record<FileDrift['kind'], DriftCode>

/** What a person is told about drifted files. */
export function toDriftFindings(drift: readonly FileDrift[]): Finding[] {
  return drift.map((item) => {
    const code = codes[item.kind]
    return {
      code,
      severity: findingCodes[code].severity,
      message: `${item.path}: ${item.why}${item.desired === 'live' ? '; the catalog wants what is there now' : ''}`,
      subject: item.path,
      evidence: { expected: item.expected, observed: item.observed },
      fix: toFix(item),
    }
  })
}

function toFix({ kind, path, mends, expected, observed }: FileDrift): NonNullable<Finding['fix']> {
  if (mends) return { text: 'Render again; it puts this right.', command: 'sanctumctl render', safe: true }
  if (kind === 'modified')
    return {
      text: 'Look at the difference; sanctumctl render --force puts the committed content back and keeps a copy.',
      command: 'sanctumctl render --check --diff',
      safe: true,
    }
  if (kind === 'metadata')
    return { text: `Give it to its owner again: ${expected}, not ${observed}.`, command: `ls -l ${quotePath(path)}`, safe: true }
  if (kind === 'stale')
    return {
      text: 'Look at it; sanctumctl render --force removes it and keeps a copy.',
      command: 'sanctumctl render --check --diff',
      safe: true,
    }
  return { text: 'Look at it and find out who put it there; then remove it.', command: `cat ${quotePath(path)}`, safe: true }
}
