import { compareText, type UnitManagerKind, type UnitState } from '@sanctum/contracts'
import { isGood, type UnitManager, type UnitReply } from '../unit-manager.ts'

/** A unit of the manager in memory. */
export interface MemoryUnit {
  readonly service: string
  readonly unit?: string
  readonly kind?: 'daemon' | 'oneshot' | 'periodic'
  readonly reloads?: boolean
  readonly digest?: string
  /** What it does when it is started; a daemon runs, a one-shot completes, a periodic unit waits. */
  readonly startsAs?: UnitState['activity']
}

/** A manager that only remembers. `calls` are the requests that changed something, in order. */
export interface MemoryManager extends UnitManager {
  readonly calls: readonly string[]
  define(unit: MemoryUnit): void
  undefine(service: string): void
  /** The process of a unit ends, and the manager starts it again. */
  crash(service: string): void
  /** From now on the unit is in this state, whatever was asked. */
  put(service: string, change: Partial<UnitState>): void
}

/** A unit manager for tests: as quick as memory, with the promises of a real one. */
export function createMemoryManager(defined: readonly MemoryUnit[], kind: UnitManagerKind = 'embedded'): MemoryManager {
  const units = new Map<string, MemoryUnit>()
  const states = new Map<string, UnitState>()
  const calls: string[] = []
  let pids = 1000

  function define(unit: MemoryUnit): void {
    units.set(unit.service, unit)
    const state = states.get(unit.service) ?? blank(unit, kind)
    states.set(unit.service, { ...state, loaded: true, ...(state.pid === null ? { definitionDigest: unit.digest ?? null } : {}) })
  }

  function put(service: string, change: Partial<UnitState>): void {
    const state = states.get(service)
    if (state !== undefined) states.set(service, { ...state, ...change })
  }

  function begin(unit: MemoryUnit): void {
    const activity = unit.startsAs ?? beginnings[unit.kind ?? 'daemon']
    const isUp = activity === 'running' || activity === 'starting'
    if (isUp) pids++
    put(unit.service, {
      wanted: true,
      activity,
      pid: isUp ? pids : null,
      startedAtMs: isUp ? pids : null,
      restarts: 0,
      lastExit: activity === 'completed' ? { code: 0, signal: null } : null,
      definitionDigest: unit.digest ?? null,
      why: `it is ${activity}`,
    })
  }

  async function ask(
    service: string,
    name: string,
    act: (unit: MemoryUnit | undefined, state: UnitState) => UnitReply,
  ): Promise<UnitReply> {
    const state = states.get(service)
    if (state === undefined) return { kind: 'unknown-unit', service, why: `nothing defines ${service}` }
    const reply = act(units.get(service), state)
    if (reply.kind === 'accepted') calls.push(`${name} ${service}`)
    return reply
  }

  const isStarted = ({ wanted, activity }: UnitState) => wanted === true && activity !== 'failed' && activity !== 'stopped'

  const manager: MemoryManager = {
    kind,
    calls,
    define,
    put,
    list: async () => [...states.values()].sort((a, b) => compareText(a.service, b.service)),
    listStrangers: async () => [],
    reloadDefinitions: async (changed) => changed.map(({ service }) => ({ kind: 'accepted', service })),
    start: (service) =>
      ask(service, 'start', (unit, state) => {
        if (isStarted(state)) return { kind: 'unchanged', service }
        if (unit === undefined) return { kind: 'unknown-unit', service, why: `nothing defines ${service}` }
        begin(unit)
        return { kind: 'accepted', service }
      }),
    stop: (service) =>
      ask(service, 'stop', (_unit, { wanted, pid }) => {
        if (wanted !== true && pid === null) return { kind: 'unchanged', service }
        put(service, { wanted: false, activity: 'stopped', pid: null, startedAtMs: null, why: 'it was stopped' })
        return { kind: 'accepted', service }
      }),
    restart: (service) =>
      ask(service, 'restart', (unit) => {
        if (unit === undefined) return { kind: 'unknown-unit', service, why: `nothing defines ${service}` }
        begin(unit)
        return { kind: 'accepted', service }
      }),
    reload: (service) =>
      ask(service, 'reload', (unit) =>
        unit?.reloads === true ? { kind: 'accepted', service } : { kind: 'refused', service, why: 'it knows no signal for that' },
      ),
    async forget(service) {
      const reply = await manager.stop(service)
      if (reply.kind === 'unknown-unit') return { kind: 'unchanged', service }
      if (!isGood(reply)) return reply
      calls.push(`forget ${service}`)
      const unit = units.get(service)
      if (unit === undefined) states.delete(service)
      else states.set(service, blank(unit, kind))
      return { kind: 'accepted', service }
    },
    undefine(service) {
      units.delete(service)
      put(service, { loaded: false })
      if (states.get(service)?.wanted === null) states.delete(service)
    },
    crash(service) {
      const restarts = (states.get(service)?.restarts ?? 0) + 1
      const unit = units.get(service)
      if (unit !== undefined) begin(unit)
      put(service, { restarts, lastExit: { code: null, signal: 'SIGKILL' } })
    },
  }
  for (const unit of defined) define(unit)
  return manager
}

const beginnings = { daemon: 'running', oneshot: 'completed', periodic: 'waiting' } as const

function blank({ service, unit, digest }: MemoryUnit, kind: UnitManagerKind): UnitState {
  return {
    service,
    unit: unit ?? `com.sanctum.${service}`,
    manager: kind,
    loaded: true,
    wanted: null,
    activity: 'stopped',
    pid: null,
    startedAtMs: null,
    restarts: 0,
    lastExit: null,
    definitionDigest: digest ?? null,
    definitionFile: null,
    dropIns: [],
    needsReload: false,
    why: 'nobody asked for it',
  }
}
