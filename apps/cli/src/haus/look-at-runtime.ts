import type { Haus, HostObservations, StrangerUnit, UnitState } from '@sanctum/contracts'
import type { Ports } from '../ports.ts'

/** What runs and who listens, as it was seen at one moment. */
export interface RuntimeLook {
  readonly states: readonly UnitState[]
  readonly strangers: readonly StrangerUnit[]
  readonly listeners: HostObservations['listeners']
  readonly unread: HostObservations['unread']
}

/** What was looked at already, and is not looked at again. */
export interface SeenRuntime {
  readonly states: readonly UnitState[]
  readonly listeners: Awaited<ReturnType<Ports['drift']['listeners']>>
}

/** Looks when the first who judges asks, and once for all of them. */
export function createRuntimeLook(ports: Ports, haus: Haus, seen: Partial<SeenRuntime> = {}): () => Promise<RuntimeLook> {
  let look: Promise<RuntimeLook> | undefined
  return () => {
    look ??= lookAtRuntime(ports, haus, seen)
    return look
  }
}

async function lookAtRuntime(ports: Ports, haus: Haus, seen: Partial<SeenRuntime>): Promise<RuntimeLook> {
  const manager = ports.units(haus)
  const [states, strangers, { listeners, unread }] = await Promise.all([
    seen.states ?? manager.list(),
    manager.listStrangers(),
    seen.listeners ?? ports.drift.listeners(),
  ])
  return { states, strangers, listeners, unread }
}
