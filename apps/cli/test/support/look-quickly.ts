import type { Run } from './test-haus.ts'
import { waitUntil } from './wait-until.ts'

/** `doctor --quick`, when it got its answers in the second that it gives: on a busy machine it may not, says so, and is asked again. */
export async function lookQuickly(haus: { run(...args: readonly string[]): Promise<Run> }): Promise<Run> {
  let look = await haus.run('doctor', '--quick')
  await waitUntil(async () => {
    if (!look.stdout.includes('SERVICE_UNCHECKED')) return true
    look = await haus.run('doctor', '--quick')
    return false
  })
  return look
}
