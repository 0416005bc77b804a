/** Who holds the lock; null where the machine does not say. */
export interface Holder {
  readonly pid: number | null
  readonly command: string | null
  /** Start of the holding process, ms since the epoch. */
  readonly sinceMs: number | null
}

export type Acquisition = { readonly kind: 'held'; release(): void } | { readonly kind: 'busy'; readonly holder: Holder }

export type LockState = { readonly kind: 'free' } | { readonly kind: 'held'; readonly holder: Holder }

/**
 * One writer at a time. The kernel frees the lock when its holder ends, however it ends, so that there is never a stale one.
 * Neither taking nor releasing it changes a file.
 */
export interface Lock {
  /** Tries until the deadline; without one, once. */
  acquire(options?: { readonly waitMs?: number }): Promise<Acquisition>
  /** Looks without taking it. */
  inspect(): LockState
}
