const MINUTE_MS = 60_000

/** How long each step may take that proves a generation on trial, ms. The trial lasts as long as all of them, so that none is cut short. */
export const proofMs = { doctor: 2 * MINUTE_MS, verify: 15 * MINUTE_MS, docs: 20 * MINUTE_MS } as const
