import type { Step } from '@sanctum/contracts'

export interface Purge {
  /** Names in the home that are Sanctum's, in the order in which they go. */
  readonly names: readonly string[]
  readonly steps: readonly Step[]
}

/**
 * What a purge removes of a home: the names that Sanctum gives, and nothing else that lies there. The pointers go first, so that a purge
 * that is cut short leaves none that names nothing; the state goes last, because the lock is in it.
 */
export function planPurge(found: readonly string[], home = ''): Purge {
  const names = order.filter((name) => found.includes(name))
  return { names, steps: names.map((name) => ({ do: 'remove-tree', path: `${home}/${name}` })) }
}

const order: readonly string[] = [
  ...['current', 'confirmed', 'services', 'generations', 'versions', 'backups', 'logs', 'secrets'],
  ...['.catalog', '.node_id', 'instance.yaml', 'state'],
]
