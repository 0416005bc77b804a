import type { Haus } from '@sanctum/contracts'
import type { UnitPlan } from '../plan-unit.ts'
import type { Directive } from './directives.ts'
import { entry, type UnitEntry } from './unit-file.ts'

/**
 * The sandbox of a unit. MemoryDenyWriteExecute is in none of the lists: V8 compiles into memory that it first writes
 * and then executes, so with it Node dies at start.
 */
export function toHardening(haus: Haus, plan: UnitPlan): readonly UnitEntry[] {
  const { level } = plan.service.sandbox
  return [
    ...toEntries(levels[level]),
    ...toEntries(plan.domain === 'system' ? systemLevels[level] : {}),
    ...toPaths(haus, plan),
    ...toNetwork(plan),
  ]
}

type Level = Readonly<Partial<Record<Directive, string | readonly string[]>>>

/** What an unprivileged manager can do too: seccomp behind NoNewPrivileges. */
const filtered: Level = {
  NoNewPrivileges: 'yes',
  LockPersonality: 'yes',
  RestrictRealtime: 'yes',
  RestrictSUIDSGID: 'yes',
  SystemCallArchitectures: 'native',
  KeyringMode: 'private',
}

const levels: Readonly<Record<'strict' | 'home' | 'none', Level>> = {
  none: {},
  home: filtered,
  strict: {
    ...filtered,
    UMask: '0077',
    // An operator's manager has no right to the two lines below it but inside a user namespace.
    PrivateUsers: 'yes',
    CapabilityBoundingSet: '',
    AmbientCapabilities: '',
    ProtectSystem: 'strict',
    // Not hidden: the state of Sanctum, its programs and their interpreter may all lie there. toPaths closes what is private.
    ProtectHome: 'read-only',
    PrivateTmp: 'yes',
    PrivateDevices: 'yes',
    ProtectHostname: 'yes',
    ProtectClock: 'yes',
    ProtectKernelTunables: 'yes',
    ProtectKernelModules: 'yes',
    ProtectControlGroups: 'yes',
    ProtectProc: 'invisible',
    RestrictNamespaces: 'yes',
    // Node raises its limit of open files at start and goes on if it may not, so these calls fail instead of killing it.
    SystemCallFilter: ['@system-service', '~@privileged @resources'],
    SystemCallErrorNumber: 'EPERM',
  },
}

/** What only the manager of the machine may do, or what is of no use to a process that has no privilege to lose. */
const systemLevels: Readonly<Record<'strict' | 'home' | 'none', Level>> = {
  none: {},
  home: {
    CapabilityBoundingSet: '',
    AmbientCapabilities: '',
    ProtectSystem: 'full',
    ProtectClock: 'yes',
    ProtectHostname: 'yes',
    ProtectKernelTunables: 'yes',
    ProtectKernelModules: 'yes',
    ProtectKernelLogs: 'yes',
    ProtectControlGroups: 'yes',
  },
  strict: { ProtectKernelLogs: 'yes', DevicePolicy: 'closed', RemoveIPC: 'yes' },
}

function toEntries(level: Level): readonly UnitEntry[] {
  return Object.entries(level).flatMap(([key, value]) =>
    (typeof value === 'string' ? [value] : value).flatMap((each) => entry(key as Directive, each, 'sandbox/level')),
  )
}

/** In the operator's home, of no use to a service and worth stealing. */
const privateFolders = [
  '.ssh',
  '.gnupg',
  '.password-store',
  '.aws',
  '.azure',
  '.kube',
  '.config/gcloud',
  '.config/gh',
  '.mozilla',
  '.config/chromium',
]

function toPaths(haus: Haus, plan: UnitPlan): readonly UnitEntry[] {
  const { level, writable } = plan.service.sandbox
  if (level === 'none') return []
  const home = haus.host.sanctum_home
  const own = level === 'strict' ? [...writable, `${home}/state/${plan.service.id}`] : writable
  const needed = [...own, plan.cwd, ...plan.command.slice(0, 1)]
  const closed = [
    ...privateFolders.map((folder) => `${haus.host.user.home}/${folder}`),
    ...((plan.service.run?.secrets ?? []).length === 0 ? [`${home}/secrets`] : []),
  ].filter((folder) => !needed.some((path) => path === folder || path.startsWith(`${folder}/`)))
  return [
    // The dash: a path that is not there yet is no reason not to start.
    ...entry(
      'ReadWritePaths',
      [...new Set(own)].map((path) => `-${path}`),
      'sandbox/writable',
    ),
    ...entry('InaccessiblePaths', level === 'strict' ? closed.map((path) => `-${path}`) : null, 'sandbox/level'),
  ]
}

/** Node lists the interfaces of the machine through AF_NETLINK. */
const families = { none: 'AF_UNIX', loopback: 'AF_UNIX AF_INET AF_INET6 AF_NETLINK', any: 'AF_UNIX AF_INET AF_INET6 AF_NETLINK' } as const

function toNetwork({ domain, service }: UnitPlan): readonly UnitEntry[] {
  const { level, network } = service.sandbox
  const isSystem = domain === 'system'
  return [
    ...entry('RestrictAddressFamilies', level === 'strict' || network === 'none' ? families[network] : null, 'sandbox/network'),
    ...entry('PrivateNetwork', isSystem && network === 'none' ? 'yes' : null, 'sandbox/network'),
    ...entry('IPAddressDeny', isSystem && network !== 'any' ? 'any' : null, 'sandbox/network'),
    ...entry('IPAddressAllow', isSystem && network === 'loopback' ? 'localhost' : null, 'sandbox/network'),
  ]
}
