/** How a test ended. */
export type TestEnd =
  | { readonly kind: 'passed' }
  /** `isAssertion`: what it held did not hold; anything else says only that it is broken. */
  | { readonly kind: 'failed'; readonly isAssertion: boolean; readonly message: string }
  /** No test of that name ran. */
  | { readonly kind: 'absent'; readonly message: string }

/** What came of a proof: how often the text of its guard was found, whether it was switched off in what the test loads, and both ends. */
export interface ProofRun {
  readonly found: number
  readonly switchedOff: boolean
  readonly guarded: TestEnd
  readonly unguarded: TestEnd
}

export type ProofVerdict = { readonly kind: 'red' | 'GREEN' | 'BROKEN'; readonly why: string }

/** Red is what is wanted: the test passes, and without its guard it fails by what it asserts. */
export function judgeProof({ found, switchedOff, guarded, unguarded }: ProofRun): ProofVerdict {
  if (found !== 1) return broken(`the text of the guard stands ${found} times in its file, not once`)
  if (guarded.kind === 'absent') return broken(`the test did not run: ${guarded.message}`)
  if (guarded.kind === 'failed') return broken(`the test fails with its guard: ${guarded.message}`)
  if (!switchedOff) return { kind: 'GREEN', why: 'the test does not load the file of its guard' }
  if (unguarded.kind === 'passed') return { kind: 'GREEN', why: 'the test passes without its guard' }
  if (unguarded.kind === 'absent') return broken(`the test did not run without its guard: ${unguarded.message}`)
  if (!unguarded.isAssertion) return broken(`without its guard it fails, but by no assertion: ${unguarded.message}`)
  return { kind: 'red', why: unguarded.message }
}

function broken(why: string): ProofVerdict {
  return { kind: 'BROKEN', why }
}
