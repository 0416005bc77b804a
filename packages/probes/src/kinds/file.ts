import { type ProbeKind, toTarget } from '../probe-kind.ts'

export interface FileTarget {
  readonly path: string
  readonly maxAgeMs: number
}

export const fileKind: ProbeKind<'file', FileTarget> = {
  type: 'file',
  title: 'a file written lately',
  needsNetwork: false,
  concurrency: 16,
  seesHang: true,
  suits: ['daemon', 'periodic', 'oneshot', 'container', 'external'],
  aim: ({ path, max_age_s }) => toTarget({ path, maxAgeMs: max_age_s * 1000 }),
  describe: ({ path }) => `age of ${path}`,
}
