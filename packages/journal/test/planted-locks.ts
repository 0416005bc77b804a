import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Lock } from '@sanctum/journal'

type PlantedLock = (path: string) => Pick<Lock, 'acquire'>

const STALE_MS = 250

/** Locks as programs often make them, each with its fault. */
export const plantedLocks = {
  /** A file that outlives its holder. */
  'lock file': (path) => takeTurns(path, async () => false),
  /** Who finds a dead holder puts itself in its place, and so does whoever found it at the same time. */
  'pid file': (path) =>
    takeTurns(path, async () => {
      if (isAlive(Number(readFileSync(path, 'utf8')))) return false
      await sleep(5)
      rmSync(path, { force: true })
      return true
    }),
  /** Whoever has not been heard of for a while counts as dead, also where it was only asleep. */
  'lock by time of change': (path) =>
    takeTurns(path, async () => {
      if (Date.now() - statSync(path).mtimeMs <= STALE_MS) return false
      rmSync(path, { force: true })
      return true
    }),
} as const satisfies Readonly<Record<string, PlantedLock>>

/** `takeAway` is true where the lock of a holder that counts as dead was taken away. */
function takeTurns(path: string, takeAway: () => Promise<boolean>): Pick<Lock, 'acquire'> {
  return {
    acquire: async () => {
      while (!tryCreate(path)) if (!(await takeAway().catch(() => false))) await sleep(5)
      const heartbeat = setInterval(() => touch(path), STALE_MS / 5)
      return {
        kind: 'held',
        release: () => {
          clearInterval(heartbeat)
          rmSync(path, { force: true })
        },
      }
    },
  }
}

function tryCreate(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    return false
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date())
  } catch {
    // Taken away meanwhile: whoever has it now keeps it fresh.
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
