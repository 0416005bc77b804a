import type { ExitName, NewEvent } from '@sanctum/contracts'
import { type HausDefinition, portOf, settingOf } from '../haus-definition.ts'
import { toErrorFields } from '../log.ts'
import type { RoleStart } from '../role.ts'
import type { TrialKeeper } from '../trial/keep-trial.ts'
import { type HealthReply, judgeWatchdog } from './judge-watchdog.ts'
import { type FailsafeAction, freshMemory, reduceFailsafe, type WatchdogSight } from './reduce-failsafe.ts'

/** The watchdog as this role can see and move it. */
export interface WatchdogKeeper {
  /** False where a person took it down. */
  isWanted(): Promise<boolean>
  /** Null where no living process looks after this home. */
  findPid(): Promise<number | null>
  /** Starts it so that it outlives this role. */
  start(): Promise<void>
  /** Ends the process by TERM, then KILL; resolves when it is gone. */
  end(pid: number): Promise<void>
}

export interface FailsafePorts {
  readonly pid: number
  readonly nowMs: () => number
  readonly monotonicMs: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly readDefinition: () => Promise<HausDefinition | null>
  readonly askHealth: (port: number) => Promise<HealthReply>
  /** Null where launchd or systemd brings the watchdog back; this role then only says what it sees. */
  readonly keeperOf: (definition: HausDefinition | null) => Promise<WatchdogKeeper | null>
  readonly beat: (document: Readonly<Record<string, unknown>>) => Promise<void>
  readonly append: (event: NewEvent) => void
  readonly trial: TrialKeeper
}

const PERIOD_S = 2
const WATCHDOG_PORT = 2187

/** Watches the watchdog and depends on nothing of it. Its own heartbeat is a file: one thing less that can be taken, or lie. */
export async function runFailsafe(start: RoleStart, ports: FailsafePorts): Promise<ExitName> {
  const { log, signal } = start
  log('info', 'failsafe-started', { pid: ports.pid })
  let memory = freshMemory
  let definition: HausDefinition | null = null
  while (!signal.aborted) {
    let periodS = start.cycleS ?? PERIOD_S
    try {
      // A generation that cannot be read is no reason to look away; the last one that could tells enough.
      definition = await ports.readDefinition().catch(() => definition)
      periodS = start.cycleS ?? settingOf(definition, 'failsafe', 'cycle_s') ?? PERIOD_S
      const keeper = await ports.keeperOf(definition)
      const sight = await look(ports, definition, keeper)
      const step = reduceFailsafe(memory, sight, ports.monotonicMs())
      if (sight.kind !== memory.kind) log(sight.kind === 'well' ? 'info' : 'warn', 'watchdog-seen', { ...sight })
      memory = step.memory
      await ports.beat({ schema_version: 1, pid: ports.pid, version: start.version, at_ms: ports.nowMs(), watchdog: sight.kind })
      await act(start, ports, keeper, step.action)
      // Else the watchdog looks after it, and a haus that a person took down is left alone.
      if (sight.kind !== 'well' && sight.kind !== 'not-wanted') await ports.trial.look()
    } catch (error) {
      log('error', 'cycle-failed', toErrorFields(error))
    }
    await ports.sleep(periodS * 1000, signal)
  }
  log('info', 'failsafe-stopped', { reason: String(signal.reason) })
  return 'ok'
}

async function look(ports: FailsafePorts, definition: HausDefinition | null, keeper: WatchdogKeeper | null): Promise<WatchdogSight> {
  const wanted = keeper === null || (await keeper.isWanted())
  const reply = await ports.askHealth(portOf(definition, 'watchdog') ?? WATCHDOG_PORT)
  const pid = keeper === null ? pidOf(reply) : await keeper.findPid()
  return judgeWatchdog({ wanted, pid, reply })
}

// Where the service manager owns it, whoever answers as the watchdog is it.
function pidOf(reply: HealthReply): number | null {
  return reply.kind === 'answered' ? (reply.health?.pid ?? null) : null
}

async function act({ log }: RoleStart, ports: FailsafePorts, keeper: WatchdogKeeper | null, action: FailsafeAction): Promise<void> {
  if (action.do === 'nothing') return
  if (keeper === null || action.do === 'report') {
    log('error', 'watchdog-silent', { why: action.why })
    ports.append({ kind: 'watchdog-silent', subject: 'watchdog', data: { why: action.why } })
    return
  }
  const pid = action.do === 'replace' ? await keeper.findPid() : null
  if (pid !== null) await keeper.end(pid)
  await keeper.start()
  log('warn', 'watchdog-restarted', { why: action.why, replaced: pid })
  ports.append({ kind: 'watchdog-restarted', subject: 'watchdog', data: { why: action.why, replaced: pid } })
}
