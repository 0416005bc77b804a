import type { Judgement, Observation, ProbePurpose, ResolvedProbe } from '@sanctum/contracts'
import {
  emptyTrack,
  excuseMyself,
  judgeTrack,
  type OwnTrouble,
  type ProbeContext,
  planLook,
  policyOf,
  probeKinds,
  reduceTrack,
  type SocketResult,
  type Track,
} from '@sanctum/probes'
import type { Look } from './look.ts'
import { createSlots, type Slots } from './slots.ts'

export interface ProbeTracks {
  /** Starts those of the looks that are due and not under way. Probes that are not among them any more are forgotten. */
  begin(looks: readonly Look[]): void
  /**
   * Resolves when nothing is under way, or after `ms`; sooner once something failed, for that is asked again at once and must not wait
   * for a look at somebody who never answers.
   */
  settle(ms: number): Promise<void>
  /** The results through sockets that do not count yet. */
  sockets(): readonly SocketResult[]
  /** Lets the results that came in since the last call count, without what is our own trouble. */
  count(trouble: OwnTrouble | null): void
  /** By service, then by purpose. */
  judge(nowMs: number): ReadonlyMap<string, Partial<Record<ProbePurpose, Judgement>>>
  /** When the present process of a service first passed the probe that tells its start; null where it did not yet. */
  firstPassMs(service: string): number | null
  /** What the probes of a service last proved. */
  proof(service: string, nowMs: number): Proof
  nextDueMs(): number
  /** Every probe, or those of one service, is due now. */
  hurry(service: string | null): void
  close(): void
}

export interface Proof {
  /** The purposes whose verdict is healthy for certain. */
  readonly passes: readonly ProbePurpose[]
  /** When the newest passing look of each began, of those the oldest; null where one has none, undefined where nothing looks at it. */
  readonly provenMs: number | null | undefined
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
  /** A result that does not count yet. */
  news: { readonly observation: Observation; readonly startMs: number; readonly starting: boolean } | null
  /** When the present process first passed. */
  passedMs: number | null
}

/** What each probe of each service came to, and when it is asked next. */
export function createProbeTracks({ observe, monotonicMs }: Ports): ProbeTracks {
  const entries = new Map<string, Entry>()
  const calledOff = new AbortController()
  const slots = Object.fromEntries(Object.values(probeKinds).map(({ type, concurrency }) => [type, createSlots(concurrency)]))

  let tellFailure = (): void => {}

  function start(entry: Entry, startMs: number): void {
    const { look } = entry
    entry.busy = (slots[look.probe.type] as Slots)
      .run(() => observe(look.probe, look.context, calledOff.signal))
      .then((observation) => {
        entry.busy = null
        // The process that was asked is gone: its answer says nothing about the next.
        if (entry.look.incarnation !== look.incarnation) return
        entry.news = { observation, startMs, starting: look.starting }
        if (observation.kind === 'failed') tellFailure()
      })
  }

  return {
    begin(looks) {
      const nowMs = monotonicMs()
      const wanted = new Set(looks.map(keyOf))
      for (const key of entries.keys()) if (!wanted.has(key)) entries.delete(key)
      for (const look of looks) {
        const entry = renew(entries, look, nowMs)
        if (entry.busy === null && entry.news === null && entry.dueMs <= nowMs && isAsked(entry)) start(entry, nowMs)
      }
    },
    async settle(ms) {
      const timers: NodeJS.Timeout[] = []
      const after = (wait: number) => new Promise<void>((resolve) => timers.push(setTimeout(resolve, wait)))
      const failed = new Promise<void>((resolve) => {
        tellFailure = resolve
      })
      const gathered = after(GATHER_MS)
      const all = Promise.all([...entries.values()].map(({ busy }) => busy))
      await Promise.race([all, after(ms), Promise.all([failed, gathered])])
      for (const timer of timers) clearTimeout(timer)
      tellFailure = () => {}
    },
    sockets: () =>
      [...entries.values()].flatMap(({ look: { service, host }, news }) =>
        host === null || news === null ? [] : [{ service, host, observation: news.observation }],
      ),
    count(trouble) {
      for (const [key, entry] of entries) count(key, entry, trouble)
    },
    judge(nowMs) {
      const judged = new Map<string, Partial<Record<ProbePurpose, Judgement>>>()
      for (const { look, track } of entries.values())
        judged.set(look.service, { ...judged.get(look.service), [look.purpose]: judgeTrack(track, toPolicy(look), nowMs) })
      return judged
    },
    firstPassMs(service) {
      const entry = startPurposes.map((purpose) => entries.get(toKey(service, purpose))).find((found) => found !== undefined)
      return entry?.passedMs ?? null
    },
    proof(service, nowMs) {
      const own = [...entries.values()].filter(({ look }) => look.service === service)
      const isWell = ({ look, track }: Entry): boolean => {
        const { verdict, confirmed } = judgeTrack(track, toPolicy(look), nowMs)
        return verdict === 'healthy' && confirmed
      }
      // A startup probe is not asked again once it passed; it proves nothing about now.
      const lasting = own.filter(({ look }) => look.purpose !== 'startup')
      const passed = lasting.map(({ track }) => track.recent.findLast(({ kind }) => kind === 'passed')?.atMs ?? null)
      return {
        passes: own.filter(isWell).map(({ look }) => look.purpose),
        provenMs: passed.length === 0 ? undefined : passed.includes(null) ? null : Math.min(...(passed as number[])),
      }
    },
    nextDueMs() {
      const nowMs = monotonicMs()
      const due = [...entries.values()].filter(isAsked).map((entry) => waitOf(entry, nowMs))
      return due.length === 0 ? Number.POSITIVE_INFINITY : Math.max(0, Math.min(...due))
    },
    hurry(service) {
      for (const entry of entries.values()) if (service === null || entry.look.service === service) entry.dueMs = monotonicMs()
    },
    close: () => calledOff.abort(),
  }
}

/** Who starts is asked this often, or ten times within his period. */
const START_PACE_MS = 1000

/** What else fails at the same time, as in a cascade, is judged together. */
const GATHER_MS = 250

/** The first that a service has tells when it is up. */
const startPurposes = ['startup', 'readiness', 'liveness'] as const

function toKey(service: string, purpose: ProbePurpose): string {
  return `${service}/${purpose}`
}

function keyOf({ service, purpose }: Look): string {
  return toKey(service, purpose)
}

function count(key: string, entry: Entry, trouble: OwnTrouble | null): void {
  if (entry.news === null) return
  const { look } = entry
  const { starting, startMs } = entry.news
  const told = excuseMyself(entry.news.observation, trouble, look.host)
  const observation = excuseStart(told, look, starting)
  entry.track = reduceTrack(entry.track, observation, policyOf(look.probe))
  const plannedMs = planLook(entry.track, look.probe, key, startMs)
  // When it is up is to be known soon.
  entry.dueMs = starting ? Math.min(plannedMs, startMs + Math.min(look.probe.interval_s * 100, START_PACE_MS)) : plannedMs
  if (observation.kind === 'passed') entry.passedMs ??= observation.atMs + observation.tookMs
  entry.news = null
}

/**
 * Who has not answered yet is asked to know when it is up. What it owes meanwhile is no failure of the service, and must not stand against it
 * in the moment in which its manager calls it ready; only the startup probe judges the start itself.
 */
function excuseStart(observation: Observation, { purpose }: Look, starting: boolean): Observation {
  if (!starting || purpose === 'startup' || observation.kind !== 'failed') return observation
  const { atMs, tookMs, detail } = observation
  return { kind: 'could-not-check', atMs, tookMs, detail: `starts: ${detail}` }
}

function renew(entries: Map<string, Entry>, look: Look, nowMs: number): Entry {
  const known = entries.get(keyOf(look))
  if (known === undefined || (look.purpose === 'startup' && known.look.incarnation !== look.incarnation)) {
    const fresh: Entry = { look, track: emptyTrack, dueMs: nowMs, busy: null, news: null, passedMs: null }
    entries.set(keyOf(look), fresh)
    return fresh
  }
  if (known.look.incarnation !== look.incarnation) Object.assign(known, { dueMs: nowMs, news: null, passedMs: null })
  known.look = look
  return known
}

/** A look that is under way ends by itself; how soon nobody knows. */
const UNDER_WAY_MS = 1000

function waitOf({ dueMs, busy, news }: Entry, nowMs: number): number {
  if (news !== null) return 0
  return busy === null ? dueMs - nowMs : UNDER_WAY_MS
}

/** A start that succeeded for certain stays so until the next process; until then nothing else is asked of it. */
function isAsked({ look, track: { standing } }: Entry): boolean {
  return !look.gated && !(look.purpose === 'startup' && standing?.verdict === 'healthy' && standing.confirmed)
}

function toPolicy({ purpose, probe }: Look): ReturnType<typeof policyOf> {
  const policy = policyOf(probe)
  return purpose === 'startup' ? { ...policy, stale_after_ms: Number.POSITIVE_INFINITY } : policy
}
