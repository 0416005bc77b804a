import type { EmbeddedUnit, NewEvent, UnitState } from '@sanctum/contracts'
import { toLive } from '../live-record.ts'
import { toUnitState } from '../to-unit-state.ts'
import { processOf, type UnitLife } from '../unit-life.ts'
import { adoptUnits } from './adopt-units.ts'
import { embeddedHome } from './embedded-home.ts'
import { removeFile, writeJson } from './json-file.ts'
import { judgeGates } from './judge-gates.ts'
import { createProcessTable, type ProcessTable } from './process-table.ts'
import { createReadinessWatch } from './readiness-watch.ts'
import { createRequestReader } from './request-reader.ts'
import { type Environment, spawnUnit } from './spawn-unit.ts'
import { createUnitKeeper, type UnitKeeper } from './unit-keeper.ts'

/** The lock that lets only one supervisor at a time look after a home; the caller brings it. */
export type SupervisorLock =
  | { readonly kind: 'held'; release(): void | Promise<void> }
  | { readonly kind: 'busy'; readonly holder: unknown }

export interface SuperviseOptions {
  /** SANCTUM_HOME. */
  readonly home: string
  /** The service that the supervisor itself is: listed, never started or stopped by it. */
  readonly self: { readonly service: string }
  lock(): Promise<SupervisorLock> | SupervisorLock
  /** Whether a unit that has a readiness probe answers. Without this, to run is to be ready. A thrown error is a no. */
  observeReadiness?(unit: EmbeddedUnit, pid: number): Promise<boolean>
  log?(event: NewEvent): void
  /** Milliseconds since the epoch. */
  now?(): number
  /** Milliseconds since the start of the machine, the same for every process. */
  upMs?(): number
  /** How often it looks by itself; a SIGHUP, an end or a readiness makes it look at once. */
  readonly pollMs?: number
  readonly processes?: ProcessTable
  readonly spawn?: typeof spawnUnit
  /** Of this process: PATH, HOME, USER, LANG and TZ are handed on to the units. Without it: a usual PATH, the account's HOME and USER. */
  readonly environment?: Environment
}

export interface EmbeddedSupervision {
  /** The last cycle that was completed, and how many were. */
  cycle(): { readonly completed: number; readonly lastAtMs: number | null }
  /** Looks now; resolves when a cycle that began after the call is done. */
  reconcile(): Promise<void>
  states(): readonly UnitState[]
  /** Stops looking and lets the next supervisor in. What runs keeps running. */
  stop(): Promise<void>
}

export type Supervision =
  | { readonly kind: 'supervising'; readonly supervision: EmbeddedSupervision }
  | { readonly kind: 'busy'; readonly holder: unknown }

/**
 * Supervises the units of a home where neither launchd nor systemd runs: adopts what an earlier supervisor started, then brings each
 * unit to what its wanted file asks, in the order of their requirements. A SIGHUP to this process wakes it.
 */
export async function superviseEmbedded(options: SuperviseOptions): Promise<Supervision> {
  const lock = await options.lock()
  if (lock.kind === 'busy') return lock
  try {
    return { kind: 'supervising', supervision: await supervise(options, lock) }
  } catch (error) {
    await lock.release()
    throw error
  }
}

const POLL_MS = 200

async function supervise(options: SuperviseOptions, lock: Extract<SupervisorLock, { kind: 'held' }>): Promise<EmbeddedSupervision> {
  const { home, self, pollMs = POLL_MS, processes = createProcessTable(), now = Date.now, upMs = machineUpMs } = options
  const tell = options.log ?? (() => {})
  const paths = embeddedHome(home)
  const startedAtMs = now()
  let isStopped = false
  let timer: NodeJS.Timeout | undefined
  let begun = 0
  let completed = 0
  let lastAtMs: number | null = null
  let written = ''
  /** Told once: a cycle comes five times in a second. */
  let trouble = ''
  let unread = ''
  let unwritten = ''

  const keeper = createUnitKeeper({
    home,
    processes,
    spawn: options.spawn ?? spawnUnit,
    environment: options.environment ?? {},
    wallMs: now,
    upMs,
    tell,
    wake,
  })
  const requests = createRequestReader({ home, self: self.service, bootId: processes.bootId(), keeper, tell })
  const readiness = createReadinessWatch(keeper, options.observeReadiness, wake)

  function cycle(): void {
    readRequests()
    keeper.watch()
    judgeGates(keeper, self.service)
    for (const service of [...keeper.units.keys()]) keeper.send(service, { kind: 'ticked' })
    judgeGates(keeper, self.service)
    readiness.look()
    writeSupervisor()
    completed++
    lastAtMs = now()
  }

  /** What cannot be read now is read in the next cycle, and what runs is looked after meanwhile. */
  function readRequests(): void {
    try {
      requests.readDefinitions()
      requests.readWanted()
      unread = ''
    } catch (error) {
      if (String(error) !== unread) tell({ kind: 'requests-unread', subject: self.service, data: { why: String(error) } })
      unread = String(error)
    }
  }

  function run(): void {
    clearTimeout(timer)
    if (isStopped) return
    begun++
    try {
      cycle()
      trouble = ''
    } catch (error) {
      if (String(error) !== trouble) tell({ kind: 'cycle-failed', subject: self.service, data: { why: String(error) } })
      trouble = String(error)
    }
    timer = setTimeout(run, Math.min(pollMs, Math.max(1, nextDeadline(keeper.units) - upMs())))
  }

  /** Asked from within a cycle it would be too early, so it comes after whatever runs now. */
  function wake(): void {
    if (isStopped) return
    clearTimeout(timer)
    timer = setTimeout(run, 0)
  }

  function writeSupervisor(): void {
    const document = {
      schema_version: 1,
      service: self.service,
      pid: process.pid,
      start_time: processes.startTime(process.pid) ?? '',
      boot_id: processes.bootId(),
      started_at_ms: startedAtMs,
      definitions: requests.source(),
    }
    const text = JSON.stringify(document)
    if (text === written) return
    try {
      writeJson(paths.supervisor, document)
      written = text
      unwritten = ''
    } catch (error) {
      // On a full disk the units are looked after all the same; a cycle that counted as none would be taken for a stall.
      if (String(error) !== unwritten) tell({ kind: 'record-unwritten', subject: self.service, data: { why: String(error) } })
      unwritten = String(error)
    }
  }

  process.on('SIGHUP', wake)
  try {
    requests.restore()
    requests.readDefinitions()
    await adoptUnits({ home, self: self.service, keeper, processes, tell })
  } catch (error) {
    process.off('SIGHUP', wake)
    throw error
  }
  run()

  return {
    cycle: () => ({ completed, lastAtMs }),
    async reconcile() {
      const before = begun
      wake()
      while (begun === before && !isStopped) await new Promise((resolve) => setTimeout(resolve, 1))
    },
    states: () => [...keeper.units.values()].map((unit) => stateOf(unit, keeper)),
    async stop() {
      isStopped = true
      clearTimeout(timer)
      readiness.stop()
      keeper.close()
      ignoreHangup()
      process.off('SIGHUP', wake)
      removeFile(paths.supervisor)
      await lock.release()
    },
  }
}

/** A client may have read our pid just before: its SIGHUP must not end a process that is about to end well. */
function ignoreHangup(): void {
  if (!process.listeners('SIGHUP').includes(ignore)) process.on('SIGHUP', ignore)
}

function ignore(): void {}

/** The clock of the kernel that no person can set; all processes read the same one. */
export function machineUpMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n)
}

function nextDeadline(units: ReadonlyMap<string, UnitLife>): number {
  return Math.min(
    ...[...units.values()].map(({ phase }) => {
      if (phase.at === 'backing-off') return phase.untilUpMs
      return phase.at === 'stopping' ? phase.killAtUpMs : Number.POSITIVE_INFINITY
    }),
    Number.MAX_SAFE_INTEGER,
  )
}

function stateOf(unit: UnitLife, keeper: UnitKeeper): UnitState {
  const { bootId } = keeper.moment()
  const { known, up, restartSeq, reloadSeq } = unit.wanted
  const wanted = { schema_version: 1, service: unit.service, up, restart_seq: restartSeq, reload_seq: reloadSeq, boot_id: null } as const
  return toUnitState({
    service: unit.service,
    definition: unit.definition,
    wanted: known ? wanted : null,
    live: toLive(unit, bootId),
    isSupervised: true,
    isAlive: processOf(unit)?.pid != null,
    file: null,
    isRead: true,
    bootId,
  })
}
