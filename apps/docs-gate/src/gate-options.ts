export interface GateOptions {
  /** Only pages that differ from this revision; null for all. */
  readonly changed: string | null
  readonly buildOnly: boolean
  /** Hold the pages against the haus that runs here, and do nothing else. */
  readonly running: boolean
  /** Where the proof of a build is kept; null where there is no home. */
  readonly receipt: string | null
}
