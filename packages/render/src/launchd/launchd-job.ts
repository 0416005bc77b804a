/** A time at which launchd starts a job; a field that is left out means every. */
export interface CalendarInterval {
  readonly Month?: number
  readonly Day?: number
  readonly Weekday?: number
  readonly Hour?: number
  readonly Minute?: number
}

/** A job as launchd.plist(5) has it: every key that Sanctum writes, and no other. */
export interface LaunchdJob {
  readonly Label: string
  readonly ProgramArguments: readonly string[]
  readonly WorkingDirectory: string
  readonly EnvironmentVariables?: Readonly<Record<string, string>>
  /** Only for the system domain; without it a daemon is root. */
  readonly UserName?: string
  readonly RunAtLoad?: boolean
  /** Its sub-keys are joined with "or", and any of them starts the job at load. */
  readonly KeepAlive?: boolean | { readonly SuccessfulExit: boolean }
  readonly StartInterval?: number
  readonly StartCalendarInterval?: readonly CalendarInterval[]
  readonly ThrottleInterval?: number
  readonly ExitTimeOut: number
  readonly StandardOutPath: string
  readonly StandardErrorPath: string
  readonly LimitLoadToSessionType?: 'Aqua' | 'Background'
}
