import type { JobEnds, UnitState } from '@sanctum/contracts'

type JobEnd = JobEnds['jobs'][string]

/** One look at all jobs: when it was asked for and answered, ms since the epoch, and in which boot. */
export interface JobLook {
  readonly askedAtMs: number
  readonly answeredAtMs: number
  readonly bootId: string | null
}

/**
 * What is known of the ends of jobs after one more look. A manager that only counts its runs is asked again and again: where a run ended
 * between two looks, both are kept, so that a job is taken for no younger and no older than it may be. Of a job that is seen for the first
 * time nobody knows when its last run was.
 */
export function noteJobEnds(known: JobEnds | null, states: readonly UnitState[], look: JobLook): JobEnds {
  const counted = states.filter(({ runs, loaded }) => runs !== undefined && loaded)
  const noted = counted.map((state): [string, JobEnd] => [state.service, noteOne(known, state, look)])
  // Whoever is not loaded now was last seen at an earlier look, which is written down with it.
  const unseen = Object.entries(known?.jobs ?? {}).map(([id, job]): [string, JobEnd] => [
    id,
    { ...job, seen_at_ms: job.seen_at_ms ?? known?.seen_at_ms ?? null },
  ])
  return {
    schema_version: 1,
    seen_at_ms: look.askedAtMs,
    boot_id: look.bootId,
    jobs: { ...Object.fromEntries(unseen), ...Object.fromEntries(noted) },
  }
}

function noteOne(known: JobEnds | null, state: UnitState, look: JobLook): JobEnd {
  const { runs = 0, pid, lastExit } = state
  const before = known?.jobs[state.service]
  const { answeredAtMs } = look
  if (known === null || before === undefined) return { ...neverSeen, runs, pid, started_at_ms: pid === null ? null : answeredAtMs }
  const isSame = isSameCount(known, before, runs, look)
  const startedAtMs = pid !== null && (!isSame || pid !== before.pid) ? answeredAtMs : before.started_at_ms
  const seen = { ...before, runs, pid, seen_at_ms: null, started_at_ms: startedAtMs }
  if (lastExit === null || !hasEnded(before, { runs, pid }, isSame)) return seen
  const atMs = before.seen_at_ms ?? known.seen_at_ms
  const ended = { ...seen, started_at_ms: startedAtMs ?? atMs, last_exit_at_ms: atMs, last_exit_by_ms: answeredAtMs }
  return lastExit.code === 0 ? { ...ended, last_success_at_ms: atMs, last_success_by_ms: answeredAtMs } : ended
}

const neverSeen = {
  seen_at_ms: null,
  last_exit_at_ms: null,
  last_exit_by_ms: null,
  last_success_at_ms: null,
  last_success_by_ms: null,
}

/** A job that was loaded anew is counted anew, and every job is in another boot. */
function isSameCount(known: JobEnds, before: JobEnd, runs: number, { bootId }: JobLook): boolean {
  return runs >= before.runs && (known.boot_id === null || bootId === null || known.boot_id === bootId)
}

/** Of all runs that there were since, one may go on; every other one has ended. */
function hasEnded(before: JobEnd, now: Pick<JobEnd, 'runs' | 'pid'>, isSame: boolean): boolean {
  const goesOn = now.pid === null ? 0 : 1
  if (!isSame) return now.runs > goesOn
  const wasOn = before.pid === null ? 0 : 1
  return wasOn + now.runs - before.runs > goesOn || (before.pid !== null && now.pid !== before.pid)
}

/** The states with the time of the last end, as far as it was seen. */
export function withJobEnds(states: readonly UnitState[], { jobs }: JobEnds): readonly UnitState[] {
  return states.map((state) => {
    const seen = state.runs === undefined ? undefined : jobs[state.service]
    if (seen === undefined || seen.last_exit_at_ms === null) return state
    const by = seen.last_exit_by_ms === null ? {} : { lastExitByMs: seen.last_exit_by_ms }
    return { ...state, lastExitAtMs: seen.last_exit_at_ms, ...by }
  })
}
