import type { ExitName } from '@sanctum/contracts'
import type { Log } from './log.ts'

export const roleNames = ['watchdog', 'failsafe', 'dashboard'] as const
export type RoleName = (typeof roleNames)[number]

/** What each role is told at its start. */
export interface RoleStart {
  readonly home: string
  readonly version: string
  /** Null: the port that the catalog gives the role, or its own. */
  readonly port: number | null
  /** Null: what the settings of the role say, or its own. */
  readonly cycleS: number | null
  /** Aborted: end within two seconds. */
  readonly signal: AbortSignal
  readonly log: Log
}

/** Runs until the signal; resolves with how the process ends. */
export type RunRole = (start: RoleStart) => Promise<ExitName>
