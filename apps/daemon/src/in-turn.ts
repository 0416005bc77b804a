import { type Log, toErrorFields } from './log.ts'

/**
 * None of a cycle is left out because another failed: a full disk takes the heartbeat, and must not take the help. Each failure is logged;
 * false where there was one, or where a work itself says so.
 */
export async function inTurn(log: Log, works: readonly (() => Promise<unknown>)[]): Promise<boolean> {
  let isWell = true
  for (const work of works)
    try {
      isWell = (await work()) !== false && isWell
    } catch (error) {
      log('error', 'cycle-failed', toErrorFields(error))
      isWell = false
    }
  return isWell
}
