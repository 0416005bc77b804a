import { noTarget, type ProbeKind, toTarget } from '../probe-kind.ts'

export interface ProcessTarget {
  readonly process: { readonly pid: number; readonly startedAtMs: number | null } | null
  /** Text that the command line must hold. */
  readonly pattern: string | null
  /** What shows that its program is no longer the one on the disk; null where it is, or nobody knows. */
  readonly replaced: { readonly file: string; readonly how: string } | null
}

/** Sees a process that is gone, a zombie, or stopped by a signal; one that spins or waits for ever looks alive. */
export const processKind: ProbeKind<'process', ProcessTarget> = {
  type: 'process',
  title: 'a living process',
  needsNetwork: false,
  concurrency: 8,
  seesHang: false,
  suits: ['daemon', 'container', 'external'],
  aim(probe, { process, program }) {
    const pattern = probe.pattern ?? null
    if (process === null && pattern === null) return noTarget('no process is known, and it has no pattern to look for one')
    return toTarget({ process, pattern, replaced: program?.replaced ?? null })
  },
  describe: ({ process, pattern }) => (process === null ? `a process like ${JSON.stringify(pattern)}` : `process ${process.pid}`),
}
