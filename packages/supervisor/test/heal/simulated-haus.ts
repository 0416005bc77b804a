import type { Lease, ProbePurpose, Symptom } from '@sanctum/contracts'
import type { HealSubject } from '@sanctum/supervisor'
import { buildService } from '@sanctum/testkit'
import { buildSubject } from './build-subject.ts'

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

type FaultKind = 'crash' | 'hang' | 'slow' | 'busy' | 'contract'

/** What is wrong with a service, what would mend it, and when it is mended whatever the healer does. */
interface Fault {
  readonly kind: FaultKind
  readonly cure: 'restart' | 'command' | 'dependency' | 'time'
  readonly endsMs: number
}

/** A service of the simulated haus: what the catalog says of it, and what is true of it now. */
export interface SimulatedUnit {
  readonly base: HealSubject
  readonly startMs: number
  fault: Fault | null
  /** Until then it crashes again and again, soon after each restart. */
  flapsUntilMs: number
  nextFlapMs: number
  startingUntilMs: number
  stoppedUntilMs: number
  unknownUntilMs: number
}

export interface SimulatedHaus {
  readonly units: readonly SimulatedUnit[]
  readonly unitOf: ReadonlyMap<string, SimulatedUnit>
  leases: Lease[]
  pressureUntilMs: number
  /** The watchdog's own trouble, in which everything looks down. */
  itIsMeUntilMs: number
  /** What the clock of the wall is ahead of true time. */
  clockMs: number
}

const hard = (...services: string[]) => services.map((service) => ({ service, strength: 'hard' as const }))
const restart = { name: 'restart', command: null, restart: true, cooldown_s: 60 }
const command = (name: string, restarts = false) => ({ name, command: [`/opt/${name}`], restart: restarts, cooldown_s: 300 })
const remediation = (overrides: Partial<HealSubject['remediation']>) => ({ ...buildService('any').remediation, ...overrides })

const catalog: readonly (readonly [id: string, startS: number, overrides: Partial<HealSubject>])[] = [
  ['proxy', 5, { tier: 'P0', remediation: remediation({ actions: [restart], escalation_level: 4 }) }],
  ['router', 3, { tier: 'P0', requires: hard('proxy') }],
  [
    'home',
    30,
    { tier: 'P0', kind: 'container', remediation: remediation({ actions: [command('compose-up', true), restart], max_restarts: 3 }) },
  ],
  ['mlx', 75, { tier: 'council', remediation: remediation({ actions: [command('unload'), restart], max_restarts: 3, window_s: 3600 }) }],
  ['gateway', 8, { tier: 'council', requires: [...hard('router'), { service: 'mlx', strength: 'soft' }] }],
  ['voice', 4, { requires: hard('gateway', 'mlx'), remediation: remediation({ actions: [restart, command('fallback-up')] }) }],
  ['bridge', 0, { kind: 'network', isOurs: false, remediation: remediation({ actions: [command('vm-start')], quarantine_after: 3 }) }],
  ['health', 6, { requires: hard('bridge') }],
  ['board', 2, { tier: 'optional', requires: hard('health') }],
  ['index', 0, { tier: 'optional', kind: 'periodic', activity: 'waiting' }],
  ['backup', 0, { kind: 'oneshot', activity: 'completed' }],
  ['cloud', 0, { kind: 'external', isOurs: false, wanted: null }],
]

export function createHaus(): SimulatedHaus {
  const units = catalog.map(([id, startS, overrides]) => ({
    base: buildSubject(id, { sinceMs: null, ...overrides }),
    startMs: startS * SECOND,
    fault: null,
    flapsUntilMs: 0,
    nextFlapMs: Number.POSITIVE_INFINITY,
    startingUntilMs: 0,
    stoppedUntilMs: 0,
    unknownUntilMs: 0,
  }))
  const unitOf = new Map(units.map((unit) => [unit.base.service, unit]))
  return { units, unitOf, leases: [], pressureUntilMs: 0, itIsMeUntilMs: 0, clockMs: 0 }
}

/** Whether its own process is gone or deaf, whatever anybody knows of it. */
export function isIll({ fault }: SimulatedUnit): boolean {
  return fault?.kind === 'crash' || fault?.kind === 'hang'
}

/** Whether others can use it now. */
export function isUp(unit: SimulatedUnit, nowMs: number): boolean {
  return !isIll(unit) && unit.startingUntilMs <= nowMs && unit.stoppedUntilMs <= nowMs
}

/** The deepest service that fails, in whatever way, and that this one cannot be without. */
export function rootOf(haus: SimulatedHaus, { base }: SimulatedUnit, nowMs: number): string | null {
  for (const { service, strength } of base.requires) {
    const other = haus.unitOf.get(service)
    if (strength !== 'hard' || other === undefined) continue
    const deeper = rootOf(haus, other, nowMs)
    if (deeper !== null) return deeper
    if (!isUp(other, nowMs) || other.fault !== null) return service
  }
  return null
}

/** What the probes and the graph say of a service now. */
export function observe(haus: SimulatedHaus, unit: SimulatedUnit, nowMs: number): HealSubject {
  const { base, fault } = unit
  if (unit.stoppedUntilMs > nowMs)
    return { ...base, verdict: 'not-applicable', why: 'a person stopped it', wanted: false, activity: 'stopped', passes: [] }
  if (haus.itIsMeUntilMs > nowMs)
    return { ...base, verdict: 'failed', why: 'no route', symptom: 'transport', failing: 'liveness', passes: [] }
  if (unit.startingUntilMs > nowMs)
    return { ...base, verdict: 'could-not-check', why: 'it is starting', activity: 'starting', starting: true, passes: [] }
  const cause = rootOf(haus, unit, nowMs)
  const activity = fault?.kind === 'crash' ? 'failed' : base.activity
  if (cause !== null) return { ...base, verdict: 'blocked', why: `waits for ${cause}`, cause, activity, passes: [] }
  if (unit.unknownUntilMs > nowMs) return { ...base, verdict: 'could-not-check', why: 'the probe cannot be run', passes: [] }
  if (fault === null) return base
  const busy = fault.kind === 'busy' ? 'a long answer' : null
  return { ...base, verdict: 'failed', why: fault.kind, activity, busy, ...signs[fault.kind] }
}

interface Signs {
  readonly symptom: Symptom
  readonly failing: ProbePurpose | null
  readonly passes: readonly ProbePurpose[]
}

const signs: Readonly<Record<FaultKind, Signs>> = {
  crash: { symptom: 'crashed', failing: null, passes: [] },
  hang: { symptom: 'timeout', failing: 'liveness', passes: [] },
  slow: { symptom: 'timeout', failing: 'readiness', passes: ['liveness'] },
  busy: { symptom: 'timeout', failing: 'liveness', passes: [] },
  contract: { symptom: 'wrong-answer', failing: 'contract', passes: ['liveness', 'readiness'] },
}

type Random = (limit?: number) => number

/** Puts something wrong with a service that was well. */
export function breakUnit(unit: SimulatedUnit, nowMs: number, random: Random): void {
  if (unit.fault !== null) return
  const kinds: FaultKind[] =
    unit.base.kind === 'daemon' || unit.base.kind === 'container' ? ['crash', 'hang', 'slow', 'busy', 'contract'] : ['hang']
  const kind = kinds[Math.floor(random(kinds.length + 2)) % kinds.length] as FaultKind
  unit.fault = { kind, ...toCure(kind, nowMs, random) }
  if ((kind === 'crash' || kind === 'hang') && random() < 0.1) unit.flapsUntilMs = nowMs + random(12 * HOUR)
}

function toCure(kind: FaultKind, nowMs: number, random: Random): Pick<Fault, 'cure' | 'endsMs'> {
  if (kind === 'busy') return { cure: 'time', endsMs: nowMs + random(20 * MINUTE) }
  if (kind === 'slow') return { cure: 'time', endsMs: nowMs + random(3 * HOUR) }
  const lot = random()
  if (lot < 0.1) return { cure: 'time', endsMs: nowMs + 20 * SECOND + random(10 * MINUTE) }
  const endsMs = nowMs + 2 * HOUR + random(28 * HOUR)
  if (kind === 'contract') return { cure: lot < 0.6 ? 'command' : 'time', endsMs }
  return { cure: lot < 0.75 ? 'restart' : lot < 0.83 ? 'command' : lot < 0.88 ? 'dependency' : 'time', endsMs }
}

/** Ends it in a way that a restart often does not mend. */
export function crashUnit(unit: SimulatedUnit, nowMs: number, random: Random): void {
  unit.fault ??= { kind: 'crash', cure: random() < 0.5 ? 'restart' : 'time', endsMs: nowMs + random(12 * HOUR) }
}

/** Ends what is wrong with it; one that flaps falls again soon. */
export function mend(unit: SimulatedUnit, nowMs: number, random: Random): void {
  unit.fault = null
  unit.nextFlapMs = unit.flapsUntilMs > nowMs ? nowMs + MINUTE + random(6 * MINUTE) : Number.POSITIVE_INFINITY
}

/** The process is ended and started anew; `withDependency`: after what it requires was. */
export function restartUnit(unit: SimulatedUnit, readyMs: number, withDependency: boolean, random: Random): void {
  unit.startingUntilMs = readyMs
  const cure = unit.fault?.cure
  if (cure === 'restart' || (cure === 'dependency' && withDependency)) mend(unit, readyMs, random)
}
