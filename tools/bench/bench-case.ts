import type { Summary } from './summarize.ts'

/** One case of the bench: our command and what it is held against, measured in turn in the same minutes. */
export interface BenchCase {
  readonly id: string
  /** What is measured and why, for the table. */
  readonly title: string
  /** Files and folders whose change makes the figures stale. */
  readonly guards: readonly string[]
  readonly peers?: readonly Peer[]
  /** Lines of the header: which programs are measured, with which options. */
  readonly describe?: (bench: Pick<Bench, 'root'>) => readonly string[]
  readonly measure: (bench: Bench) => Promise<readonly Figure[]>
}

/** A program of somebody else, which lives outside of the workspace. */
export interface Peer {
  readonly program: string
  readonly debian: string
  /** Prints its version in the first line. */
  readonly version: readonly string[]
}

/** What a case gets from the bench. */
export interface Bench {
  readonly root: string
  /** The project's Node itself, behind any link. */
  readonly node: string
  /** The built program. */
  readonly cli: string
  /** Empty at the beginning of the case, gone after it. */
  readonly folder: string
  /** How many rounds: those that the caller asked for, or the case's own. */
  readonly rounds: (own: number) => number
  /** Programs that are missing and could not be installed. */
  readonly missing: ReadonlySet<string>
}

/** One figure beside its floor, peer or limit. */
export interface Figure {
  readonly what: string
  /** For a reader who wants to see it: the command line as typed. */
  readonly command: string
  readonly unit: 'ms' | 'µs' | 'MB' | 'ms a file' | 'req/s' | 'faults' | 'frames' | 'requests'
  readonly ours: Summary
  readonly bound: Bound
}

export type Bound =
  /** At most so much. */
  | { readonly kind: 'limit'; readonly most: number }
  /** At most so many times as long as the other. */
  | { readonly kind: 'times'; readonly most: number; readonly of: string; readonly theirs: Summary }
  /** At most so much longer than the other, in the unit of the figure. */
  | { readonly kind: 'beyond'; readonly most: number; readonly of: string; readonly theirs: Summary }
  /** At least so many times as fast as the other. */
  | { readonly kind: 'faster'; readonly least: number; readonly than: string; readonly theirs: Summary }
  /** Here more is better: at least so much. */
  | { readonly kind: 'least'; readonly least: number }
  /** Here more is better: at least so many times as much as the other. */
  | { readonly kind: 'more'; readonly least: number; readonly than: string; readonly theirs: Summary }
  /** No promise: what the other came to in the same minutes, for a reader who compares. */
  | { readonly kind: 'beside'; readonly of: string; readonly theirs: Summary }
  /** The other is not there: no figure, and no pass. */
  | { readonly kind: 'peer-missing'; readonly peer: string }
