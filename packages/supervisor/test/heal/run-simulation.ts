import type { HealingDocument, Lease, NewEvent } from '@sanctum/contracts'
import {
  emptyHealing,
  type HealAct,
  type HealPolicy,
  type HealReport,
  type HealRequest,
  type HealRound,
  type HealSubject,
  parseHealing,
  type reduceHealing,
} from '@sanctum/supervisor'
import { createRandom } from '@sanctum/testkit'
import {
  breakUnit,
  crashUnit,
  createHaus,
  DAY,
  HOUR,
  MINUTE,
  mend,
  observe,
  restartUnit,
  SECOND,
  type SimulatedHaus,
  type SimulatedUnit,
} from './simulated-haus.ts'

/** One round as it was, for whoever judges it. Times are true ones; `wallMs` is what the clock of the haus showed. */
export interface SimulatedRound {
  readonly nowMs: number
  readonly sinceLastMs: number
  readonly wallMs: number
  readonly haus: SimulatedHaus
  /** As they really were, whatever the healer was told. */
  readonly subjects: readonly HealSubject[]
  readonly leases: readonly Lease[]
  readonly before: HealingDocument
  readonly memory: HealingDocument
  readonly acts: readonly HealAct[]
  readonly events: readonly NewEvent[]
  readonly requests: readonly HealRequest[]
  /** Services that a heal is really being performed on, before this round. */
  readonly busy: ReadonlySet<string>
}

export interface Simulation {
  readonly seed: number
  readonly days: number
  readonly policy: HealPolicy
  readonly healer: typeof reduceHealing
  readonly onRound: (round: SimulatedRound) => void
  /** True ends it early. */
  readonly isOver?: () => boolean
}

interface Work {
  readonly incident: string
  readonly services: readonly string[]
  readonly endsMs: number
  readonly finish: () => HealReport | null
}

const START = Date.parse('2026-11-23T00:00:00Z')

/** Lives through some days of a haus in which everything goes wrong, round by round, in as little time as the rounds take. */
export function runSimulation({ seed, days, policy, healer, onRound, isOver }: Simulation): void {
  const random = createRandom(seed)
  const haus = createHaus()
  const plans = planTroubles(haus, days * DAY, random)
  let memory = emptyHealing(START)
  let work: Work[] = []
  let requests: HealRequest[] = []
  let [nowMs, lastMs, stepMs, clockSeenMs] = [START, START, SLOWEST, 0]
  while (nowMs < START + days * DAY && isOver?.() !== true) {
    let changed = false
    for (; plans[0] !== undefined && START + plans[0].atMs <= nowMs; changed = true) plans.shift()?.happen(nowMs)
    changed = live(haus, nowMs, random) || changed
    const reports = work.filter(({ endsMs }) => endsMs <= nowMs).flatMap(({ finish }) => finish() ?? [])
    work = work.filter(({ endsMs }) => endsMs > nowMs)
    if (haus.clockMs === clockSeenMs) requests.push(...askAsPerson(memory, haus, nowMs, random))
    const wallMs = nowMs + haus.clockMs
    haus.leases = haus.leases.filter(({ until_ms }) => until_ms > wallMs)
    const subjects = haus.units.map((unit) => observe(haus, unit, nowMs))
    const round: HealRound = {
      nowMs: wallMs,
      clockShiftMs: haus.clockMs - clockSeenMs,
      subjects,
      leases: haus.leases,
      pressure: haus.pressureUntilMs > nowMs ? '6 % of memory are free' : null,
      itIsMe: haus.itIsMeUntilMs > nowMs ? 'the network of this machine is down' : null,
      // Now and then a change is on trial.
      canRevert: Math.floor(nowMs / HOUR) % 10 === 0,
      policy,
    }
    const before = memory
    const busy = new Set(work.flatMap(({ services }) => services))
    const step = healer(before, round, reports, requests, () => random())
    // Now and then the watchdog is started anew, with what it wrote down and without what it waited for.
    memory = random() < 0.002 ? (parseHealing(JSON.stringify(step.memory)) as HealingDocument) : step.memory
    onRound({
      nowMs,
      sinceLastMs: nowMs - lastMs,
      wallMs,
      haus,
      subjects,
      leases: haus.leases,
      before,
      memory,
      acts: step.acts,
      events: step.events,
      requests,
      busy,
    })
    work.push(...step.acts.flatMap((act) => (act.do === 'heal' ? [perform(act, haus, nowMs, random)] : [])))
    const isQuiet = !changed && reports.length + requests.length + step.events.length + step.acts.length === 0
    stepMs = isQuiet ? Math.min(stepMs * 3, SLOWEST) : QUICKEST
    clockSeenMs = haus.clockMs
    requests = []
    lastMs = nowMs
    const next = Math.min(
      nowMs + stepMs,
      START + (plans[0]?.atMs ?? Number.POSITIVE_INFINITY),
      ...work.map(({ endsMs }) => endsMs),
      ...timers(haus, nowMs),
    )
    nowMs = Math.max(nowMs + 1, next)
  }
}

const QUICKEST = 10 * SECOND
const SLOWEST = 5 * MINUTE

/** What changes by itself at a known time. */
function timers(haus: SimulatedHaus, nowMs: number): number[] {
  const times = haus.units.flatMap((unit) => [
    unit.startingUntilMs,
    unit.stoppedUntilMs,
    unit.unknownUntilMs,
    unit.nextFlapMs,
    unit.fault?.endsMs ?? 0,
  ])
  return [...times, haus.pressureUntilMs, haus.itIsMeUntilMs].filter((at) => at > nowMs && Number.isFinite(at))
}

function live(haus: SimulatedHaus, nowMs: number, random: () => number): boolean {
  let changed = false
  for (const unit of haus.units) {
    if (unit.fault !== null && unit.fault.endsMs <= nowMs) {
      changed = true
      // Whoever mended it by hand ended its flapping as well.
      unit.flapsUntilMs = 0
      mend(unit, nowMs, random)
    }
    if (unit.nextFlapMs <= nowMs) {
      changed = true
      unit.nextFlapMs = Number.POSITIVE_INFINITY
      unit.fault ??= { kind: 'crash', cure: 'restart', endsMs: nowMs + 20 * HOUR }
    }
  }
  return changed
}

interface Trouble {
  readonly atMs: number
  readonly happen: (nowMs: number) => void
}

/** All that befalls the haus, in the order in which it does. */
function planTroubles(haus: SimulatedHaus, lengthMs: number, random: (limit?: number) => number): Trouble[] {
  const any = () => haus.units[Math.floor(random(haus.units.length))] as SimulatedUnit
  const spread = (everyMs: number, happen: (nowMs: number) => void): Trouble[] =>
    Array.from({ length: Math.ceil(lengthMs / everyMs) }, () => ({ atMs: random(lengthMs), happen }))
  return [
    ...spread(2 * HOUR, (nowMs) => breakUnit(any(), nowMs, random)),
    ...spread(2 * DAY, (nowMs) => {
      for (let count = 4 + random(3); count > 0; count--) crashUnit(any(), nowMs, random)
    }),
    ...spread(1.5 * DAY, (nowMs) => {
      haus.pressureUntilMs = nowMs + 10 * MINUTE + random(HOUR)
    }),
    ...spread(DAY, (nowMs) => {
      const until_ms = nowMs + haus.clockMs + 30 * MINUTE + random(2 * HOUR)
      const services = random() < 0.2 ? ['*'] : [any().base.service]
      haus.leases.push(toLease(`lease-${nowMs}`, services, nowMs + haus.clockMs, until_ms, random() < 0.3))
    }),
    ...spread(DAY, (nowMs) => {
      const unit = any()
      if (unit.base.kind !== 'daemon') return
      unit.stoppedUntilMs = nowMs + random(10 * HOUR)
      unit.flapsUntilMs = 0
      mend(unit, nowMs, random)
    }),
    ...spread(DAY, (nowMs) => {
      haus.itIsMeUntilMs = nowMs + random(10 * MINUTE)
    }),
    ...spread(6 * HOUR, (nowMs) => {
      any().unknownUntilMs = nowMs + random(HOUR)
    }),
    ...spread(4 * HOUR, () => {
      haus.clockMs += (random() < 0.5 ? -1 : 1) * random(random() < 0.3 ? 36 * HOUR : 10 * MINUTE)
    }),
  ].sort((a, b) => a.atMs - b.atMs)
}

function toLease(id: string, services: string[], since_ms: number, until_ms: number, lifts_budget: boolean): Lease {
  return { schema_version: 1, id, services, owner: 'neo', reason: 'work', since_ms, until_ms, obligations: [], lifts_budget }
}

/** A person looks in now and then, says that an incident is known, or lets a service out of quarantine. */
function askAsPerson(memory: HealingDocument, haus: SimulatedHaus, nowMs: number, random: () => number): HealRequest[] {
  const old = memory.incidents.find(({ opened_ms, acknowledged }) => acknowledged === null && nowMs + haus.clockMs - opened_ms > 6 * HOUR)
  if (old !== undefined && random() < 0.002) return [{ do: 'acknowledge', incident: old.id, by: 'neo', why: 'a part is ordered' }]
  const held = memory.quarantines[0]
  return held !== undefined && random() < 0.001 ? [{ do: 'release', service: held.service, by: 'neo', why: 'mended' }] : []
}

/** Does what the healer asked for. Now and then it fails, and now and then nobody lives to tell. */
function perform(act: Extract<HealAct, { do: 'heal' }>, haus: SimulatedHaus, nowMs: number, random: (limit?: number) => number): Work {
  const { incident, attempt, service, action, targets } = act
  const unit = haus.unitOf.get(service) as SimulatedUnit
  let endsMs = nowMs + SECOND + (action.kind === 'command' ? random(MINUTE) : 0)
  for (const target of targets) {
    const other = haus.unitOf.get(target) as SimulatedUnit
    endsMs += SECOND + other.startMs
    restartUnit(other, endsMs, action.kind !== 'restart', random)
  }
  if (action.kind === 'revert') restartUnit(unit, endsMs + unit.startMs, false, random)
  const lot = random()
  const finish = (): HealReport | null => {
    if (action.kind === 'command' && unit.fault?.cure === 'command') mend(unit, endsMs, random)
    if (action.kind === 'command' && action.restarts) restartUnit(unit, endsMs + unit.startMs, false, random)
    if (lot < 0.02) return null
    return { incident, attempt, outcome: lot < 0.06 ? 'failed' : 'performed', why: 'done', tookMs: endsMs - nowMs }
  }
  return { incident, services: [service, ...targets], endsMs, finish }
}
