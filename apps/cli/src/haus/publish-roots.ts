import type { Haus } from '@sanctum/contracts'

/** The folders below which surfaces of this haus may be published: its own home, the unit folders of the service manager, the agents' workspaces. */
export function publishRoots(haus: Haus): string[] {
  const { sanctum_home, user_units, system_units, user } = haus.host
  const units = [sanctum_home, user_units, system_units].filter((folder) => folder !== null)
  const workspaces = Object.values(haus.capabilities?.agents ?? {}).flatMap(({ workspace }) => (workspace === undefined ? [] : [workspace]))
  return [...new Set([...units, ...(workspaces.length > 0 ? [user.home] : [])])]
}
