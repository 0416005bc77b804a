import { type ProbeKind, toTarget } from '../probe-kind.ts'

export interface HeartbeatTarget {
  readonly path: string
  readonly maxAgeMs: number
  /** A JSON pointer to a number that must change; null: the age is enough. */
  readonly sequence: string | null
}

export const heartbeatKind: ProbeKind<'heartbeat', HeartbeatTarget> = {
  type: 'heartbeat',
  title: 'a file that the service writes again and again',
  needsNetwork: false,
  concurrency: 16,
  seesHang: true,
  suits: ['daemon', 'periodic', 'container', 'external'],
  aim: ({ path, max_age_s, sequence }) => toTarget({ path, maxAgeMs: max_age_s * 1000, sequence: sequence ?? null }),
  describe: ({ path }) => `heartbeat in ${path}`,
}
