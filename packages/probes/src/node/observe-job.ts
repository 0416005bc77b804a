import { judgeAgeBetween } from '../judge-age.ts'
import type { Sight } from '../judge-answer.ts'
import type { JobTarget } from '../kinds/job.ts'
import type { ProbeOf } from '../probe-kind.ts'

export async function observeJob(_probe: ProbeOf<'job'>, { lastRun, maxAgeMs }: JobTarget): Promise<Sight> {
  const { code, signal, endedAtMs, endedByMs = endedAtMs } = lastRun
  if (signal !== null) return { kind: 'failed', cause: 'wrong-answer', detail: `its last run was ended by ${signal}` }
  if (code !== 0) return { kind: 'failed', cause: 'wrong-answer', detail: `its last run ended with code ${code}` }
  const nowMs = Date.now()
  return judgeAgeBetween({ fromMs: nowMs - endedByMs, toMs: nowMs - endedAtMs }, maxAgeMs, 'ended well')
}
