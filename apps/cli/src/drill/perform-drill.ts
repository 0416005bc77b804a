import { type Event, Fault, type Haus, type ResolvedService } from '@sanctum/contracts'
import { type CommandContext, Interrupted } from '../command.ts'
import { toProbeContext } from '../haus/observe-status.ts'
import type { FaultsPort, PlacedFault } from '../ports.ts'
import type { DrillPlan } from './plan-drill.ts'
import { type DrillSight, freshSight, hasHeld, reduceDrill } from './reduce-drill.ts'

/** What a drill showed, by the clock of an observer that is neither the watchdog nor the service. Milliseconds since the fault. */
export interface DrillRecord {
  readonly service: string
  readonly fault: DrillPlan['fault']
  readonly target: string
  readonly old_pid: number
  readonly new_pid: number | null
  /** When the observer first had no answer. */
  readonly down_ms: number | null
  /** When the haus itself had written down that something is wrong; null where it never did. */
  readonly detected_ms: number | null
  /** When another process answered for good; null where none did in time. */
  readonly recovered_ms: number | null
  /** Services that lost their process although nothing was wrong with them. */
  readonly disturbed: readonly string[]
  /** What the haus wrote down meanwhile, in order. */
  readonly events: readonly { readonly kind: string; readonly subject: string; readonly at_ms: number }[]
}

/** A recovery counts once it held this long. */
const HOLD_MS = 1000
const PACE_MS = 20
/** Somebody else keeps the port this long. */
const SQUAT_MS = 5000
const SQUAT_TRIES = 5
/** Events are read this often; their own time says when they happened. */
const EVENTS = 200

/** Injects the fault, watches from outside, and takes away whatever of the fault is still there, also when it is interrupted. */
export async function performDrill(context: CommandContext, haus: Haus, plan: DrillPlan): Promise<DrillRecord> {
  const { ports } = context
  const service = haus.services[plan.target] as ResolvedService
  const seqBefore = ports.journal.read({ limit: 1 }).at(-1)?.seq ?? 0
  const faults = await ports.faults()
  const injection = await inject(faults, context, haus, plan)
  const begunMs = injection.atMs
  const wallMs = ports.clock.now() - (ports.clock.monotonic() - begunMs)
  try {
    const { sight, pid } = await watch(context, haus, service, plan, begunMs)
    const events = ports.journal.read({ limit: EVENTS }).filter(({ seq, at_ms }) => seq > seqBefore && at_ms >= wallMs)
    return {
      service: plan.service,
      fault: plan.fault,
      target: plan.target,
      old_pid: plan.pid,
      new_pid: pid,
      down_ms: round(sight.downMs),
      detected_ms: round(firstSign(events, plan.target, wallMs)),
      recovered_ms: round(sight.backMs),
      disturbed: await findDisturbed(context, haus, plan),
      events: events.map(({ kind, subject, at_ms }) => ({ kind, subject, at_ms: Math.round(at_ms - wallMs) })),
    }
  } finally {
    await injection.remove()
  }
}

interface Injection {
  readonly atMs: number
  remove(): Promise<void>
}

async function inject(faults: FaultsPort, context: CommandContext, haus: Haus, plan: DrillPlan): Promise<Injection> {
  const { clock } = context.ports
  const nothing = async (): Promise<void> => {}
  if (plan.fault === 'hang' || plan.fault === 'dependency') {
    const atMs = clock.monotonic()
    faults.signal(plan.pid, 'SIGSTOP')
    // Where nobody ended it, it goes on.
    return { atMs, remove: async () => faults.signal(plan.pid, 'SIGCONT') }
  }
  if (plan.fault === 'disk') {
    const filled = await faults.fillDisk(context.ports.home)
    const atMs = clock.monotonic()
    faults.signal(plan.pid, 'SIGKILL')
    return { atMs, remove: () => filled.remove() }
  }
  const atMs = clock.monotonic()
  faults.signal(plan.pid, 'SIGKILL')
  if (plan.port === null) return { atMs, remove: nothing }
  const held = await squat(faults, plan.port, async () => {
    const units = await context.ports.units(haus).list()
    return units.find(({ service }) => service === plan.target)?.pid ?? null
  })
  return { atMs, remove: () => held.remove() }
}

/** An owner that was back before the port could be taken is killed again: on a busy machine it may be the quicker one. */
export async function squat(
  faults: Pick<FaultsPort, 'holdPort' | 'signal'>,
  port: NonNullable<DrillPlan['port']>,
  findOwner: () => Promise<number | null>,
): Promise<PlacedFault> {
  for (let tries = SQUAT_TRIES; tries > 0; tries--) {
    const held = await faults.holdPort(port, SQUAT_MS)
    if (held !== null) return held
    const owner = await findOwner()
    if (owner !== null) faults.signal(owner, 'SIGKILL')
  }
  throw new Fault('UNAVAILABLE', `port ${port.port} could not be taken: its owner was back before, ${SQUAT_TRIES} times`, {
    hint: 'Try again when the machine is less busy, or drill with --fault kill.',
  })
}

async function watch(
  context: CommandContext,
  haus: Haus,
  service: ResolvedService,
  plan: DrillPlan,
  begunMs: number,
): Promise<{ readonly sight: DrillSight; readonly pid: number | null }> {
  const { ports, signal } = context
  const faults = await ports.faults()
  const manager = ports.units(haus)
  let sight = freshSight
  for (;;) {
    if (signal.aborted) throw new Interrupted()
    const state = (await manager.list()).find((unit) => unit.service === service.id) ?? null
    const probe = service.health.liveness
    const seen =
      probe === undefined
        ? null
        : await ports.observe({ ...probe, timeout_ms: Math.min(probe.timeout_ms, 1000) }, toProbeContext(service, state))
    const atMs = ports.clock.monotonic() - begunMs
    const oldIsThere = faults.isThere(plan.pid)
    const recorded = state?.pid ?? null
    // On a full disk nobody can write down that there is another one; who listens tells it.
    const passes = seen?.kind === 'passed'
    const isUntold = passes && !oldIsThere && (recorded === null || recorded === plan.pid)
    const look = { atMs, passes, pid: isUntold ? await findListener(context, service) : recorded, oldIsThere }
    sight = reduceDrill(sight, look, plan.pid)
    if (hasHeld(sight, atMs, HOLD_MS) || atMs > plan.patienceMs) return { sight, pid: look.pid }
    await ports.clock.pause(PACE_MS, signal)
  }
}

async function findListener({ ports }: CommandContext, { provides }: ResolvedService): Promise<number | null> {
  const own = provides.find(({ protocol }) => protocol === 'tcp')
  if (own === undefined) return null
  const { listeners } = await ports.drift.listeners()
  return listeners.find(({ protocol, port }) => protocol === 'tcp' && port === own.port)?.pid ?? null
}

/** The first word of the haus that something is wrong with the target: its unit ended, its verdict turned, an incident opened. */
function firstSign(events: readonly Event[], target: string, wallMs: number): number | null {
  const sign = events.find(
    ({ subject, kind, data }) => subject === target && (signs.test(kind) || (kind === 'verdict-changed' && data.to !== 'healthy')),
  )
  return sign === undefined ? null : sign.at_ms - wallMs
}

const signs = /^(unit-|incident-opened$|watchdog-(silent|restarted)$)/

async function findDisturbed(context: CommandContext, haus: Haus, { bystanders }: DrillPlan): Promise<string[]> {
  const now = new Map((await context.ports.units(haus).list()).map(({ service, pid }) => [service, pid]))
  return bystanders.filter(({ service, pid }) => now.get(service) !== pid).map(({ service }) => service)
}

function round(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms)
}
