import { createProcessTable, endProcess, machineUpMs } from '@sanctum/supervisor/node'
import type { MachinePort } from '../ports.ts'

/** The processes of this machine. */
export function createMachine(): MachinePort {
  const processes = createProcessTable()
  return {
    bootId: () => processes.bootId(),
    upMs: machineUpMs,
    self: () => ({ pid: process.pid, start_time: processes.startTime(process.pid) ?? '' }),
    isAlive: ({ pid, start_time }) => processes.startTime(pid) === start_time,
    end: (one) => endProcess(one, processes),
  }
}
