import { type LastRun, noTarget, type ProbeKind, toTarget } from '../probe-kind.ts'

export interface JobTarget {
  readonly lastRun: LastRun
  readonly maxAgeMs: number
}

/** How a job ended and how long ago. Whether it runs now is never asked: it is meant to end. */
export const jobKind: ProbeKind<'job', JobTarget> = {
  type: 'job',
  title: 'the last end of a job',
  needsNetwork: false,
  concurrency: 16,
  seesHang: true,
  suits: ['periodic', 'oneshot'],
  aim({ max_age_s }, { lastRun }) {
    if (lastRun === null) return noTarget('no end of a run is known yet')
    return toTarget({ lastRun, maxAgeMs: max_age_s * 1000 })
  },
  describe: () => 'its last end',
}
