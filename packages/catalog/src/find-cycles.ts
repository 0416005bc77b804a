import { compareText } from '@sanctum/contracts'

interface Ends {
  readonly from: string
  readonly to: string
}

/**
 * One circle of each group of nodes that reach each other, as a path whose last node is its first: `a, b, a`. Every
 * circle starts at its smallest id. Takes time in proportion to nodes and edges.
 */
export function findCycles(edges: readonly Ends[]): string[][] {
  const next = new Map<string, string[]>()
  for (const { from, to } of edges) {
    const list = next.get(from)
    if (list) list.push(to)
    else next.set(from, [to])
  }
  return findGroups(next)
    .map((group) => findCircle(group, next))
    .filter((path) => path !== null)
    .sort((a, b) => compareText(a[0] as string, b[0] as string))
}

interface Frame {
  readonly id: string
  index: number
}

/** Tarjan's strongly connected components, without recursion: a chain of thousands must not overflow the stack. */
function findGroups(next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string>[] {
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const waiting: string[] = []
  const isWaiting = new Set<string>()
  const groups: Set<string>[] = []

  const enter = (id: string): Frame => {
    order.set(id, order.size)
    lowest.set(id, order.get(id) as number)
    waiting.push(id)
    isWaiting.add(id)
    return { id, index: 0 }
  }
  const leave = (id: string): void => {
    if (lowest.get(id) !== order.get(id)) return
    const group = new Set<string>()
    while (!group.has(id)) {
      const member = waiting.pop() as string
      isWaiting.delete(member)
      group.add(member)
    }
    groups.push(group)
  }
  const lower = (id: string, value: number): void => {
    lowest.set(id, Math.min(lowest.get(id) as number, value))
  }

  for (const start of next.keys()) {
    if (order.has(start)) continue
    const frames = [enter(start)]
    for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
      const to = next.get(frame.id)?.[frame.index++]
      if (to === undefined) {
        frames.pop()
        leave(frame.id)
        const parent = frames.at(-1)
        if (parent) lower(parent.id, lowest.get(frame.id) as number)
      } else if (!order.has(to)) frames.push(enter(to))
      else if (isWaiting.has(to)) lower(frame.id, order.get(to) as number)
    }
  }
  return groups
}

/** The shortest way from the smallest member back to itself. */
function findCircle(group: ReadonlySet<string>, next: ReadonlyMap<string, readonly string[]>): string[] | null {
  const [start] = [...group].sort(compareText) as [string]
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const id of queue) {
    for (const to of next.get(id) ?? []) {
      if (to === start) return toPath(start, id, cameFrom)
      if (!group.has(to) || cameFrom.has(to)) continue
      cameFrom.set(to, id)
      queue.push(to)
    }
  }
  return null
}

function toPath(start: string, last: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const back: string[] = [start]
  for (let id = last; id !== start; id = cameFrom.get(id) as string) back.push(id)
  return [...back, start].reverse()
}
