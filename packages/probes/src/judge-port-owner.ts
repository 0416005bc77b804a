import type { Listener } from '@sanctum/contracts'
import type { Sight } from './judge-answer.ts'
import type { PortOwnerTarget } from './kinds/port-owner.ts'

type Holder = Pick<Listener, 'protocol' | 'port' | 'pid' | 'process_group' | 'program'>

/** Who listens; `ancestors`: the processes from which each came, nearest first. */
export function judgePortOwner(
  { port, pid, program }: PortOwnerTarget,
  listeners: readonly Holder[],
  ancestors: ReadonlyMap<number, readonly number[]>,
): Sight {
  const holders = listeners.filter((listener) => listener.protocol === 'tcp' && listener.port === port)
  if (holders.length === 0) return { kind: 'failed', cause: 'not-running', detail: `nobody listens on ${port}` }
  const isIts = (holder: Holder): boolean =>
    pid === null
      ? holder.program === program
      : holder.pid === pid || holder.process_group === pid || (holder.pid !== null && (ancestors.get(holder.pid) ?? []).includes(pid))
  const own = holders.find(isIts)
  if (own !== undefined) return { kind: 'passed', detail: `${describe(own)} listens on ${port}` }
  // The system tells the owner of a socket only to its user and to root.
  if (holders.some((holder) => holder.pid === null))
    return { kind: 'could-not-check', detail: `this user may not see who listens on ${port}` }
  const whose = program ?? `process ${pid}`
  return { kind: 'failed', cause: 'wrong-owner', detail: `${describe(holders[0] as Holder)} listens on ${port}, and not ${whose}` }
}

function describe({ pid, program }: Holder): string {
  return program === null ? `process ${pid}` : `${program} (process ${pid})`
}
