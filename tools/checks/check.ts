/** A rule of this repository as a program: it looks at the tree below `root` and returns one line for each thing that is wrong. */
export interface Check {
  readonly id: string
  readonly covers: string
  /** Runs only where it is named: what it finds keeps a release and no change. */
  readonly isOnlyNamed?: true
  readonly run: (root: string) => Promise<readonly string[]>
}
