import type { RoleHealth } from '@sanctum/contracts'

/** What a role remembers of its own loop. Ages are taken by a clock that nobody sets. */
export interface LoopRecord {
  readonly startedAtMs: number
  readonly lastCycle: { readonly atMs: number; readonly monotonicMs: number } | null
  readonly cycles: number
}

export interface HealthInput {
  readonly role: string
  readonly pid: number
  readonly version: string
  readonly revision: string | null
  readonly generation: number | null
  readonly loop: LoopRecord
  readonly periodS: number
  readonly monotonicMs: number
}

/** A cycle that is this many periods old was not delayed: the loop stands still. */
const STALLED_AFTER_PERIODS = 3

/**
 * Health as an open port cannot tell it: by the age of the last completed cycle. A loop that hangs, or fails each time,
 * completes none.
 */
export function judgeRoleHealth({ role, pid, version, revision, generation, loop, periodS, monotonicMs }: HealthInput): RoleHealth {
  const ageS = loop.lastCycle === null ? null : Math.max(0, (monotonicMs - loop.lastCycle.monotonicMs) / 1000)
  const ok = ageS !== null && ageS <= periodS * STALLED_AFTER_PERIODS
  return {
    schema_version: 1,
    role,
    ok,
    pid,
    version,
    revision,
    generation,
    started_at_ms: loop.startedAtMs,
    last_cycle_at_ms: loop.lastCycle?.atMs ?? null,
    last_cycle_age_s: ageS === null ? null : Math.round(ageS * 1000) / 1000,
    cycles: loop.cycles,
    why: explain(ageS, ok, periodS),
  }
}

function explain(ageS: number | null, ok: boolean, periodS: number): string {
  if (ageS === null) return 'no cycle is complete yet'
  if (ok) return `the last cycle ended ${Math.round(ageS)} s ago`
  return `the loop stands still: the last cycle ended ${Math.round(ageS)} s ago, one is due every ${periodS} s`
}
