import { setTimeout as pause } from 'node:timers/promises'

const PACE_MS = 100

/** Waits for something that must come true; an error after the deadline, which is generous because machines are slow. */
export async function waitUntil(isTrue: () => Promise<boolean> | boolean, deadlineMs = 30_000): Promise<void> {
  const end = performance.now() + deadlineMs
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`did not come true within ${deadlineMs} ms: ${String(isTrue)}`)
    await pause(PACE_MS)
  }
}
