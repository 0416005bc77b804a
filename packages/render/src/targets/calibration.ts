import { toSorted } from '../documents/to-sorted.ts'
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
