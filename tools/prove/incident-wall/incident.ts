/** What went wrong once in the reference haus, and why it cannot go wrong unseen again. */
export interface Incident {
  /** As the haus counts them, from 1 on without gaps. */
  readonly number: number
  readonly title: string
  readonly outcome: Outcome
}

export type Outcome =
  | { readonly kind: 'reproduced'; readonly proofs: readonly [Proof, ...Proof[]] }
  /** Nothing of what made it possible exists here. */
  | { readonly kind: 'by-design'; readonly why: string }
  | { readonly kind: 'waits'; readonly subsystem: string; readonly why: string }

/** A test that does again what happened, and the mechanism without which it must fail. */
export interface Proof {
  readonly test: {
    readonly file: string
    /** The whole title, suites first, as `suite > test`. */
    readonly name: string
  }
  readonly guard: Guard
}

/** A mechanism of the real code. Switched off, `find` reads `replace`; it must stand in the file exactly once. */
export interface Guard {
  /** What it does, in a few words. */
  readonly what: string
  readonly file: string
  readonly find: string
  readonly replace: string
}
