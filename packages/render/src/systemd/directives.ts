/**
 * How the value of a directive is read by systemd, and so how it must be written.
 * token: a word of ours. user: the name of an account. text: to the end of the line. path: the same, absolute. log: a path behind `append:`.
 * paths, units: words with spaces between. assignment: one quoted NAME=value. command: program and arguments.
 * reload: a command of ours that may use $MAINPID. calendar: an expression of ours.
 */
export type Form = 'token' | 'user' | 'text' | 'path' | 'log' | 'paths' | 'units' | 'assignment' | 'command' | 'reload' | 'calendar'

export type Section = 'Unit' | 'Service' | 'Timer' | 'Install'

interface DirectiveRule {
  readonly section: Section
  readonly form: Form
  /** First version of systemd that knows it; left out where 252 and everything before it in use does. */
  readonly since?: number
}

/** Every directive that is ever written. Another one cannot appear in a unit. */
export const directives = {
  Description: { section: 'Unit', form: 'text' },
  Requires: { section: 'Unit', form: 'units' },
  Requisite: { section: 'Unit', form: 'units' },
  Wants: { section: 'Unit', form: 'units' },
  PartOf: { section: 'Unit', form: 'units' },
  After: { section: 'Unit', form: 'units' },
  StartLimitIntervalSec: { section: 'Unit', form: 'token' },
  StartLimitBurst: { section: 'Unit', form: 'token' },
  Type: { section: 'Service', form: 'token' },
  RemainAfterExit: { section: 'Service', form: 'token' },
  User: { section: 'Service', form: 'user' },
  WorkingDirectory: { section: 'Service', form: 'path' },
  Environment: { section: 'Service', form: 'assignment' },
  ExecStart: { section: 'Service', form: 'command' },
  ExecReload: { section: 'Service', form: 'reload' },
  Restart: { section: 'Service', form: 'token' },
  RestartSec: { section: 'Service', form: 'token' },
  RestartSteps: { section: 'Service', form: 'token', since: 254 },
  RestartMaxDelaySec: { section: 'Service', form: 'token', since: 254 },
  TimeoutStartSec: { section: 'Service', form: 'token' },
  TimeoutStopSec: { section: 'Service', form: 'token' },
  KillSignal: { section: 'Service', form: 'token' },
  StandardOutput: { section: 'Service', form: 'log' },
  StandardError: { section: 'Service', form: 'log' },
  UMask: { section: 'Service', form: 'token' },
  NoNewPrivileges: { section: 'Service', form: 'token' },
  CapabilityBoundingSet: { section: 'Service', form: 'token' },
  AmbientCapabilities: { section: 'Service', form: 'token' },
  ProtectSystem: { section: 'Service', form: 'token' },
  ProtectHome: { section: 'Service', form: 'token' },
  ReadWritePaths: { section: 'Service', form: 'paths' },
  InaccessiblePaths: { section: 'Service', form: 'paths' },
  PrivateTmp: { section: 'Service', form: 'token' },
  PrivateDevices: { section: 'Service', form: 'token' },
  DevicePolicy: { section: 'Service', form: 'token' },
  PrivateUsers: { section: 'Service', form: 'token' },
  PrivateNetwork: { section: 'Service', form: 'token' },
  ProtectHostname: { section: 'Service', form: 'token' },
  ProtectClock: { section: 'Service', form: 'token' },
  ProtectKernelTunables: { section: 'Service', form: 'token' },
  ProtectKernelModules: { section: 'Service', form: 'token' },
  ProtectKernelLogs: { section: 'Service', form: 'token' },
  ProtectControlGroups: { section: 'Service', form: 'token' },
  ProtectProc: { section: 'Service', form: 'token' },
  LockPersonality: { section: 'Service', form: 'token' },
  RestrictRealtime: { section: 'Service', form: 'token' },
  RestrictSUIDSGID: { section: 'Service', form: 'token' },
  RestrictNamespaces: { section: 'Service', form: 'token' },
  RestrictAddressFamilies: { section: 'Service', form: 'token' },
  IPAddressDeny: { section: 'Service', form: 'token' },
  IPAddressAllow: { section: 'Service', form: 'token' },
  SystemCallArchitectures: { section: 'Service', form: 'token' },
  SystemCallFilter: { section: 'Service', form: 'token' },
  SystemCallErrorNumber: { section: 'Service', form: 'token' },
  KeyringMode: { section: 'Service', form: 'token' },
  RemoveIPC: { section: 'Service', form: 'token' },
  OnCalendar: { section: 'Timer', form: 'calendar' },
  OnActiveSec: { section: 'Timer', form: 'token' },
  OnUnitActiveSec: { section: 'Timer', form: 'token' },
  Persistent: { section: 'Timer', form: 'token' },
  AccuracySec: { section: 'Timer', form: 'token' },
  Unit: { section: 'Timer', form: 'units' },
  WantedBy: { section: 'Install', form: 'units' },
} as const satisfies Record<string, DirectiveRule>

export type Directive = keyof typeof directives

/** The rule of a directive, seen with all its optional fields. */
export function ruleOf(directive: Directive): DirectiveRule {
  return directives[directive]
}
