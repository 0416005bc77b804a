/** What the program of the new revision said of its swap, and what the pointers say of it. */
export interface SwapTold {
  /** As its answer has them; undefined where it gave none that can be read. */
  readonly outcome: unknown
  readonly generation: unknown
  readonly current: number | null
}

export type SwapJudgement = { readonly kind: 'held'; readonly generation: number } | { readonly kind: 'failed'; readonly why: string }

/** `applied`: what was confirmed before came to hold again, and has nothing left to prove. */
const holding: ReadonlySet<unknown> = new Set(['on-trial', 'unchanged', 'applied'])

/** Whether a swap came to a generation that can be proven and confirmed. A generation that nobody names could never be. */
export function judgeSwap({ outcome, generation, current }: SwapTold): SwapJudgement {
  if (typeof generation !== 'number') return { kind: 'failed', why: 'it did not say which generation holds now' }
  if (!holding.has(outcome)) return { kind: 'failed', why: `generation ${generation} is ${String(outcome)}, so nothing would prove it` }
  if (current !== generation) return { kind: 'failed', why: `it names generation ${generation}, and ${current ?? 'none'} is current` }
  return { kind: 'held', generation }
}
