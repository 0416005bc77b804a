import { type ProbeKind, toTarget } from '../probe-kind.ts'

export interface DiskTarget {
  readonly path: string
  readonly maxUsedPercent: number
}

export const diskKind: ProbeKind<'disk', DiskTarget> = {
  type: 'disk',
  title: 'room on a disk',
  needsNetwork: false,
  concurrency: 8,
  seesHang: false,
  suits: ['daemon', 'periodic', 'oneshot', 'container', 'network', 'external'],
  aim: ({ path, max_used_percent }) => toTarget({ path, maxUsedPercent: max_used_percent }),
  describe: ({ path }) => `room at ${path}`,
}
