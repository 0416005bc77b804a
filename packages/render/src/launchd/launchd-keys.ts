/** The shape of a key's value. */
export type KeyShape = 'string' | 'strings' | 'string-map' | 'integer' | 'boolean' | 'calendar' | 'keep-alive' | 'session'

interface KeyRule {
  readonly shape: KeyShape
  /** Where launchd takes it: everywhere by default. */
  readonly only?: 'agent' | 'daemon'
}

/**
 * launchd's keys as launchd.plist(5) types them; the model against which a job is checked before it is written. The
 * usual parsers know no key, so a misspelt or wrongly typed one passes them all.
 */
export const launchdKeys: Readonly<Record<string, KeyRule>> = {
  Label: { shape: 'string' },
  Program: { shape: 'string' },
  ProgramArguments: { shape: 'strings' },
  WorkingDirectory: { shape: 'string' },
  EnvironmentVariables: { shape: 'string-map' },
  UserName: { shape: 'string', only: 'daemon' },
  GroupName: { shape: 'string', only: 'daemon' },
  RunAtLoad: { shape: 'boolean' },
  KeepAlive: { shape: 'keep-alive' },
  StartInterval: { shape: 'integer' },
  StartCalendarInterval: { shape: 'calendar' },
  ThrottleInterval: { shape: 'integer' },
  ExitTimeOut: { shape: 'integer' },
  StandardOutPath: { shape: 'string' },
  StandardErrorPath: { shape: 'string' },
  ProcessType: { shape: 'string' },
  Nice: { shape: 'integer' },
  Umask: { shape: 'integer' },
  LimitLoadToSessionType: { shape: 'session', only: 'agent' },
}

/** Sub-keys of KeepAlive that launchd knows; only the first says what it means without a second thought. */
export const keepAliveKeys: readonly string[] = [
  'SuccessfulExit',
  'Crashed',
  'NetworkState',
  'PathState',
  'OtherJobEnabled',
  'AfterInitialDemand',
]

const calendarRanges: Readonly<Record<string, readonly [number, number]>> = {
  Month: [1, 12],
  Day: [1, 31],
  Weekday: [0, 7],
  Hour: [0, 23],
  Minute: [0, 59],
}

/** Whether a value has the shape that its key wants. */
export const shapes: Readonly<Record<KeyShape, (value: unknown) => boolean>> = {
  string: isString,
  strings: (value) => Array.isArray(value) && value.length > 0 && value.every(isString),
  'string-map': (value) => isMap(value) && Object.values(value).every(isString),
  integer: (value) => Number.isInteger(value) && (value as number) >= 0,
  boolean: (value) => typeof value === 'boolean',
  calendar: (value) => Array.isArray(value) && value.length > 0 && value.every(isCalendarInterval),
  'keep-alive': (value) => typeof value === 'boolean' || (isMap(value) && Object.keys(value).every((key) => keepAliveKeys.includes(key))),
  session: (value) => value === 'Aqua' || value === 'Background' || value === 'LoginWindow' || value === 'StandardIO' || value === 'System',
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCalendarInterval(value: unknown): boolean {
  if (!isMap(value)) return false
  return Object.entries(value).every(([key, each]) => {
    const range = calendarRanges[key]
    return range !== undefined && Number.isInteger(each) && (each as number) >= range[0] && (each as number) <= range[1]
  })
}
