import { type ProbeKind, toTarget } from '../probe-kind.ts'

export interface LogTarget {
  readonly path: string
  readonly present: string | null
  readonly absent: string | null
  readonly withinMs: number | null
  readonly tailBytes: number
}

const TAIL_KB = 64

export const logKind: ProbeKind<'log', LogTarget> = {
  type: 'log',
  title: 'the end of a log',
  needsNetwork: false,
  concurrency: 8,
  seesHang: false,
  suits: ['daemon', 'periodic', 'oneshot', 'container', 'network', 'external'],
  aim: ({ path, present, absent, within_s, tail_kb = TAIL_KB }) =>
    toTarget({
      path,
      present: present ?? null,
      absent: absent ?? null,
      withinMs: within_s === undefined ? null : within_s * 1000,
      tailBytes: tail_kb * 1024,
    }),
  describe: ({ path }) => `the end of ${path}`,
}
