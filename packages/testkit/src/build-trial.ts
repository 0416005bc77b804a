import type { TrialDocument } from '@sanctum/contracts'

/** Generation 2 is on trial and goes back to 1, tried by a process that has just begun. */
export function buildTrial(overrides: Partial<TrialDocument> = {}): TrialDocument {
  return {
    schema_version: 1,
    generation: 2,
    goal: 1,
    command: 'render',
    state: 'trying',
    by: { pid: 42, start_time: '1000' },
    boot_id: 'this boot',
    begun_at: '2026-11-27T08:00:00.000Z',
    begun_up_ms: 0,
    within_s: 90,
    why: null,
    because: [],
    ...overrides,
  }
}
