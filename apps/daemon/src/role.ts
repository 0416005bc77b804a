import type { ExitName } from '@sanctum/contracts'
import type { Log } from './log.ts'

export const roleNames = ['watchdog', 'failsafe', 'dashboard', 'router'] as const
export type RoleName = (typeof roleNames)[number]

/** What each role is told at its start. */
export interface RoleStart {
  readonly home: string
  readonly version: string
  /** What the program was built from; null where nobody knows. */
  readonly revision: string | null
  /** Null: the port that the catalog gives the role, or its own. */
  readonly port: number | null
  /** Null: what the settings of the role say, or its own. */
  readonly cycleS: number | null
  /** What only the router is told; missing for the others. */
  readonly router?: RouterOptions
  /** Aborted: end within two seconds. */
  readonly signal: AbortSignal
  readonly log: Log
}

export interface RouterOptions {
  /** Its definition in one file; null: from the haus. */
  readonly config: string | null
  /** Who asks a model shows what is in this file; null: nobody has to show anything. */
  readonly tokenFile: string | null
  readonly bind: string
  /** Certificate and key with which it is asked by https; null: by http. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null
  /** Ends with its standard input, which is how whoever started it takes it along. */
  readonly attached: boolean
}

/** Runs until the signal; resolves with how the process ends. */
export type RunRole = (start: RoleStart) => Promise<ExitName>
