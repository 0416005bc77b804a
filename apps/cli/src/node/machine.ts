import type { endProcess, ProcessTable } from '@sanctum/supervisor/node'
import type { MachinePort } from '../ports.ts'

interface MachineParts {
  readonly processes: ProcessTable
  readonly upMs: () => number
  readonly endProcess: typeof endProcess
}

/** The processes of this machine. */
export function createMachine({ processes, upMs, endProcess }: MachineParts): MachinePort {
  return {
    bootId: () => processes.bootId(),
    upMs,
    self: () => ({ pid: process.pid, start_time: processes.startTime(process.pid) ?? '' }),
    isAlive: ({ pid, start_time }) => processes.startTime(pid) === start_time,
    identify: (pid) => {
      const startTime = processes.startTime(pid)
      return startTime === null ? null : { pid, start_time: startTime }
    },
    end: (one) => endProcess(one, processes),
  }
}
