import type { HealingDocument, Lease, NewEvent, WatchdogRequest } from '@sanctum/contracts'
import { emptyHealing, type HealAct, type HealReport, type HealRound, reduceHealing } from '@sanctum/supervisor'
import { type Log, toErrorFields } from '../log.ts'
import type { Alert } from './tell-alert.ts'

export interface HealerPorts {
  readonly nowMs: () => number
  readonly random: () => number
  /** Does it and says how it ended; it never throws. */
  readonly perform: (act: Extract<HealAct, { do: 'heal' }>) => Promise<HealReport>
  /** Tells people; resolves with the channels that were used and what is known of each. */
  readonly deliver: (alert: Alert) => Promise<readonly Delivery[]>
  readonly append: (event: NewEvent) => void
  readonly readLeases: () => Promise<readonly Lease[]>
  /** What people asked since the last round; each is handed over once. */
  readonly takeRequests: () => Promise<readonly WatchdogRequest[]>
  readonly remember: (memory: HealingDocument) => Promise<void>
  /** What an earlier watchdog remembered; null where there is nothing that can be trusted. Rejects where nobody can say. */
  readonly recall: () => Promise<HealingDocument | null>
  /** Keeps what cannot be read beside what is remembered from then on. */
  readonly putAside: () => Promise<void>
  /** Somebody wants the haus to be compared with what was declared, now. */
  readonly askPatrol: () => void
  /** A heal ended, so that a round is worth its while now. */
  readonly wake: () => void
}

export interface Delivery {
  readonly channel: string
  /** Nobody has said that it arrived. */
  readonly delivery: 'unconfirmed' | 'failed'
  readonly why: string
}

/** What is seen of the haus and of this machine in one round. */
export type Round = Omit<HealRound, 'nowMs' | 'leases' | 'performing'>

export interface Healer {
  /** Decides, writes down, then begins what is to be done; it waits for none of it. */
  round(seen: Round): Promise<void>
  /** What it knows; null before its first round. */
  memory(): HealingDocument | null
  /** Heals that are under way. */
  readonly underWay: number
  /** Waits until nothing is under way, or for `ms`. */
  settle(ms: number): Promise<void>
}

/** How long a memory that cannot be read keeps everything from being healed. */
const PATIENCE_MS = 600_000

/** Heals with restraint. The decisions are those of `reduceHealing`; this performs them, one at a time for each service. */
export function createHealer(log: Log, ports: HealerPorts): Healer {
  let memory: HealingDocument | null = null
  let remembered = ''
  /** Why what was remembered could not be read last, and since when. */
  let unread = { why: '', sinceMs: Number.NaN }
  /** Incidents whose heals this process performs. */
  const performing = new Set<string>()
  const reports: HealReport[] = []
  const running = new Set<Promise<void>>()

  async function round(seen: Round): Promise<void> {
    memory ??= await recall()
    if (memory === null) return
    const leases = await ports.readLeases()
    // Taken when nothing can fail any more: what people asked is gone with its file, and of a report that is lost the healer would have to
    // assume the worst.
    const asked = await ports.takeRequests()
    if (asked.some(isPatrol)) ports.askPatrol()
    const requests = asked.filter((request): request is Exclude<typeof request, { do: 'patrol' }> => !isPatrol(request))
    const told = reports.splice(0)
    const step = reduceHealing(memory, { ...seen, nowMs: ports.nowMs(), leases, performing }, told, requests, ports.random)
    memory = step.memory
    for (const event of step.events) tell(event)
    // Before anything is done: who comes after a crash must know what was spent.
    await remember(step.memory)
    for (const act of step.acts) begin(act)
  }

  /**
   * Null while nobody can say what was remembered: who healed without it would forget quarantines and budgets. Not for long: a haus that
   * is not healed is the worse trouble.
   */
  async function recall(): Promise<HealingDocument | null> {
    const nowMs = ports.nowMs()
    try {
      return (await ports.recall()) ?? emptyHealing(nowMs)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const hint = 'Nothing is healed until it can be read, or for ten minutes: give it to the user of the haus, or remove it.'
      if (why !== unread.why) log('error', 'healing-unreadable', { ...toErrorFields(error), hint })
      unread = { why, sinceMs: Number.isNaN(unread.sinceMs) ? nowMs : unread.sinceMs }
      // Also where the clock was set back.
      if (Math.abs(nowMs - unread.sinceMs) < PATIENCE_MS) return null
      return await beginAnew(nowMs)
    }
  }

  async function beginAnew(nowMs: number): Promise<HealingDocument> {
    const hint = 'Quarantines and budgets are forgotten; what could not be read is kept beside state/healing.json.'
    log('error', 'healing-begun-anew', { hint })
    await ports.putAside().catch((error) => log('error', 'healing-not-kept', toErrorFields(error)))
    return emptyHealing(nowMs)
  }

  function tell(event: NewEvent): void {
    log('info', event.kind, { subject: event.subject, ...event.data })
    ports.append(event)
  }

  async function remember(next: HealingDocument): Promise<void> {
    const text = JSON.stringify({ ...next, at_ms: 0 })
    if (text === remembered) return
    try {
      await ports.remember(next)
      remembered = text
    } catch (error) {
      // A full disk must not keep a service down; the budget still holds as long as this process lives.
      log('error', 'healing-unwritten', toErrorFields(error))
    }
  }

  function begin(act: HealAct): void {
    // What nobody catches would end this process, and with it the watch over everything else.
    const work = doAct(act).catch((error) => log('error', 'act-failed', { act: act.do, ...toErrorFields(error) }))
    running.add(work)
    void work.finally(() => running.delete(work))
  }

  function doAct(act: HealAct): Promise<void> {
    if (act.do === 'heal') return heal(act)
    const { do: what, why, count } = act
    if (what === 'digest')
      return escalate({ incident: null, service: 'haus', level: 1, count, why, next: 'sanctumctl incidents' }, 'digest-told')
    const { incident, service, level } = act
    // A lease whose end was not as promised has no story of its own; the journal has its events.
    const isIncident = memory?.incidents.some(({ id }) => id === incident) === true
    const next = isIncident ? `sanctumctl explain ${incident}` : `sanctumctl events --subject ${incident}`
    return escalate({ incident, service, level, count, why, next }, 'incident-escalated')
  }

  async function heal(act: Extract<HealAct, { do: 'heal' }>): Promise<void> {
    performing.add(act.incident)
    const report = await ports.perform(act).catch(
      (error): HealReport => ({
        incident: act.incident,
        attempt: act.attempt,
        outcome: 'failed',
        why: error instanceof Error ? error.message : String(error),
        tookMs: 0,
      }),
    )
    log(report.outcome === 'performed' ? 'info' : 'warn', 'heal-performed', { subject: act.service, action: act.action.name, ...report })
    performing.delete(act.incident)
    reports.push(report)
    ports.wake()
  }

  async function escalate(alert: Omit<Alert, 'atMs'>, kind: NewEvent['kind']): Promise<void> {
    const { service, next: _next, ...what } = alert
    // It counts as told from here on, so that nobody was reached must be known as well.
    const deliveries = await ports
      .deliver({ ...alert, atMs: ports.nowMs() })
      .catch((error): Delivery[] => [{ channel: 'none', delivery: 'failed', why: error instanceof Error ? error.message : String(error) }])
    for (const { channel, delivery, why: how } of deliveries) tell({ kind, subject: service, data: { ...what, channel, delivery, how } })
  }

  return {
    round,
    memory: () => memory,
    get underWay() {
      return running.size
    },
    async settle(ms) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms)
      })
      await Promise.race([Promise.all(running), late])
      clearTimeout(timer)
    },
  }
}

function isPatrol(request: WatchdogRequest): boolean {
  return request.do === 'patrol'
}
