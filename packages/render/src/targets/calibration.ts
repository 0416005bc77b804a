import type { Target } from '../target.ts'

/**
 * `.instance.json`: the merged layers as other tools read them. It has no header, because it holds what a layer may hold
 * and nothing else; pointers to secrets stay out as well.
 */
export const renderCalibration: Target = ({ haus }) => {
  const { $schema: _modeline, secrets: _pointers, ...merged } = haus.merged
  return {
    drafts: [
      {
        target: 'calibration',
        subject: 'instance',
        path: 'instance.json',
        publish: `${haus.host.sanctum_home}/.instance.json`,
        mode: '0600',
        content: `${JSON.stringify(toSorted(merged), null, 2)}\n`,
        unit: null,
      },
    ],
    findings: [],
  }
}

/** A copy with keys in code-unit order at every depth, so that the order in which layers were merged does not show. */
function toSorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSorted)
  if (typeof value !== 'object' || value === null) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, toSorted((value as Record<string, unknown>)[key])]))
}
