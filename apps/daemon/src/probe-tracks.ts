import type { Judgement, Observation, ProbePurpose, ResolvedProbe } from '@sanctum/contracts'
import { emptyTrack, judgeTrack, nextLookMs, type ProbeContext, policyOf, probeKinds, reduceTrack, type Track } from '@sanctum/probes'
import type { Look } from './look.ts'
import { createSlots, type Slots } from './slots.ts'

export interface ProbeTracks {
  /** Starts those of the looks that are due and not under way. Probes that are not among them any more are forgotten. */
  begin(looks: readonly Look[]): void
  /** Resolves when nothing is under way, or after `ms`. */
  settle(ms: number): Promise<void>
  /** By service, then by purpose. */
  judge(nowMs: number): ReadonlyMap<string, Partial<Record<ProbePurpose, Judgement>>>
  nextDueMs(): number
  /** Every probe, or those of one service, is due now. */
  hurry(service: string | null): void
  close(): void
}

interface Ports {
  readonly observe: (probe: ResolvedProbe, context: ProbeContext, signal: AbortSignal) => Promise<Observation>
  readonly monotonicMs: () => number
}

interface Entry {
  look: Look
  track: Track
  dueMs: number
  busy: Promise<void> | null
}

/** What each probe of each service came to, and when it is asked next. */
export function createProbeTracks({ observe, monotonicMs }: Ports): ProbeTracks {
  const entries = new Map<string, Entry>()
  const calledOff = new AbortController()
  // More processes at once would only wait for each other, and their deadlines would pass; sockets cost next to nothing.
  const slots = { process: createSlots(4), socket: createSlots(64) }

  function start(entry: Entry, startMs: number): void {
    const { look } = entry
    entry.busy = takeSlot(slots, look.probe)
      .run(() => observe(look.probe, look.context, calledOff.signal))
      .then((observation) => {
        entry.busy = null
        // The process that was asked is gone: its answer says nothing about the next.
        if (entry.look.incarnation !== look.incarnation) return
        entry.track = reduceTrack(entry.track, observation, policyOf(look.probe))
        entry.dueMs = startMs + nextLookMs(entry.track, look.probe)
      })
  }

  return {
    begin(looks) {
      const nowMs = monotonicMs()
      const wanted = new Set(looks.map(keyOf))
      for (const key of entries.keys()) if (!wanted.has(key)) entries.delete(key)
      for (const look of looks) {
        const entry = renew(entries, look, nowMs)
        if (entry.busy === null && entry.dueMs <= nowMs && !isSettled(entry)) start(entry, nowMs)
      }
    },
    async settle(ms) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms)
      })
      await Promise.race([Promise.all([...entries.values()].map(({ busy }) => busy)), late])
      clearTimeout(timer)
    },
    judge(nowMs) {
      const judged = new Map<string, Partial<Record<ProbePurpose, Judgement>>>()
      for (const { look, track } of entries.values())
        judged.set(look.service, { ...judged.get(look.service), [look.purpose]: judgeTrack(track, toPolicy(look), nowMs) })
      return judged
    },
    nextDueMs() {
      const nowMs = monotonicMs()
      const due = [...entries.values()]
        .filter((entry) => !isSettled(entry))
        .map(({ dueMs, busy }) => (busy === null ? dueMs - nowMs : 1000))
      return due.length === 0 ? Number.POSITIVE_INFINITY : Math.max(0, Math.min(...due))
    },
    hurry(service) {
      for (const entry of entries.values()) if (service === null || entry.look.service === service) entry.dueMs = monotonicMs()
    },
    close: () => calledOff.abort(),
  }
}

function keyOf({ service, purpose }: Look): string {
  return `${service}/${purpose}`
}

function renew(entries: Map<string, Entry>, look: Look, nowMs: number): Entry {
  const known = entries.get(keyOf(look))
  if (known === undefined || (look.purpose === 'startup' && known.look.incarnation !== look.incarnation)) {
    const fresh: Entry = { look, track: emptyTrack, dueMs: nowMs, busy: null }
    entries.set(keyOf(look), fresh)
    return fresh
  }
  if (known.look.incarnation !== look.incarnation) known.dueMs = nowMs
  known.look = look
  return known
}

/** A start that succeeded stays so until the next process. */
function isSettled({ look, track }: Entry): boolean {
  return look.purpose === 'startup' && track.standing?.verdict === 'healthy'
}

function toPolicy({ purpose, probe }: Look): ReturnType<typeof policyOf> {
  const policy = policyOf(probe)
  return purpose === 'startup' ? { ...policy, stale_after_ms: Number.POSITIVE_INFINITY } : policy
}

function takeSlot(slots: { readonly process: Slots; readonly socket: Slots }, { type }: ResolvedProbe): Slots {
  return probeKinds[type].startsProcess ? slots.process : slots.socket
}
