import type { Finding } from '@sanctum/contracts'

/** Something that a person might really write, and what must be said about it. */
export interface Case {
  readonly name: string
  readonly findings: () => readonly Finding[]
  readonly code: string
  /** `file:line:column`; for what is no file, the subject. */
  readonly at: string
  /** A part of the sentence that says what to do. */
  readonly fix: string
  /** Other places that must be named, `file:line:column`. */
  readonly related?: readonly string[]
  /** Findings of other codes that belong to the same mistake. */
  readonly besides?: readonly string[]
}
