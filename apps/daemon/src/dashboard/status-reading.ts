import type { HausStatus } from '@sanctum/contracts'

/** A status, and where it comes from. `last-known`: nobody answers now. */
export type StatusReading =
  | { readonly kind: 'seen'; readonly by: 'watchdog' | 'dashboard'; readonly status: HausStatus }
  | { readonly kind: 'last-known'; readonly status: HausStatus; readonly why: string }
  | { readonly kind: 'nothing'; readonly why: string }
