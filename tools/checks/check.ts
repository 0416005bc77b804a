/** A rule of this repository as a program: it looks at the tree below `root` and returns one line for each thing that is wrong. */
export interface Check {
  readonly id: string
  readonly covers: string
  readonly run: (root: string) => Promise<readonly string[]>
}
