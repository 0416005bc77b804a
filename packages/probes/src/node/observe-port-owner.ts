import type { Sight } from '../judge-answer.ts'
import { judgePortOwner } from '../judge-port-owner.ts'
import type { PortOwnerTarget } from '../kinds/port-owner.ts'
import type { ProbeOf } from '../probe-kind.ts'
import type { ProbePorts } from '../probe-ports.ts'
import { readAncestors } from './read-process.ts'

export async function observePortOwner(
  _probe: ProbeOf<'port-owner'>,
  target: PortOwnerTarget,
  deadline: AbortSignal,
  { listListeners }: ProbePorts,
): Promise<Sight> {
  const listeners = await listListeners()
  const pids = listeners.flatMap(({ port, pid }) => (port === target.port && pid !== null && pid !== target.pid ? [pid] : []))
  const ancestors = await Promise.all(pids.map(async (pid) => [pid, await readAncestors(pid, deadline)] as const))
  return judgePortOwner(target, listeners, new Map(ancestors))
}
