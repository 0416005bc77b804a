import type { ExitName, NewEvent } from '@sanctum/contracts'
import { commandOf, type HausDefinition, portOf, settingOf } from '../haus-definition.ts'
import type { Delivery } from '../healing/create-healer.ts'
import type { Alert } from '../healing/tell-alert.ts'
import { inTurn } from '../in-turn.ts'
import { toErrorFields } from '../log.ts'
import type { RoleStart } from '../role.ts'
import type { TrialKeeper } from '../trial/keep-trial.ts'
import { isAlarmDue } from './alarm-schedule.ts'
import { judgeAlertPath } from './judge-alert-path.ts'
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
  /** Tells people by a way of its own; `hook` is the command that the catalog gives this role. */
  readonly deliver: (alert: Alert, hook: readonly string[] | null) => Promise<readonly Delivery[]>
  /** What is known of the last alert of the watchdog. */
  readonly readAlertPath: () => Promise<unknown>
  /** Why a command could not be run; null where it can. */
  readonly findHookProblem: (hook: readonly string[]) => Promise<string | null>
}

const PERIOD_S = 2
const WATCHDOG_PORT = 2187

/** Watches the watchdog and depends on nothing of it. Its own heartbeat is a file: one thing less that can be taken, or lie. */
export async function runFailsafe(start: RoleStart, ports: FailsafePorts): Promise<ExitName> {
  const { log, signal } = start
  log('info', 'failsafe-started', { pid: ports.pid })
  let memory = freshMemory
  let definition: HausDefinition | null = null
  const alertPath = createAlertPathWatch(start, ports)
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
      const { version, revision } = start
      let did: Deed | null = null
      await inTurn(log, [
        () => ports.beat({ schema_version: 1, pid: ports.pid, version, revision, at_ms: ports.nowMs(), watchdog: sight.kind }),
        async () => {
          did = await act(start, ports, keeper, step.action, step.memory.attempts)
        },
        async () => {
          if (did !== null && isAlarmDue(step.memory.attempts)) await tell(ports, definition, { ...did, count: step.memory.attempts })
        },
        () => alertPath.look(definition),
        async () => {
          // Else the watchdog looks after it, and a haus that a person took down is left alone.
          if (sight.kind !== 'well' && sight.kind !== 'not-wanted') await ports.trial.look()
        },
      ])
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

/** What was done, as people are told of it: a watchdog that has to be brought back is a trouble of its own. */
type Deed = Pick<Alert, 'level' | 'why'>

async function act(
  start: RoleStart,
  ports: FailsafePorts,
  keeper: WatchdogKeeper | null,
  action: FailsafeAction,
  attempts: number,
): Promise<Deed | null> {
  if (action.do === 'nothing') return null
  if (action.do === 'report') return say(start, ports, `${action.why}; nothing can be done about it from here`)
  if (keeper === null) {
    const { why } = say(start, ports, `${action.why}; only the service manager of this machine can bring it back`)
    // It may be at that just now, after a change or at boot.
    return { level: attempts > 1 ? 3 : 2, why }
  }
  let pid: number | null = null
  try {
    pid = action.do === 'replace' ? await keeper.findPid() : null
    if (pid !== null) await keeper.end(pid)
    await keeper.start()
  } catch (error) {
    return say(start, ports, `${action.why}; it could not be started again: ${error instanceof Error ? error.message : String(error)}`)
  }
  start.log('warn', 'watchdog-restarted', { why: action.why, replaced: pid })
  ports.append({ kind: 'watchdog-restarted', subject: 'watchdog', data: { why: action.why, replaced: pid } })
  return { level: 2, why: `${action.why}; it was ${pid === null ? 'started again' : 'replaced'}` }
}

function say({ log }: RoleStart, ports: FailsafePorts, why: string): Deed {
  log('error', 'watchdog-silent', { why })
  ports.append({ kind: 'watchdog-silent', subject: 'watchdog', data: { why } })
  return { level: 3, why }
}

async function tell(ports: FailsafePorts, definition: HausDefinition | null, what: Pick<Alert, 'level' | 'count' | 'why'>): Promise<void> {
  const atMs = ports.nowMs()
  // Incidents are the watchdog's; of it itself the journal has what was seen and done.
  const alert: Alert = { atMs, incident: null, service: 'watchdog', ...what, next: 'sanctumctl events --subject watchdog' }
  for (const { channel, delivery, why: how } of await ports.deliver(alert, commandOf(definition, 'failsafe', 'escalation_command')))
    ports.append({ kind: 'failsafe-alarmed', subject: 'watchdog', data: { ...what, channel, delivery, how } })
}

/** Asked less often than the watchdog: a way to people does not come and go within seconds. */
const ALERT_PATH_MS = 60_000

/** The way by which the watchdog tells people may be broken while the watchdog is well; then nobody would hear that. */
function createAlertPathWatch({ log }: RoleStart, ports: FailsafePorts): { look(definition: HausDefinition | null): Promise<void> } {
  let nextMs = Number.NEGATIVE_INFINITY
  let silent = 0
  return {
    async look(definition) {
      if (ports.monotonicMs() < nextMs) return
      nextMs = ports.monotonicMs() + ALERT_PATH_MS
      const hook = commandOf(definition, 'watchdog', 'escalation_command')
      const why = judgeAlertPath(await ports.readAlertPath(), { hookProblem: hook === null ? null : await ports.findHookProblem(hook) })
      silent = why === null ? 0 : silent + 1
      if (why === null || !isAlarmDue(silent)) return
      log('error', 'alert-path-silent', { why })
      ports.append({ kind: 'alert-path-silent', subject: 'watchdog', data: { why } })
      await tell(ports, definition, { level: 3, count: silent, why: `what the watchdog tells may reach nobody: ${why}` })
    },
  }
}
