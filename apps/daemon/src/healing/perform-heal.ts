import type { UnitState } from '@sanctum/contracts'
import type { HealAct, HealReport, UnitManager } from '@sanctum/supervisor'
import type { ServiceTimes } from '../haus-definition.ts'

type Heal = Extract<HealAct, { do: 'heal' }>

export interface HealPorts {
  readonly manager: Pick<UnitManager, 'list' | 'restart'>
  /** Runs to its end, or is ended at the deadline. */
  readonly runCommand: (command: readonly string[], timeoutMs: number) => Promise<{ readonly ok: boolean; readonly why: string }>
  /** Another process takes the haus back to the generation that was last confirmed. Null where it could not be told how it ended. */
  readonly revert: () => Promise<number | null>
  /** How a process is told from a later one with its pid; null where it is gone. */
  readonly startTime: (pid: number) => string | null
  /** Whether a service answers, where it has a probe that tells. */
  readonly isReady: (service: string) => Promise<boolean>
  /** Milliseconds that a service may take to start. */
  readonly patienceMs: (service: string) => number
  readonly monotonicMs: () => number
  readonly pause: (ms: number) => Promise<void>
}

/** A command of the catalog may take this long. */
const COMMAND_MS = 120_000
const LOOK_MS = 20

/** Beside what the service itself is allowed, its manager may take this long. */
const MANAGER_S = 120

/** The longest that a heal is at one of its targets: its manager stops and starts it, then its new process and its answer are awaited. */
export function longestRestartMs({ startTimeoutS, stopTimeoutS }: ServiceTimes): number {
  return (stopTimeoutS + MANAGER_S + 3 * startTimeoutS) * 1000
}

/** Does one heal, and says whether it was done. Whether it helped is asked of the probe that opened the incident, and not here. */
export async function performHeal(act: Heal, ports: HealPorts): Promise<HealReport> {
  const begunMs = ports.monotonicMs()
  const end = await attempt(act, ports)
  return {
    incident: act.incident,
    attempt: act.attempt,
    outcome: end.ok ? 'performed' : 'failed',
    why: end.why,
    tookMs: Math.round(ports.monotonicMs() - begunMs),
  }
}

interface End {
  readonly ok: boolean
  readonly why: string
}

async function attempt(act: Heal, ports: HealPorts): Promise<End> {
  try {
    return await doers[act.action.kind](act, ports)
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) }
  }
}

const doers: Readonly<Record<Heal['action']['kind'], (act: Heal, ports: HealPorts) => Promise<End>>> = {
  command: runCommand,
  restart: restartAll,
  'restart-dependency': restartAll,
  'restart-subtree': restartAll,
  revert,
}

async function runCommand({ command, action }: Heal, ports: HealPorts): Promise<End> {
  if (command === null) return { ok: false, why: `the catalog gives no command for ${action.name}` }
  return await ports.runCommand(command, COMMAND_MS)
}

async function revert(_: Heal, ports: HealPorts): Promise<End> {
  const code = await ports.revert()
  return { ok: code === 0, why: code === 0 ? 'the last confirmed generation is back' : `the way back ended with code ${code ?? 'unknown'}` }
}

async function restartAll({ targets }: Heal, ports: HealPorts): Promise<End> {
  const done: string[] = []
  for (const [index, target] of targets.entries()) {
    const end = await restart(target, ports)
    if (!end.ok) return { ok: false, why: `${target}: ${end.why}` }
    done.push(`${target}: ${end.why}`)
    // The next one may need it; of the last one the opening probe tells.
    const isLast = index === targets.length - 1
    if (!isLast && !(await answers(target, ports))) return { ok: false, why: `${target}: it runs again, and does not answer yet` }
  }
  return { ok: true, why: done.join('; ') }
}

const ASK_MS = 200

async function answers(service: string, ports: HealPorts): Promise<boolean> {
  const deadlineMs = ports.monotonicMs() + ports.patienceMs(service)
  while (!(await ports.isReady(service))) {
    if (ports.monotonicMs() >= deadlineMs) return false
    await ports.pause(ASK_MS)
  }
  return true
}

/** A restart is one only if the old process is gone and another one is there. */
async function restart(service: string, ports: HealPorts): Promise<End> {
  const before = await find(service, ports)
  const old = before?.pid == null ? null : { pid: before.pid, startTime: ports.startTime(before.pid) }
  const reply = await ports.manager.restart(service)
  if ('why' in reply) return { ok: false, why: reply.why }
  const deadlineMs = ports.monotonicMs() + ports.patienceMs(service)
  for (;;) {
    const now = await find(service, ports)
    const isGone = old === null || old.startTime === null || ports.startTime(old.pid) !== old.startTime
    if (isGone && now !== null && isBegun(now, old?.pid ?? null)) return { ok: true, why: describe(old?.pid ?? null, now.pid) }
    if (ports.monotonicMs() >= deadlineMs)
      return {
        ok: false,
        why: isGone ? `no new process came: ${now?.why ?? 'its manager does not know it'}` : `process ${old?.pid} did not end`,
      }
    await ports.pause(LOOK_MS)
  }
}

// A container or a native job may have no pid that its manager tells; that it runs is then all that can be known.
function isBegun({ activity, pid }: UnitState, oldPid: number | null): boolean {
  return (activity === 'running' || activity === 'starting') && (pid === null ? oldPid === null : pid !== oldPid)
}

async function find(service: string, { manager }: HealPorts): Promise<UnitState | null> {
  return (await manager.list()).find((unit) => unit.service === service) ?? null
}

function describe(before: number | null, after: number | null): string {
  return before === null ? `process ${after ?? 'unknown'} was started` : `process ${after} took the place of ${before}`
}
