/** When nobody could look at a service, because its manager said nothing of it. */
export interface UnseenTimes {
  /** Told once in each look. */
  see(service: string, isSilent: boolean, nowMs: number): void
  /** Since when its manager is silent; null where it is not. */
  silentSinceMs(service: string): number | null
  /** What passed since a moment, less the time in which nobody could look. */
  seenMs(service: string, sinceMs: number, nowMs: number): number
}

interface Sight {
  /** When its manager last spoke of it; null where it never did. */
  readonly spokeMs: number | null
  readonly silentSinceMs: number | null
  readonly gaps: readonly Gap[]
}

interface Gap {
  readonly fromMs: number
  readonly toMs: number
}

/** So many gaps of each service are kept; a start is over long before there were more. */
const KEPT = 20

export function createUnseenTimes(): UnseenTimes {
  const sights = new Map<string, Sight>()
  return {
    see(service, isSilent, nowMs) {
      const { spokeMs, silentSinceMs, gaps } = sights.get(service) ?? { spokeMs: null, silentSinceMs: null, gaps: [] }
      if (isSilent) sights.set(service, { spokeMs, silentSinceMs: silentSinceMs ?? spokeMs ?? nowMs, gaps })
      else {
        const closed = silentSinceMs === null ? gaps : [...gaps, { fromMs: silentSinceMs, toMs: nowMs }].slice(-KEPT)
        sights.set(service, { spokeMs: nowMs, silentSinceMs: null, gaps: closed })
      }
    },
    silentSinceMs: (service) => sights.get(service)?.silentSinceMs ?? null,
    seenMs(service, sinceMs, nowMs) {
      const { silentSinceMs = null, gaps = [] } = sights.get(service) ?? {}
      const open = silentSinceMs === null ? [] : [{ fromMs: silentSinceMs, toMs: nowMs }]
      const unseenMs = [...gaps, ...open].map(({ fromMs, toMs }) => Math.max(0, Math.min(toMs, nowMs) - Math.max(fromMs, sinceMs)))
      return nowMs - sinceMs - unseenMs.reduce((sum, ms) => sum + ms, 0)
    },
  }
}
