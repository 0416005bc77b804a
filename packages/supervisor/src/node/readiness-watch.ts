import type { EmbeddedUnit } from '@sanctum/contracts'
import { processOf } from '../unit-life.ts'
import type { UnitKeeper } from './unit-keeper.ts'

export interface ReadinessWatch {
  look(): void
  stop(): void
}

/** Asks each starting unit whether it is ready: soon at first, since most are, then less and less often. */
export function createReadinessWatch(
  keeper: UnitKeeper,
  observe: ((unit: EmbeddedUnit, pid: number) => Promise<boolean>) | undefined,
  wake: () => void,
): ReadinessWatch {
  const watched = new Set<string>()
  const timers = new Set<NodeJS.Timeout>()
  let isStopped = false

  async function ask(service: string, incarnation: string, pauseMs: number): Promise<void> {
    const unit = keeper.units.get(service)
    const process = unit === undefined ? null : processOf(unit)
    if (isStopped || unit?.phase.at !== 'starting' || process?.incarnation !== incarnation || process.pid === null || !unit.definition) {
      watched.delete(incarnation)
      return
    }
    const isReady = observe === undefined || (await observe(unit.definition, process.pid).catch(() => false))
    if (isStopped) return
    if (isReady) {
      watched.delete(incarnation)
      keeper.send(service, { kind: 'became-ready', incarnation })
      wake()
      return
    }
    const timer = setTimeout(() => {
      timers.delete(timer)
      void ask(service, incarnation, Math.min(pauseMs * 1.5, READINESS_PAUSE_MS.longest))
    }, pauseMs)
    timers.add(timer)
  }

  return {
    look() {
      for (const { service, phase } of keeper.units.values()) {
        if (phase.at !== 'starting' || watched.has(phase.process.incarnation)) continue
        watched.add(phase.process.incarnation)
        void ask(service, phase.process.incarnation, READINESS_PAUSE_MS.first)
      }
    },
    stop() {
      isStopped = true
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

const READINESS_PAUSE_MS = { first: 20, longest: 500 }
