/** What a haus that runs says of itself, and where it was met. */
export type RunningHaus =
  | { readonly kind: 'running'; readonly slug: string; readonly services: readonly RunningService[] }
  | { readonly kind: 'none'; readonly why: string }

export interface RunningService {
  readonly id: string
  readonly label: string | null
  /** On which something listens now. */
  readonly ports: readonly number[]
}
