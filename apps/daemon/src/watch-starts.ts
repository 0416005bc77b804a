import { type StartTimes, startTimes, type UnitState } from '@sanctum/contracts'
import type { ServiceDefinition } from './haus-definition.ts'
import { createUnseenTimes } from './unseen-times.ts'

export interface StartPorts {
  readonly recallStarts: () => Promise<unknown>
  /** Where it rejects, it has told why. */
  readonly rememberStarts: (document: StartTimes) => Promise<void>
}

/**
 * `starting`: it has never answered yet, or is about to end as somebody asked, and has time left. `overdue`: it had all its time. `up`: it
 * answered, or nobody can tell.
 */
export type StartStage = 'starting' | 'overdue' | 'up'

export interface StartWatch {
  /** Reads once what earlier watchdogs saw. */
  recall(): Promise<void>
  /** Once in each look, before anything else: whether its manager says nothing of it. That time counts against nobody. */
  see(service: ServiceDefinition, isSilent: boolean, nowMs: number): void
  /** Takes in what is known of the present process, or what its manager said last; `firstPassMs`: when it first passed the probe that tells. */
  follow(service: ServiceDefinition, unit: UnitState | null, firstPassMs: number | null, nowMs: number): void
  stage(service: ServiceDefinition, unit: UnitState | null, nowMs: number): StartStage
  /** Writes down what is new. */
  remember(): Promise<void>
}

/** So many starts of each service are kept. */
const KEPT = 20
/** A start may take this much longer than nearly all before it did. */
const MARGIN = 1.25
/** After SIGKILL it takes a moment until nothing is left, and until that is written down. */
const ENDING_S = 5
/** A process that was there longer when it was first seen may have answered long before. */
const FRESH_MS = 5000

interface Life {
  readonly incarnation: string
  /** Seen from its start on, so that its first answer tells how long that took. */
  readonly fromStart: boolean
  readonly answered: boolean
}

/** How long services take to start, from their own starts, and whether one that does not answer is still at it. */
export function createStartWatch({ recallStarts, rememberStarts }: StartPorts): StartWatch {
  const lives = new Map<string, Life>()
  /** Since when a unit is about to end, or to have a process. */
  const between = new Map<string, { readonly what: 'start' | 'stop'; readonly sinceMs: number }>()
  const unseen = createUnseenTimes()
  /** When a process was first seen whose manager does not say when it started. */
  const sightings = new Map<string, { readonly pid: number; readonly atMs: number }>()
  let times: StartTimes | null = null
  let isNew = false

  function startOf(id: string, { pid, startedAtMs }: UnitState, nowMs: number): number | null {
    if (pid === null || startedAtMs !== null) return startedAtMs
    const seen = sightings.get(id)
    if (seen?.pid === pid) return seen.atMs
    sightings.set(id, { pid, atMs: nowMs })
    return nowMs
  }

  /** Nothing can be too slow before it is there. A process that never comes, or never goes, is overdue. */
  function stageBetween({ id, startTimeoutS, stopTimeoutS }: ServiceDefinition, what: 'start' | 'stop', nowMs: number): StartStage {
    const known = between.get(id)
    const sinceMs = known?.what === what ? Math.min(known.sinceMs, nowMs) : nowMs
    between.set(id, { what, sinceMs })
    const allowedS = what === 'start' ? startTimeoutS : stopTimeoutS + ENDING_S
    return unseen.seenMs(id, sinceMs, nowMs) > allowedS * 1000 ? 'overdue' : 'starting'
  }

  /** A manager that never spoke of it may be silent because the machine has just started, and the service as well. */
  function stageUnknown({ id, startTimeoutS }: ServiceDefinition, nowMs: number): StartStage {
    const sinceMs = unseen.silentSinceMs(id)
    return sinceMs !== null && nowMs - sinceMs <= startTimeoutS * 1000 ? 'starting' : 'overdue'
  }

  return {
    see: ({ id }, isSilent, nowMs) => unseen.see(id, isSilent, nowMs),
    async recall() {
      times ??= startTimes.safeParse(await recallStarts()).data ?? { schema_version: 1, services: {} }
    },
    follow({ id, kind }, unit, firstPassMs, nowMs) {
      if (unit === null || unit.pid === null) return
      const incarnation = `${unit.pid}/${startOf(id, unit, nowMs)}`
      const known = lives.get(id)
      const isFresh = known !== undefined || (unit.startedAtMs !== null && nowMs - unit.startedAtMs < FRESH_MS)
      const life = known?.incarnation === incarnation ? known : begin(incarnation, isFresh)
      lives.set(id, { ...life, answered: life.answered || firstPassMs !== null })
      // Only of a start whose time is known can be said how long it took; who answers while its manager is silent may be the next process.
      if (life.answered || firstPassMs === null || unit.startedAtMs === null || unseen.silentSinceMs(id) !== null) return
      const tookMs = firstPassMs - unit.startedAtMs
      if (tookMs < 0 || !life.fromStart || isJob(kind)) return
      times = add(times, id, tookMs)
      isNew = true
    },
    stage(service, unit, nowMs) {
      const { id, startTimeoutS } = service
      const what = unit === null || isJob(service.kind) ? null : whatIsBetween(unit)
      if (what !== null) return stageBetween(service, what, nowMs)
      between.delete(id)
      if (unit === null) return stageUnknown(service, nowMs)
      const startedAtMs = startOf(id, unit, nowMs)
      if (startedAtMs === null) return 'overdue'
      const ageMs = unseen.seenMs(id, startedAtMs, nowMs)
      // A start in the future says that a clock was set, and nothing about the start.
      if (nowMs < startedAtMs || ageMs > graceMs(times?.services[id] ?? [], startTimeoutS)) return 'overdue'
      const life = lives.get(id)
      const hasAnswered = life?.incarnation === `${unit.pid}/${startedAtMs}` && life.answered
      return hasAnswered || unit.pid === null || !answersOnceUp(service) || isKnownReady(service, unit) ? 'up' : 'starting'
    },
    async remember() {
      if (!isNew || times === null) return
      isNew = false
      // How long starts take is worth less than a look: what cannot be written is tried again with the next one.
      await rememberStarts(times).catch(() => {
        isNew = true
      })
    },
  }
}

/**
 * Its manager is about to start it, or to end it as somebody asked; or its process has just ended, and our own supervisor has not yet
 * written that down, or is at what it left behind.
 */
function whatIsBetween({ manager, activity, pid, stopping }: UnitState): 'start' | 'stop' | null {
  if (stopping === true || (pid === null && manager === 'embedded' && activity === 'running')) return 'stop'
  return pid === null && activity === 'starting' ? 'start' : null
}

/** Our own supervisor asks that very probe, and calls a unit running only once it passed. */
function isKnownReady({ health }: ServiceDefinition, { manager, activity }: UnitState): boolean {
  return manager === 'embedded' && activity === 'running' && (health.readiness ?? health.startup) !== undefined
}

/** Of a job no answer is expected, and of a service without a probe none can be had. */
function answersOnceUp({ kind, health }: ServiceDefinition): boolean {
  return !isJob(kind) && (health.startup ?? health.readiness ?? health.liveness) !== undefined
}

function isJob(kind: ServiceDefinition['kind']): boolean {
  return kind === 'oneshot' || kind === 'periodic'
}

function begin(incarnation: string, fromStart: boolean): Life {
  return { incarnation, fromStart, answered: false }
}

function add(times: StartTimes | null, id: string, tookMs: number): StartTimes {
  const services = times?.services ?? {}
  return { schema_version: 1, services: { ...services, [id]: [...(services[id] ?? []), Math.round(tookMs)].slice(-KEPT) } }
}

/** The time that a start may take: what 99 of 100 took and a margin, never less than the catalog allows. */
function graceMs(tookMs: readonly number[], startTimeoutS: number): number {
  const sorted = [...tookMs].sort((left, right) => left - right)
  const usual = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0
  return Math.max(startTimeoutS * 1000, usual * MARGIN)
}
