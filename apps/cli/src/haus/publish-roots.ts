import type { Haus } from '@sanctum/contracts'
import type { Ports } from '../ports.ts'

/** The folders below which surfaces of this haus may be published: its own home, the unit folders of the service manager, the agents' workspaces. */
export function publishRoots(haus: Haus): string[] {
  const { sanctum_home, user_units, system_units, user } = haus.host
  const units = [sanctum_home, user_units, system_units].filter((folder) => folder !== null)
  const workspaces = Object.values(haus.capabilities?.agents ?? {}).flatMap(({ workspace }) => (workspace === undefined ? [] : [workspace]))
  return [...new Set([...units, ...(workspaces.length > 0 ? [user.home] : [])])]
}

/** Those, and the home of the operator where the generation that holds, or the one to go back to, has files there that this haus has no more. */
export function changeRoots({ generations }: Ports, haus: Haus, target?: number): string[] {
  const roots = publishRoots(haus)
  const known = generations([])
  const documents = [
    known.readCurrent(),
    target === undefined ? null : (known.list().find(({ number }) => number === target)?.document ?? null),
  ]
  const published = documents.flatMap((document) => [
    ...(document?.surfaces ?? []).flatMap(({ publish }) => publish ?? []),
    ...(document?.leftovers ?? []).map(({ path }) => path),
  ])
  const isInside = (path: string) => roots.some((root) => path.startsWith(`${root}/`))
  return published.every(isInside) ? roots : [...new Set([...roots, haus.host.user.home])]
}
