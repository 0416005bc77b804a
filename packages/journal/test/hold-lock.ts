import { readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLock } from '@sanctum/journal/node'

/** Waits for the lock, says so, and keeps it until it is killed. `owner` proves that nobody alive had it at that moment. */
const [path = '', owner = '', kind = 'real'] = process.argv.slice(2)
writeSync(1, 'ready\n')
const isMine = kind === 'planted' ? await takePlantedLock() : (await openLock({ path }).acquire({ waitMs: 60_000 })).kind === 'held'
if (isMine) {
  writeSync(1, (await takeOver()) ? 'held\n' : 'second\n')
  setInterval(() => {}, 1_000)
}

/** A killed process keeps its number for a moment, until its parent has taken note. */
async function takeOver(): Promise<boolean> {
  const deadline = performance.now() + 1_000
  while (isAlive(readOwner())) {
    if (performance.now() > deadline) return false
    await sleep(2)
  }
  rmSync(owner, { force: true })
  writeFileSync(owner, String(process.pid), { flag: 'wx' })
  return true
}

function readOwner(): number | null {
  try {
    return Number(readFileSync(owner, 'utf8'))
  } catch {
    return null
  }
}

function isAlive(pid: number | null): boolean {
  try {
    return pid !== null && process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Planted: a lock that is a file, which outlives its holder. */
async function takePlantedLock(): Promise<boolean> {
  for (;;) {
    try {
      writeFileSync(path, '', { flag: 'wx' })
      return true
    } catch {
      await sleep(20)
    }
  }
}
