import type { RunDisposable } from './blocks/run-runnable.ts'
import type { Facts } from './facts.ts'
import type { RunningHaus } from './running/running-haus.ts'

/** What came of building the site. */
export type SiteBuild =
  | { readonly kind: 'built'; readonly digest: string; readonly isKept: boolean; readonly took_ms: number }
  | { readonly kind: 'failed'; readonly digest: string; readonly said: string; readonly took_ms: number }
  | { readonly kind: 'unavailable'; readonly digest: string; readonly said: string }

/** Everything of the world that the gate touches. */
export interface Ports {
  facts(): Promise<Facts>
  readText(file: string): Promise<string | null>
  /** Files that differ from a revision; null where there is no such revision. */
  changedSince(revision: string): Promise<readonly string[] | null>
  /** Digest of what the site is made from; null where the checkout has no site. */
  digestDocs(): Promise<string | null>
  buildSite(): Promise<SiteBuild>
  readonly runDisposable: RunDisposable
  /** The words that start this program again. */
  readonly self: readonly string[]
  /** Its folder. */
  readonly checkout: string
  runningHaus(): Promise<RunningHaus>
  readReceipt(file: string): Promise<string | null>
  keepReceipt(file: string, text: string): Promise<void>
  now(): number
}
