import type { ExitName } from '../exit-codes.ts'
import type { Severity } from '../finding.ts'

/** What a code means, wherever it appears; the page of findings is generated from it. */
export interface FindingCode {
  readonly severity: Severity
  /** A few words, for a list. */
  readonly title: string
  /** Why it matters: what goes wrong if it stays. */
  readonly impact: string
  /** What to do, in general words; the finding itself carries the exact command. */
  readonly remedy: string
  /** The exit code of a command that it stops; absent where it stops none. */
  readonly exit?: ExitName
}
