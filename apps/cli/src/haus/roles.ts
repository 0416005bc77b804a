import type { Haus } from '@sanctum/contracts'

/** Ids of the services here that run this role of sanctumd. */
export function findRole(haus: Haus, role: 'watchdog' | 'failsafe' | 'dashboard' | 'router'): string[] {
  return Object.values(haus.services).flatMap(({ id, run }) => (isRole(run?.command ?? [], role) ? [id] : []))
}

/** The service that is itself the supervisor of the others; null where launchd or systemd is. */
export function findSupervisor(haus: Haus): string | null {
  return haus.manager.kind === 'embedded' ? (findRole(haus, 'watchdog')[0] ?? null) : null
}

function isRole(command: readonly string[], role: string): boolean {
  return command.some((word, index) => word === role && /sanctumd(\.js)?$/.test(command[index - 1] ?? ''))
}
