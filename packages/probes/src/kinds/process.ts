import { noTarget, type ProbeKind, toTarget } from '../probe-kind.ts'

export interface ProcessTarget {
  readonly process: { readonly pid: number; readonly startedAtMs: number | null } | null
  /** Text that the command line must hold. */
  readonly pattern: string | null
}

/** Sees a process that is gone, a zombie, or stopped by a signal; one that spins or waits for ever looks alive. */
export const processKind: ProbeKind<'process', ProcessTarget> = {
  type: 'process',
  title: 'a living process',
  needsNetwork: false,
  concurrency: 8,
  seesHang: false,
  suits: ['daemon', 'container', 'external'],
  aim(probe, { process }) {
    const pattern = probe.pattern ?? null
    if (process === null && pattern === null) return noTarget('no process is known, and it has no pattern to look for one')
    return toTarget({ process, pattern })
  },
  describe: ({ process, pattern }) => (process === null ? `a process like ${JSON.stringify(pattern)}` : `process ${process.pid}`),
}
