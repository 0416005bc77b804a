import type { Haus, ResolvedService } from '@sanctum/contracts'

const roles = ['watchdog', 'failsafe', 'dashboard', 'router'] as const
export type Role = (typeof roles)[number]

/** Which role a service is, and the file of its program; null where it is none. */
export function findRoleOf({ run }: ResolvedService): { readonly role: Role; readonly program: string } | null {
  const command = run?.command ?? []
  const role = roles.find((each) => isRole(command, each))
  return role === undefined ? null : { role, program: String(command[command.indexOf(role) - 1]) }
}

/** Ids of the services here that run this role of sanctumd. */
export function findRole(haus: Haus, role: Role): string[] {
  return Object.values(haus.services).flatMap(({ id, run }) => (isRole(run?.command ?? [], role) ? [id] : []))
}

/** The service that is itself the supervisor of the others; null where launchd or systemd is. */
export function findSupervisor(haus: Haus): string | null {
  return haus.manager.kind === 'embedded' ? (findRole(haus, 'watchdog')[0] ?? null) : null
}

function isRole(command: readonly string[], role: string): boolean {
  return command.some((word, index) => word === role && /sanctumd(\.js)?$/.test(command[index - 1] ?? ''))
}
