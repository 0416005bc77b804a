import type { Sight } from '../judge-answer.ts'
import { judgeLog } from '../judge-log.ts'
import type { LogTarget } from '../kinds/log.ts'
import type { ProbeOf } from '../probe-kind.ts'
import { toFileSight } from './file-sight.ts'
import { readLogTail } from './read-tail.ts'

export async function observeLog(_probe: ProbeOf<'log'>, target: LogTarget): Promise<Sight> {
  try {
    return judgeLog(target, await readLogTail(target.path, target.tailBytes), Date.now())
  } catch (error) {
    // Where nothing may be found, a file that is not there holds nothing.
    const sight = toFileSight(target.path, error)
    return sight.kind === 'failed' && target.present === null ? { kind: 'passed', detail: sight.detail } : sight
  }
}
