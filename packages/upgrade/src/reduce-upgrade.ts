import type { UpgradeDocument, UpgradeOutcome, UpgradeStep, UpgradeStepResult } from '@sanctum/contracts'

/** What happened to an upgrade. Times are durations in ms. */
export type UpgradeEvent =
  | { readonly kind: 'begun' }
  /** `generation`: what holds after the swap. */
  | { readonly kind: 'step-done'; readonly tookMs: number; readonly says: string | null; readonly generation?: number | null }
  | { readonly kind: 'step-failed'; readonly tookMs: number; readonly says: string }
  | { readonly kind: 'gone-back' }
  | { readonly kind: 'not-gone-back'; readonly why: string }

/** What is to be done next, as data. */
export type UpgradeAct =
  | { readonly do: 'step'; readonly step: UpgradeStep }
  /** The generation from before has to hold again. */
  | { readonly do: 'go-back'; readonly why: string }
  | { readonly do: 'end'; readonly outcome: UpgradeOutcome }

export interface UpgradeMove {
  /** To be durable before the act begins. */
  readonly run: UpgradeDocument
  readonly act: UpgradeAct
}

/** The whole of the procedure: one step after the other; what fails between swap and confirmation goes back; before it nothing was touched. */
export function reduceUpgrade(run: UpgradeDocument, event: UpgradeEvent): UpgradeMove {
  switch (event.kind) {
    case 'begun':
      return toStep(run, run.plan[0])
    case 'step-done':
      return afterDone(run, event)
    case 'step-failed':
      return afterFailed(run, event)
    case 'gone-back':
      return toEnd(run, 'reverted', run.why)
    case 'not-gone-back':
      return toEnd(run, 'stuck', [run.why, event.why].filter((why) => why !== null).join('; '))
  }
}

function afterDone(run: UpgradeDocument, { tookMs, says, generation }: Extract<UpgradeEvent, { kind: 'step-done' }>): UpgradeMove {
  const step = requireStep(run)
  const done = noted({ ...run, generation: generation === undefined ? run.generation : generation }, step, {
    outcome: 'done',
    took_ms: tookMs,
    says,
  })
  return toStep(done, run.plan[run.plan.indexOf(step) + 1])
}

function afterFailed(run: UpgradeDocument, { tookMs, says }: Extract<UpgradeEvent, { kind: 'step-failed' }>): UpgradeMove {
  const step = requireStep(run)
  const failed = { ...noted(run, step, { outcome: 'failed', took_ms: tookMs, says }), why: `${step}: ${says}` }
  if (isConfirmed(run)) return toEnd(failed, 'unfinished', failed.why)
  if (isSwapping(run)) return { run: failed, act: { do: 'go-back', why: failed.why } }
  return toEnd(failed, 'abandoned', failed.why)
}

/** The checkout is all that is left. */
function isConfirmed({ step }: UpgradeDocument): boolean {
  return step === 'fast-forward'
}

/** The pointer may have moved. */
export function isSwapping({ plan, step }: Pick<UpgradeDocument, 'plan' | 'step'>): boolean {
  const swap = plan.indexOf('swap')
  return swap >= 0 && step !== null && plan.indexOf(step) >= swap
}

function toStep(run: UpgradeDocument, step: UpgradeStep | undefined): UpgradeMove {
  if (step === undefined) return toEnd(run, 'done', null)
  return { run: { ...run, step, child: null }, act: { do: 'step', step } }
}

function toEnd(run: UpgradeDocument, outcome: UpgradeOutcome, why: string | null): UpgradeMove {
  return { run: { ...run, child: null, outcome, why }, act: { do: 'end', outcome } }
}

function noted(run: UpgradeDocument, step: UpgradeStep, result: Omit<UpgradeStepResult, 'step'>): UpgradeDocument {
  return { ...run, child: null, steps: [...run.steps, { step, ...result }] }
}

function requireStep({ step }: UpgradeDocument): UpgradeStep {
  if (step === null) throw new Error('no step of this upgrade has begun')
  return step
}
