export { createEmbeddedManager, type EmbeddedManagerOptions } from './embedded-manager.ts'
export { endProcess } from './end-process.ts'
export { createLaunchdManager, type LaunchdManagerOptions } from './launchd-manager.ts'
export { observePrograms } from './observe-programs.ts'
export { createProcessTable, type MarkedProcess, type ProcessTable, type SessionMember } from './process-table.ts'
export { type ProgramEnd, type RunProgram, runProgram } from './run-program.ts'
export type { Environment, UnitStart } from './spawn-unit.ts'
export {
  type EmbeddedSupervision,
  machineUpMs,
  type SuperviseOptions,
  type Supervision,
  type SupervisorLock,
  superviseEmbedded,
} from './supervise-embedded.ts'
export { isSupervisorWanted, readSupervisor, type SupervisorSight, startSupervisor } from './supervisor-process.ts'
export { createSystemdManager, type SystemdManagerOptions } from './systemd-manager.ts'
