import { access } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '@sanctum/contracts'
import type * as supervisor from '@sanctum/supervisor/node'
import type { WatchdogKeeper } from '../failsafe/run-failsafe.ts'

/** Time to end in order. One that a signal has stopped never hears TERM, so it should not be long. */
const TERM_MS = 3000
const KILL_MS = 5000
const LOOK_MS = 20

export interface KeeperOptions extends Pick<typeof supervisor, 'isSupervisorWanted' | 'readSupervisor' | 'startSupervisor'> {
  readonly home: string
  readonly processes: supervisor.ProcessTable
  /** Of this process; what a program needs of it is handed on. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** The watchdog of a home where it is the service manager itself. */
export function createEmbeddedKeeper({ home, processes, environment, ...ports }: KeeperOptions): WatchdogKeeper {
  return {
    isWanted: async () => ports.isSupervisorWanted(home),
    async findPid() {
      const sight = ports.readSupervisor(home, processes)
      return sight.kind === 'running' ? sight.pid : null
    },
    async start() {
      await ports.startSupervisor(home, 'watchdog', environment)
    },
    async end(pid) {
      // With its start time the pid names this process and no later one.
      const startTime = processes.startTime(pid)
      const isGone = (): boolean => startTime === null || processes.startTime(pid) !== startTime
      for (const [signal, patienceMs] of [
        ['SIGTERM', TERM_MS],
        ['SIGKILL', KILL_MS],
      ] as const) {
        if (isGone()) return
        process.kill(pid, signal)
        await until(isGone, patienceMs)
      }
      if (!isGone()) throw new Fault('TIMED_OUT', `process ${pid} could not be ended`)
    },
  }
}

/** By the one file that is needed to bring the watchdog back, so that a damaged generation keeps nobody from it. */
export async function findManager(home: string): Promise<'embedded' | null> {
  return await access(`${home}/current/surfaces/embedded/watchdog.json`).then(
    () => 'embedded',
    () => null,
  )
}

async function until(isTrue: () => boolean, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!isTrue() && performance.now() < deadline) await sleep(LOOK_MS)
}
