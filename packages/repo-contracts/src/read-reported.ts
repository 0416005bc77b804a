import type { Replayed } from './judge-answer.ts'

/** What a service said it was built from, around the answers that it gave. */
export type Reported =
  /** Its contract names no place where it says so, so nobody can tell. */
  { readonly kind: 'undeclared' } | { readonly kind: 'said'; readonly revision: string } | { readonly kind: 'unsaid'; readonly why: string }

/**
 * An answer counts for what gave it and for nothing else, so it is asked before and after: another process may have taken over in between,
 * as it does while a haus is upgraded.
 */
export function readReported(before: Replayed, after: Replayed): Reported {
  const [first, last] = [readRevision(before), readRevision(after)]
  if (first === null || last === null) return { kind: 'unsaid', why: 'the service does not say what it was built from' }
  if (first !== last) return { kind: 'unsaid', why: `${first} answered before and ${last} after it` }
  return { kind: 'said', revision: first }
}

function readRevision(answer: Replayed): string | null {
  if (answer.kind !== 'answered') return null
  try {
    const said = (JSON.parse(answer.body) as { readonly revision?: unknown } | null)?.revision
    return typeof said === 'string' && /^[\w.+-]{1,100}$/.test(said) ? said : null
  } catch {
    return null
  }
}
