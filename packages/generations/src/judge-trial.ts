import type { TrialDocument } from '@sanctum/contracts'
import { isTrialOpen } from './plan-trial.ts'

/** What a trial is judged by. Nothing of it is a time of day: a clock that somebody sets moves no deadline. */
export interface TrialMoment {
  /** What the pointers name; null where one names nothing. */
  readonly current: number | null
  readonly confirmed: number | null
  readonly bootId: string
  /** Milliseconds on the clock of the kernel that nobody sets. */
  readonly upMs: number
  /** Whether the process that the trial names still lives. */
  readonly isRunnerAlive: boolean
}

export type TrialJudgement =
  /** Nothing is on trial. */
  | { readonly kind: 'none' }
  /** Its process is at work and has this long left. */
  | { readonly kind: 'waiting'; readonly sinceMs: number; readonly leftMs: number }
  /** Somebody has to go back now. `endsRunner`: its process lives on past its deadline, and may be ended. */
  | { readonly kind: 'due'; readonly why: string; readonly endsRunner: boolean }
  /** There is no way back that a program could go. */
  | { readonly kind: 'stuck'; readonly why: string }

/** Whether the generation on trial may still be confirmed, has to be taken back, or waits for a person. */
export function judgeTrial(trial: TrialDocument | null, moment: TrialMoment): TrialJudgement {
  if (trial === null || !isTrialOpen(trial, moment)) return { kind: 'none' }
  if (trial.state === 'stuck') return { kind: 'stuck', why: trial.why ?? 'there is no way back' }
  const sinceMs = Math.max(0, moment.upMs - trial.begun_up_ms)
  const leftMs = trial.within_s * 1000 - sinceMs
  // A sandbox may show another boot id than a shell does; a clock that has gone on, and the process itself, tell as well.
  const isSameBoot = moment.bootId === trial.boot_id || (moment.isRunnerAlive && moment.upMs >= trial.begun_up_ms)
  const isRunning = isSameBoot && moment.isRunnerAlive
  if (trial.state !== 'failed' && isRunning && leftMs > 0) return { kind: 'waiting', sinceMs, leftMs }
  return { kind: 'due', why: explain(trial, { isSameBoot, isRunning }), endsRunner: isRunning && leftMs <= 0 }
}

/** The first reason stays the reason, also where the way back itself was cut short. */
function explain(trial: TrialDocument, { isSameBoot, isRunning }: { readonly isSameBoot: boolean; readonly isRunning: boolean }): string {
  if (trial.why !== null) return trial.why
  if (!isSameBoot) return 'the machine was started again before it was confirmed'
  if (!isRunning) return `sanctumctl ${trial.command}, which was trying it, is gone`
  return `it was not confirmed within ${trial.within_s} s`
}
