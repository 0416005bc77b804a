/**
 * One fault that is put into the protocol on purpose, and the suite that must find it. Each room lists its own in
 * `test/planted-rows.ts`; `planted-faults.ts` runs them all. A check that no planted fault makes fail proves nothing.
 */
export interface PlantedFault {
  /** What was taken out or put in: 'without the barrier'. */
  readonly plant: string
  /** The suite that is run against it: 'power cuts, modelled'. */
  readonly suite: string
  /** What that suite must say, as a pattern over the first violation it finds. */
  readonly expected: RegExp
  /** Runs the suite with its smallest count, against the protocol with the fault in it. */
  readonly attack: () => Promise<Attacked>
}

/** How an attack on a planted fault ended. */
export type Attacked =
  /** `at` says where, in the suite's own count: 'state 214 of 3,000', 'kill 3 of 12'. */
  | { readonly kind: 'caught'; readonly at: string; readonly violation: string }
  | { readonly kind: 'survived'; readonly tried: string }
  /** Where the machine does not allow the suite at all. With CI set that is a failure. */
  | { readonly kind: 'not-applicable'; readonly why: string }
