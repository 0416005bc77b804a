import type { ExitName, HausStatus, NewEvent, RoleHealth, WatchdogStatus } from '@sanctum/contracts'
import { defaultHealPolicy, type HealPolicy } from '@sanctum/supervisor'
import { type HausDefinition, portOf, settingOf } from '../haus-definition.ts'
import type { Healer } from '../healing/create-healer.ts'
import { findUnproven, toSubjects } from '../healing/to-subjects.ts'
import { inTurn } from '../in-turn.ts'
import { toErrorFields } from '../log.ts'
import type { RoleStart } from '../role.ts'
import { judgeRoleHealth, type LoopRecord } from '../role-health.ts'
import { toHausStatus } from '../to-haus-status.ts'
import type { TrialKeeper } from '../trial/keep-trial.ts'
import type { HausView } from '../view-haus.ts'
import type { HausWatch } from '../watch-haus.ts'
import { createEventCounter } from './event-counter.ts'
import { type KnownVerdicts, recallVerdicts, reduceVerdicts } from './reduce-verdicts.ts'
import { type Metric, toMetrics } from './watchdog-metrics.ts'

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
  /** Told of what happens outside of the cycles; the healer counts there. */
  readonly createHealer: (around: HealerSurroundings) => Healer
  /** Compares the haus with what was declared, where that is due. */
  readonly patrol: { look(definition: HausDefinition): void }
  /** Cuts the logs that have grown too long. */
  readonly logs: { look(definition: HausDefinition): void }
  /** Why this machine has no room for a restart now; null where it has. */
  readonly readPressure: () => Promise<string | null>
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

export interface HealerSurroundings {
  readonly definition: () => HausDefinition | null
  readonly append: (event: NewEvent) => void
  /** Ends the pause between two cycles. */
  readonly wake: () => void
}

export interface WatchdogRoutes {
  health(): RoleHealth
  status(): WatchdogStatus
  /** Looks at everything, or at one service, now. Resolves with what was seen; null where no service has this id. */
  check(service: string | null): Promise<WatchdogStatus | null>
  metrics(): readonly Metric[]
}

const PORT = 2187
/** A stop may take two seconds in all. */
const CLOSING_MS = 500
const PERIOD_S = 10
/** A cycle waits this part of its period for looks; slower ones count in a later cycle. */
const SETTLE_PART = 0.25
/** Even where something is due at once, others get to run between two cycles. */
const SHORTEST_PAUSE_MS = 100

/** Observes, judges, tells, and heals with restraint; on the embedded manager it supervises besides. It goes back from a generation that was not confirmed. */
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
    ports.append({
      kind: 'watchdog-started',
      subject: 'watchdog',
      data: { pid: ports.pid, version: start.version, revision: start.revision },
    })
    start.log('info', 'watchdog-started', { pid: ports.pid, generation: definition?.generation ?? null, period_s: periodS })
    await loop(start, ports, memory, periodS)
    start.log('info', 'watchdog-stopped', { reason: String(start.signal.reason) })
    return 'ok'
  } finally {
    // A heal that is under way ends by itself within its own deadline; who comes next finds it in what was written down.
    await memory.healer.settle(CLOSING_MS)
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
  /** Why the status could not be written down last; null where it could. */
  unwritten: string | null
  haus: HausStatus | null
  supervision: Supervision | null
  /** False where this role is to supervise the units and could not begin. */
  isManaged: boolean
  readonly healer: Healer
  /** The clocks at the last round of the healer. */
  lastRound: { readonly wallMs: number; readonly monotonicMs: number } | null
  readonly routes: WatchdogRoutes
  /** Ends the pause that is going on. */
  wake: () => void
  /** Who waits for the end of the next whole cycle. */
  waiting: (() => void)[]
}

/** All that requests are answered from: what the last completed cycle left, never what one under way is doing. */
function createMemory(start: RoleStart, ports: WatchdogPorts, periodS: number, known: KnownVerdicts): Memory {
  const counter = createEventCounter()
  const append = (event: NewEvent): void => {
    counter.count(event)
    ports.append(event)
  }
  const memory: Memory = {
    wake: () => {},
    waiting: [],
    lastRound: null,
    healer: ports.createHealer({ definition: () => memory.definition, append, wake: () => memory.wake() }),
    loop: { startedAtMs: ports.nowMs(), lastCycle: null, cycles: 0 },
    definition: null,
    unreadable: null,
    known,
    rememberedAtMs: Number.NEGATIVE_INFINITY,
    unwritten: null,
    haus: null,
    supervision: null,
    isManaged: false,
    routes: { health, status, check, metrics },
  }
  function status(): WatchdogStatus {
    return { ...health(), period_s: periodS, haus: memory.haus }
  }
  async function check(service: string | null): Promise<WatchdogStatus | null> {
    if (service !== null && memory.definition?.services.some(({ id }) => id === service) !== true) return null
    ports.watch.hurry(service)
    const ended = new Promise<void>((resolve) => memory.waiting.push(resolve))
    memory.wake()
    await ended
    return status()
  }
  function metrics(): readonly Metric[] {
    return toMetrics({ health: health(), haus: memory.haus, healing: memory.healer.memory(), ...counter, escalations: counter.escalations })
  }
  function health(): RoleHealth {
    const { loop, definition, unreadable } = memory
    const generation = definition?.generation ?? null
    const own = judgeRoleHealth({
      role: 'watchdog',
      pid: ports.pid,
      version: start.version,
      revision: start.revision,
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
    // Only who asked before this cycle began is answered by its end.
    const waiting = memory.waiting.splice(0)
    await cycle(start, ports, memory, periodMs)
    for (const answer of waiting) answer()
    if (memory.waiting.length === 0) await pause(start, ports, memory, periodMs)
  }
  for (const answer of memory.waiting) answer()
}

async function pause(start: RoleStart, ports: WatchdogPorts, memory: Memory, periodMs: number): Promise<void> {
  const woken = new AbortController()
  memory.wake = () => woken.abort()
  const pauseMs = Math.min(periodMs, Math.max(SHORTEST_PAUSE_MS, ports.watch.nextDueMs()))
  await ports.sleep(pauseMs, AbortSignal.any([start.signal, woken.signal]))
  memory.wake = () => {}
}

async function cycle(start: RoleStart, ports: WatchdogPorts, memory: Memory, periodMs: number): Promise<void> {
  await readDefinition(start, ports, memory)
  const { definition } = memory
  const isWell = await inTurn(start.log, [
    async () => {
      memory.isManaged = memory.supervision !== null
      if (await ports.isSupervisor(definition)) memory.supervision ??= await ports.supervise()
      memory.isManaged = true
    },
    // Before the looks, which may take long: a generation on trial may be what makes them slow.
    () => ports.trial.look(),
    async () => definition === null || (await look(start, ports, memory, definition, periodMs)),
  ])
  // Else not counted as completed: if each one fails, the age of the last good one tells.
  if (!isWell) return
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

/** False where a part of it failed. */
async function look(
  start: RoleStart,
  ports: WatchdogPorts,
  memory: Memory,
  definition: HausDefinition,
  periodMs: number,
): Promise<boolean> {
  const view = await ports.watch.look(definition, periodMs * SETTLE_PART)
  const { known, events } = reduceVerdicts(memory.known, view.judgements, findUnasked(view))
  // Told once, whatever fails from here on.
  memory.known = known
  for (const event of events) {
    ports.append(event)
    start.log('info', event.kind, { subject: event.subject, ...event.data })
  }
  const confirmed = await ports.readConfirmed()
  const status = toHausStatus(definition, view, confirmed)
  const isDue = ports.monotonicMs() - memory.rememberedAtMs > REMEMBER_MS
  if (isDue || hasChanged(memory.haus, status)) await remember(start, ports, memory, status)
  memory.haus = status
  return await inTurn(start.log, [
    // Before the healing, which may wait for the room that this makes.
    async () => ports.logs.look(definition),
    // Of restarts that nobody performs each would count as one that did not help.
    async () => !memory.isManaged || (await heal(ports, memory, { definition, view, confirmed })),
    async () => ports.patrol.look(definition),
  ])
}

/** On a full disk the haus is looked after all the same: it may be what has to be healed. Tried again with the next cycle, told once. */
async function remember({ log }: RoleStart, ports: WatchdogPorts, memory: Memory, status: HausStatus): Promise<void> {
  try {
    await ports.remember(status)
    Object.assign(memory, { rememberedAtMs: ports.monotonicMs(), unwritten: null })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    if (why !== memory.unwritten) log('error', 'status-unwritten', toErrorFields(error))
    Object.assign(memory, { rememberedAtMs: Number.NEGATIVE_INFINITY, unwritten: why })
  }
}

/** Those that do not run, and of which nobody says that they are to. */
function findUnasked({ subjects }: HausView): Set<string> {
  return new Set(subjects.filter(({ activity, wanted }) => activity === 'stopped' && wanted !== true).map(({ service }) => service))
}

interface Seen {
  readonly definition: HausDefinition
  readonly view: HausView
  readonly confirmed: number | null
}

async function heal(ports: WatchdogPorts, memory: Memory, { definition, view, confirmed }: Seen): Promise<void> {
  const subjects = toSubjects(definition, view)
  for (const service of findUnproven(subjects)) ports.watch.hurry(service)
  const clock = { wallMs: ports.nowMs(), monotonicMs: ports.monotonicMs() }
  const { wallMs, monotonicMs } = memory.lastRound ?? clock
  memory.lastRound = clock
  await memory.healer.round({
    // What passed on the wall less what passed for certain: by so much somebody set the clock, or the machine slept.
    clockShiftMs: Math.round(clock.wallMs - wallMs - (clock.monotonicMs - monotonicMs)),
    subjects,
    pressure: await ports.readPressure(),
    itIsMe: view.itIsMe,
    canRevert: confirmed !== null && confirmed !== definition.generation,
    policy: toPolicy(definition),
  })
}

/** What the settings of the role say, above what holds for every haus. */
function toPolicy(definition: HausDefinition): HealPolicy {
  const given = Object.entries(policySettings).flatMap(([setting, field]) => {
    const seconds = settingOf(definition, 'watchdog', setting)
    return seconds === null ? [] : [[field, seconds * 1000]]
  })
  return { ...defaultHealPolicy, ...Object.fromEntries(given) }
}

/** Seconds in the catalog, milliseconds in the policy. */
const policySettings = { heal_hold_s: 'holdMs', heal_settle_s: 'settleMs', heal_backoff_s: 'backoffMs' } as const satisfies Record<
  string,
  keyof HealPolicy
>

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
