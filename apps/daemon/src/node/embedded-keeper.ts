import { access } from 'node:fs/promises'
import type * as supervisor from '@sanctum/supervisor/node'
import type { WatchdogKeeper } from '../failsafe/run-failsafe.ts'

export interface KeeperOptions extends Pick<typeof supervisor, 'endProcess' | 'isSupervisorWanted' | 'readSupervisor' | 'startSupervisor'> {
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
      if (startTime !== null) await ports.endProcess({ pid, start_time: startTime }, processes)
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
