import type { ExitName, HausStatus, NewEvent, RoleHealth, WatchdogStatus } from '@sanctum/contracts'
import { type HausDefinition, portOf, settingOf } from '../haus-definition.ts'
import { toErrorFields } from '../log.ts'
import type { RoleStart } from '../role.ts'
import { judgeRoleHealth, type LoopRecord } from '../role-health.ts'
import { toHausStatus } from '../to-haus-status.ts'
import type { TrialKeeper } from '../trial/keep-trial.ts'
import type { HausWatch } from '../watch-haus.ts'
import { type KnownVerdicts, recallVerdicts, reduceVerdicts } from './reduce-verdicts.ts'

export interface WatchdogPorts {
  readonly pid: number
  readonly nowMs: () => number
  readonly monotonicMs: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly readDefinition: () => Promise<HausDefinition | null>
  readonly readConfirmed: () => Promise<number | null>
  readonly watch: HausWatch
  /** One watchdog for a home; held until this process ends. */
  readonly lock: () => Promise<{ readonly kind: 'held'; release(): void } | { readonly kind: 'busy'; readonly holder: string }>
  /** Whether this role is the service manager of the home. */
  readonly isSupervisor: (definition: HausDefinition | null) => Promise<boolean>
  /** Looks after the units, where nobody else on this machine does. */
  readonly supervise: () => Promise<Supervision>
  readonly serve: (port: number, routes: WatchdogRoutes) => Promise<{ close(): Promise<void> }>
  readonly append: (event: NewEvent) => void
  readonly trial: TrialKeeper
  /** Kept for whoever asks while this role is dead. */
  readonly remember: (status: HausStatus) => Promise<void>
  readonly recall: () => Promise<unknown>
}

export interface Supervision {
  /** Null until its first cycle ends. */
  lastCycleAgeMs(): number | null
  /** What runs keeps running; the next supervisor adopts it. */
  stop(): Promise<void>
}

export interface WatchdogRoutes {
  health(): RoleHealth
  status(): WatchdogStatus
}

const PORT = 2187
const PERIOD_S = 10
/** A cycle waits this part of its period for looks; slower ones count in a later cycle. */
const SETTLE_PART = 0.25
/** Even where something is due at once, others get to run between two cycles. */
const SHORTEST_PAUSE_MS = 100

/** Observes, judges and tells; on the embedded manager it supervises besides. It goes back from a generation that was not confirmed; it heals nothing else by itself yet. */
export async function runWatchdog(start: RoleStart, ports: WatchdogPorts): Promise<ExitName> {
  const lock = await ports.lock()
  if (lock.kind === 'busy') {
    start.log('error', 'home-locked', { holder: lock.holder, hint: 'Another watchdog looks after this home; end it first.' })
    return 'locked'
  }
  try {
    return await serve(start, ports)
  } finally {
    ports.watch.close()
    lock.release()
  }
}

async function serve(start: RoleStart, ports: WatchdogPorts): Promise<ExitName> {
  const definition = await readOrNull(ports)
  const periodS = start.cycleS ?? settingOf(definition, 'watchdog', 'cycle_s') ?? PERIOD_S
  const memory = createMemory(start, ports, periodS, recallVerdicts(await ports.recall()))
  const server = await ports.serve(start.port ?? portOf(definition, 'watchdog') ?? PORT, memory.routes)
  try {
    ports.append({ kind: 'watchdog-started', subject: 'watchdog', data: { pid: ports.pid, version: start.version } })
    start.log('info', 'watchdog-started', { pid: ports.pid, generation: definition?.generation ?? null, period_s: periodS })
    await loop(start, ports, memory, periodS)
    start.log('info', 'watchdog-stopped', { reason: String(start.signal.reason) })
    return 'ok'
  } finally {
    await memory.supervision?.stop()
    await server.close()
  }
}

interface Memory {
  loop: LoopRecord
  definition: HausDefinition | null
  /** Why the current generation cannot be read; null where it can. */
  unreadable: string | null
  known: KnownVerdicts
  rememberedAtMs: number
  haus: HausStatus | null
  supervision: Supervision | null
  readonly routes: WatchdogRoutes
}

/** All that requests are answered from: what the last completed cycle left, never what one under way is doing. */
function createMemory(start: RoleStart, ports: WatchdogPorts, periodS: number, known: KnownVerdicts): Memory {
  const memory: Memory = {
    loop: { startedAtMs: ports.nowMs(), lastCycle: null, cycles: 0 },
    definition: null,
    unreadable: null,
    known,
    rememberedAtMs: Number.NEGATIVE_INFINITY,
    haus: null,
    supervision: null,
    routes: { health, status: () => ({ ...health(), period_s: periodS, haus: memory.haus }) },
  }
  function health(): RoleHealth {
    const { loop, definition, unreadable } = memory
    const generation = definition?.generation ?? null
    const own = judgeRoleHealth({
      role: 'watchdog',
      pid: ports.pid,
      version: start.version,
      generation,
      loop,
      periodS,
      monotonicMs: ports.monotonicMs(),
    })
    const supervised = judgeSupervision(own, memory.supervision)
    return unreadable === null ? supervised : { ...supervised, why: `${supervised.why}; ${unreadable}` }
  }
  return memory
}

/** The supervision has a loop of its own, many times faster; it may stand still while this one runs. */
const SUPERVISION_STALLED_MS = 10_000

function judgeSupervision(health: RoleHealth, supervision: Supervision | null): RoleHealth {
  if (supervision === null) return health
  const ageMs = supervision.lastCycleAgeMs()
  if (ageMs !== null && ageMs <= SUPERVISION_STALLED_MS) return health
  return { ...health, ok: false, why: 'the supervision of the units stands still' }
}

async function loop(start: RoleStart, ports: WatchdogPorts, memory: Memory, periodS: number): Promise<void> {
  const periodMs = periodS * 1000
  while (!start.signal.aborted) {
    try {
      await cycle(start, ports, memory, periodMs)
    } catch (error) {
      // Not counted as completed: if each one fails, the age of the last good one tells.
      start.log('error', 'cycle-failed', toErrorFields(error))
    }
    await ports.sleep(Math.min(periodMs, Math.max(SHORTEST_PAUSE_MS, ports.watch.nextDueMs())), start.signal)
  }
}

async function cycle(start: RoleStart, ports: WatchdogPorts, memory: Memory, periodMs: number): Promise<void> {
  await readDefinition(start, ports, memory)
  if (await ports.isSupervisor(memory.definition)) memory.supervision ??= await ports.supervise()
  // Before the looks, which may take long: a generation on trial may be what makes them slow.
  await ports.trial.look()
  if (memory.definition !== null) await look(start, ports, memory, memory.definition, periodMs)
  memory.loop = { ...memory.loop, cycles: memory.loop.cycles + 1, lastCycle: { atMs: ports.nowMs(), monotonicMs: ports.monotonicMs() } }
}

/** A generation that cannot be read is no stall of this loop: it goes on with the last one that could, and says so. */
async function readDefinition({ log }: RoleStart, ports: WatchdogPorts, memory: Memory): Promise<void> {
  try {
    memory.definition = await ports.readDefinition()
    memory.unreadable = null
  } catch (error) {
    const why = `the current generation cannot be read: ${error instanceof Error ? error.message : String(error)}`
    if (why !== memory.unreadable) log('error', 'definition-unreadable', toErrorFields(error))
    memory.unreadable = why
  }
}

async function look({ log }: RoleStart, ports: WatchdogPorts, memory: Memory, definition: HausDefinition, periodMs: number): Promise<void> {
  const view = await ports.watch.look(definition, periodMs * SETTLE_PART)
  const { known, events } = reduceVerdicts(memory.known, view.judgements)
  for (const event of events) {
    ports.append(event)
    log('info', event.kind, { subject: event.subject, ...event.data })
  }
  const status = toHausStatus(definition, view, await ports.readConfirmed())
  const isDue = ports.monotonicMs() - memory.rememberedAtMs > REMEMBER_MS
  if (isDue || hasChanged(memory.haus, status)) {
    await ports.remember(status)
    memory.rememberedAtMs = ports.monotonicMs()
  }
  Object.assign(memory, { known, haus: status })
}

/** Without news the status is written down this often, so that its age stays small. */
const REMEMBER_MS = 60_000

function hasChanged(before: HausStatus | null, { generation, services }: HausStatus): boolean {
  const gist = (rows: HausStatus['services'] | undefined): string =>
    JSON.stringify(rows?.map(({ id, activity, verdict, pid }) => [id, activity, verdict, pid]))
  return before?.generation !== generation || gist(before?.services) !== gist(services)
}

async function readOrNull(ports: WatchdogPorts): Promise<HausDefinition | null> {
  return await ports.readDefinition().catch(() => null)
}
