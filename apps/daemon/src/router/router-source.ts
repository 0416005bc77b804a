import type { Finding } from '@sanctum/contracts'
import type { RouterDefinition } from '@sanctum/router-failover'

/** What a router is to go by, as it was found just now. */
export type SourceReading =
  | { readonly kind: 'defined'; readonly definition: RouterDefinition; readonly from: SourceOrigin }
  /** Nobody names a server, and none was found. */
  | { readonly kind: 'empty'; readonly why: string; readonly from: SourceOrigin }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[]; readonly from: SourceOrigin }

export interface SourceOrigin {
  /** For a person: a file, a generation. */
  readonly source: string
  readonly generation: number | null
  /** What the haus gives it; null where nobody does. */
  readonly port: number | null
  /** Equal as long as what it was made from is. */
  readonly stamp: string
}
