/** What a haus that runs says of itself, and where it was met. */
export type RunningHaus =
  | { readonly kind: 'running'; readonly slug: string; readonly services: readonly RunningService[] }
  | { readonly kind: 'none'; readonly why: string }

export interface RunningService {
  readonly id: string
  readonly label: string | null
  /** That its haus gives it. */
  readonly ports: readonly number[]
  /** Those of them on which something listens now. */
  readonly open: readonly number[]
}
