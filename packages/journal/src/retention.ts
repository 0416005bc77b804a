/** How long events stay, by kind; a kind that ends with `*` means all that begin so. The first that fits counts. */
export interface Retention {
  readonly rules: readonly { readonly kinds: readonly string[]; readonly keepMs: number }[]
  /** For a kind without a rule. */
  readonly otherwiseMs: number
  /** As many of the newest stay whatever their age: a clock that jumped ahead makes everything look old. */
  readonly keepNewest: number
}

const DAY_MS = 86_400_000

/** Incidents, heals, leases, generations and windows are what a person asks about a year later; probe chatter is not. */
export const defaultRetention: Retention = {
  rules: [
    {
      kinds: [
        'incident-*',
        'heal-*',
        'escalation-*',
        'service-quarantined',
        'quarantine-*',
        'lease-*',
        'breaker-*',
        'generation-*',
        'stability-*',
        'receipt-*',
      ],
      keepMs: 400 * DAY_MS,
    },
    { kinds: ['verdict-changed', 'watchdog-*', 'unit-*'], keepMs: 14 * DAY_MS },
  ],
  otherwiseMs: 90 * DAY_MS,
  keepNewest: 5_000,
}

export function keepMsOf(kind: string, { rules, otherwiseMs }: Retention): number {
  return rules.find(({ kinds }) => kinds.some((pattern) => fits(kind, pattern)))?.keepMs ?? otherwiseMs
}

function fits(kind: string, pattern: string): boolean {
  return pattern.endsWith('*') ? kind.startsWith(pattern.slice(0, -1)) : kind === pattern
}
