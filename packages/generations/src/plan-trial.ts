import type { Step, TrialDocument } from '@sanctum/contracts'
import { homeLayout } from './home-layout.ts'
import { planNote } from './plan-note.ts'

/** The steps that note a trial, or what became of it, durable before anything that follows. */
export function planTrial(home: string, trial: TrialDocument): Step[] {
  const layout = homeLayout(home)
  return planNote(layout, layout.trial, trial)
}

/** The steps after which nothing is on trial. */
export function planEndTrial(home: string): Step[] {
  return [{ do: 'remove-file', path: homeLayout(home).trial }]
}

/** Whether a trial still means anything, seen from the pointers: it is tried, or the way back from it is not done. */
export function isTrialOpen(
  { generation, goal, state }: TrialDocument,
  { current, confirmed }: { readonly current: number | null; readonly confirmed: number | null },
): boolean {
  if (confirmed === generation) return false
  return current === generation || (state === 'reverting' && current === goal)
}
