import type { JobEnds, UnitState } from '@sanctum/contracts'

type JobEnd = JobEnds['jobs'][string]

/**
 * What is known of the ends of jobs after one more look. A manager that only counts its runs is asked again and again: where a run ended
 * between two looks, it ended at the first of them or later, so that a job is never taken for younger than it is. Of a job that is seen for
 * the first time nobody knows when its last run was.
 */
export function noteJobEnds(known: JobEnds | null, states: readonly UnitState[], nowMs: number): JobEnds {
  const counted = states.filter(({ runs, loaded }) => runs !== undefined && loaded)
  const noted = counted.map((state): [string, JobEnd] => [state.service, noteOne(known, state, nowMs)])
  return { schema_version: 1, seen_at_ms: nowMs, jobs: { ...known?.jobs, ...Object.fromEntries(noted) } }
}

function noteOne(known: JobEnds | null, { service, runs = 0, pid, lastExit }: UnitState, nowMs: number): JobEnd {
  const before = known?.jobs[service]
  if (known === null || before === undefined)
    return { runs, pid, started_at_ms: pid === null ? null : nowMs, last_exit_at_ms: null, last_success_at_ms: null }
  if (pid !== null) return { ...before, runs, pid, started_at_ms: before.pid === pid ? before.started_at_ms : nowMs }
  const hasEnded = lastExit !== null && (before.pid !== null || (runs > 0 && runs !== before.runs))
  if (!hasEnded) return { ...before, runs, pid }
  const endedMs = known.seen_at_ms
  return {
    runs,
    pid,
    started_at_ms: before.started_at_ms ?? endedMs,
    last_exit_at_ms: endedMs,
    last_success_at_ms: lastExit.code === 0 ? endedMs : before.last_success_at_ms,
  }
}

/** The states with the time of the last end, as far as it was seen. */
export function withJobEnds(states: readonly UnitState[], { jobs }: JobEnds): readonly UnitState[] {
  return states.map((state) => {
    const endedMs = state.runs === undefined ? null : (jobs[state.service]?.last_exit_at_ms ?? null)
    return endedMs === null ? state : { ...state, lastExitAtMs: endedMs }
  })
}
