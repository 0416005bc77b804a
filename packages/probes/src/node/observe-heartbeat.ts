import type { Sight } from '../judge-answer.ts'
import { judgeHeartbeat, type KnownBeat } from '../judge-heartbeat.ts'
import type { HeartbeatTarget } from '../kinds/heartbeat.ts'
import type { ProbeOf } from '../probe-kind.ts'
import { toFileSight } from './file-sight.ts'
import { readTail } from './read-tail.ts'

/** The last number of each heartbeat: that it stands still shows only from one look to another. */
const beats = new Map<string, KnownBeat>()
const MAX_BYTES = 1024 * 1024

export async function observeHeartbeat(_probe: ProbeOf<'heartbeat'>, target: HeartbeatTarget): Promise<Sight> {
  const key = `${target.path}#${target.sequence}`
  try {
    const { sight, known } = judgeHeartbeat(target, await readTail(target.path, MAX_BYTES), beats.get(key) ?? null, Date.now())
    if (known !== null) beats.set(key, known)
    return sight
  } catch (error) {
    return toFileSight(target.path, error)
  }
}
