import { type HealAct, defaultHealPolicy as policy } from '@sanctum/supervisor'
import type { SimulatedRound } from './run-simulation.ts'
import { DAY, HOUR, isIll, isUp, MINUTE, rootOf, type SimulatedUnit } from './simulated-haus.ts'

/** What no healer may ever do, by the words that a test looks for. */
export type Broken =
  | 'over budget'
  | 'over the global budget'
  | 'two heals at once'
  | 'dependency down'
  | 'not re-armed'
  | 'alive'
  | 'not restartable'
  | 'too many notifications'
  | 'silent'
  | 'breaker'
  | 'pressure'
  | 'lease'
  | 'stopped'
  | 'own trouble'
  | 'proven too early'

export interface Breach {
  readonly broken: Broken
  readonly what: string
}

export interface Tally {
  heals: number
  incidents: number
  notifications: number
  quarantines: number
  proven: number
  /** Heals that an open breaker let through. */
  trials: number
}

type Heal = Extract<HealAct, { do: 'heal' }>

/** Watches a simulation from outside, by what is true and by what the healer did, never by what it remembers of it. */
export function createJudge(seed: number) {
  const breaches: Breach[] = []
  const tally: Tally = { heals: 0, incidents: 0, notifications: 0, quarantines: 0, proven: 0, trials: 0 }
  const restarts: { service: string; atMs: number }[] = []
  const notifications: number[] = []
  const quarantinedMs = new Map<string, number>()
  const freeMs = new Map<string, number>()
  const untoldMs = new Map<string, number>()
  const held = new Set<string>()
  let breakerIdleMs = 0
  let breakerMs: number | null = null
  let trial: { readonly incident: string; readonly atMs: number } | null = null
  const wellSinceMs = new Map<string, number>()

  const breach = (broken: Broken, round: SimulatedRound, what: string): void => {
    breaches.push({ broken, what: `seed ${seed}, ${new Date(round.nowMs).toISOString()}: ${what}` })
  }
  const within = (service: string | null, sinceMs: number) =>
    restarts.filter((restart) => restart.atMs > sinceMs && (service === null || restart.service === service)).length

  function judgeHeal(round: SimulatedRound, heal: Heal): void {
    const { haus, nowMs } = round
    const touched = heal.action.restarts ? [...new Set([heal.service, ...heal.targets])] : [heal.service]
    const own = unitOf(round, heal.service)
    const what = `${heal.action.name} of ${heal.targets.join(', ') || heal.service} for ${heal.service}`
    if (haus.itIsMeUntilMs > nowMs) breach('own trouble', round, what)
    if (touched.some((service) => round.busy.has(service))) breach('two heals at once', round, what)
    if (touched.some((service) => isLeased(round, service))) breach('lease', round, what)
    if (touched.some((service) => unitOf(round, service).stoppedUntilMs > nowMs)) breach('stopped', round, what)
    if (rootOf(haus, own, nowMs) !== null) breach('dependency down', round, what)
    if (own.base.tier !== 'P0' && rootsOf(round).length >= policy.breakerAt && !isTrial(round, heal)) breach('breaker', round, what)
    if (!heal.action.restarts) return
    if (haus.pressureUntilMs > nowMs) breach('pressure', round, what)
    if (!isIll(own)) breach('alive', round, `${what}: ${own.fault?.kind ?? 'nothing'} is no reason`)
    heal.targets.forEach((service, index) => {
      const unit = unitOf(round, service)
      const down = unit.base.requires.find(
        (edge) =>
          edge.strength === 'hard' && !heal.targets.slice(0, index).includes(edge.service) && !isUp(unitOf(round, edge.service), nowMs),
      )
      if (down !== undefined) breach('dependency down', round, `${what}: ${service} waits for ${down.service}`)
    })
    for (const service of touched) {
      const { base } = unitOf(round, service)
      if (!['daemon', 'container'].includes(base.kind)) breach('not restartable', round, `${what}: ${service} is ${base.kind}`)
      if (liftsBudget(round, service)) continue
      restarts.push({ service, atMs: nowMs })
      const { max_restarts, window_s } = base.remediation
      if (within(service, nowMs - window_s * 1000) > max_restarts) breach('over budget', round, `${what}: ${service}`)
    }
    const { globalRestarts, globalWindowMs } = policy
    if (within(null, nowMs - globalWindowMs) > globalRestarts) breach('over the global budget', round, what)
  }

  /** Half open: one at a time, after a while, and the next one at once only where the last one helped. */
  function isTrial({ nowMs, memory }: SimulatedRound, { incident }: Heal): boolean {
    if (breakerMs === null || nowMs - breakerMs < policy.breakerTrialMs) return false
    const last = trial
    if (last !== null && nowMs - last.atMs < policy.breakerTrialMs && memory.incidents.some(({ id }) => id === last.incident)) return false
    trial = { incident, atMs: nowMs }
    tally.trials += 1
    return true
  }

  /** A service that only its budget of time keeps from a heal must get one: after calm, after a quarantine, and P0 past an open breaker. */
  function judgeRearming(round: SimulatedRound): void {
    for (const unit of round.haus.units) {
      const { service } = unit.base
      const isHealed = round.acts.some((act) => act.do === 'heal' && (act.service === service || act.targets.includes(service)))
      const waited = isHealed || !isIll(unit) ? 0 : (freeMs.get(service) ?? 0) + (isFree(round, unit) ? round.sinceLastMs : 0)
      freeMs.set(service, waited)
      if (waited <= policy.maxBackoffMs + policy.reportWithinMs + 20 * MINUTE) continue
      breach('not re-armed', round, `${service} waits for a heal for ${Math.round(waited / MINUTE)} min`)
      freeMs.set(service, 0)
    }
  }

  function isFree(round: SimulatedRound, unit: SimulatedUnit): boolean {
    const { haus, nowMs, memory } = round
    const { service, kind, tier, remediation } = unit.base
    if (
      !['daemon', 'container'].includes(kind) ||
      !isIll(unit) ||
      Math.max(unit.startingUntilMs, unit.stoppedUntilMs, unit.unknownUntilMs) > nowMs
    )
      return false
    if (rootOf(haus, unit, nowMs) !== null || isLeased(round, service) || liftsBudget(round, service)) return false
    if (haus.pressureUntilMs > nowMs || haus.itIsMeUntilMs > nowMs) return false
    if (tier !== 'P0' && memory.breaker !== null && breakerIdleMs < 10 * MINUTE) return false
    if (round.busy.size > 0 || memory.incidents.some(({ under_way }) => under_way !== null)) return false
    const quarantined = quarantinedMs.get(service)
    if (quarantined !== undefined && nowMs - quarantined < policy.maxQuarantineMs) return false
    if (within(service, nowMs - remediation.window_s * 1000) >= remediation.max_restarts) return false
    const limit = policy.globalRestarts - (tier === 'P0' ? 0 : policy.globalReserve)
    return within(null, nowMs - policy.globalWindowMs) < limit
  }

  /** Who is ill, and not known of, is told again and again. */
  function judgeTelling(round: SimulatedRound): void {
    const { before, acts, events } = round
    for (const act of acts) {
      if (act.do === 'heal') continue
      notifications.push(round.nowMs)
      tally.notifications += 1
      for (const incident of act.do === 'digest' ? act.incidents : [act.incident]) {
        untoldMs.set(incident, 0)
        held.delete(incident)
      }
    }
    for (const { kind, data } of events) if (kind === 'escalation-held') held.add(String(data['incident']))
    const day = notifications.filter((at) => at > round.nowMs - DAY).length
    if (day > 40) breach('too many notifications', round, `${day} within a day`)
    for (const { id, service, acknowledged } of before.incidents) {
      const unit = unitOf(round, service)
      const isMute = acknowledged !== null || rootOf(round.haus, unit, round.nowMs) !== null || unit.fault === null
      if (isMute || isLeased(round, service) || liftsBudget(round, service) || round.haus.itIsMeUntilMs > round.nowMs) continue
      const waited = (untoldMs.get(id) ?? 0) + round.sinceLastMs
      untoldMs.set(id, waited)
      const bound = held.has(id) ? DAY + 4 * HOUR : longestSilence[unit.base.tier]
      if (waited > bound) breach('silent', round, `${id} was not told for ${Math.round(waited / HOUR)} h`)
      if (waited > bound) untoldMs.set(id, 0)
    }
  }

  function judgeProof(round: SimulatedRound): void {
    for (const { service, passes } of round.subjects) if (passes.length === 0) wellSinceMs.set(service, round.nowMs)
    for (const { kind, subject } of round.events) {
      if (kind !== 'heal-proven') continue
      tally.proven += 1
      const wellMs = round.nowMs - (wellSinceMs.get(subject) ?? 0)
      if (wellMs < 30_000) breach('proven too early', round, `${subject} was well for ${wellMs} ms`)
    }
  }

  return {
    breaches,
    tally,
    watch(round: SimulatedRound): void {
      while ((restarts[0]?.atMs ?? round.nowMs) < round.nowMs - DAY) restarts.shift()
      while ((notifications[0] ?? round.nowMs) < round.nowMs - DAY) notifications.shift()
      for (const request of round.requests) if (request.do === 'release') forgive(request.service)
      for (const { kind, subject } of round.events) {
        if (kind === 'incident-opened') tally.incidents += 1
        if (kind === 'breaker-opened') breakerMs = round.nowMs
        if (kind === 'breaker-closed') [breakerMs, trial] = [null, null]
        if (kind === 'service-quarantined') quarantinedMs.set(subject, round.nowMs)
        if (kind === 'service-quarantined') tally.quarantines += 1
        if (kind === 'quarantine-ended') quarantinedMs.delete(subject)
      }
      const heals = round.acts.filter((act) => act.do === 'heal')
      tally.heals += heals.length
      if (
        new Set(heals.flatMap(({ service, targets }) => [...new Set([service, ...targets])])).size <
        heals.flatMap(({ service, targets }) => [...new Set([service, ...targets])]).length
      )
        breach('two heals at once', round, 'in one round')
      for (const heal of heals) judgeHeal(round, heal)
      breakerIdleMs =
        round.memory.breaker === null || rootsOf(round, true).length >= policy.breakerAt ? 0 : breakerIdleMs + round.sinceLastMs
      judgeRearming(round)
      judgeTelling(round)
      judgeProof(round)
    },
  }

  /** A person said that what spent the budget is mended. */
  function forgive(service: string): void {
    quarantinedMs.delete(service)
    for (let index = restarts.length - 1; index >= 0; index--) if (restarts[index]?.service === service) restarts.splice(index, 1)
  }
}

/** The longest time between two calls, by tier, and what the rounds may be late. */
const longestSilence = { P0: 4.5 * HOUR, council: 8.5 * HOUR, ops: 12.5 * HOUR, optional: 24.5 * HOUR } as const

function unitOf({ haus }: SimulatedRound, service: string): SimulatedUnit {
  const unit = haus.unitOf.get(service)
  if (unit === undefined) throw new Error(`${service} is not in the haus`)
  return unit
}

/** Ill for certain, nobody knows of it, and it is not set aside. */
function rootsOf(round: SimulatedRound, withUnsure = false): string[] {
  const { memory, subjects } = round
  return subjects
    .filter(({ verdict, starting }) => (withUnsure ? verdict !== 'blocked' : verdict === 'failed' && !starting))
    .filter(({ service }) => memory.incidents.some((incident) => incident.service === service && incident.acknowledged === null))
    .filter(({ service }) => !memory.quarantines.some((quarantine) => quarantine.service === service))
    .map(({ service }) => service)
}

function leasesOn({ leases, wallMs }: SimulatedRound, service: string) {
  return leases.filter(
    ({ since_ms, until_ms, services }) => since_ms <= wallMs && wallMs < until_ms && (services.includes(service) || services.includes('*')),
  )
}

function isLeased(round: SimulatedRound, service: string): boolean {
  return leasesOn(round, service).some(({ lifts_budget }) => !lifts_budget)
}

function liftsBudget(round: SimulatedRound, service: string): boolean {
  return leasesOn(round, service).some(({ lifts_budget }) => lifts_budget)
}
