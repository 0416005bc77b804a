import { type ProbeKind, toTarget } from '../probe-kind.ts'

export interface SqliteTarget {
  readonly path: string
}

export const sqliteKind: ProbeKind<'sqlite', SqliteTarget> = {
  type: 'sqlite',
  title: 'a database file without damage',
  needsNetwork: false,
  concurrency: 1,
  seesHang: false,
  suits: ['daemon', 'periodic', 'oneshot', 'container', 'network', 'external'],
  aim: ({ path }) => toTarget({ path }),
  describe: ({ path }) => `quick_check of ${path}`,
}
