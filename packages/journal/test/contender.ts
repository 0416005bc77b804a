import { readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLock } from '@sanctum/journal/node'
import { plantedLocks } from './planted-locks.ts'

/**
 * Takes the lock again and again: `contender.ts <lock> <inside> <kind>`. It says when it has it, keeps it until it is told to go on,
 * and says when it lets go. The file `inside` is there exactly while somebody is in; the lock knows nothing of it.
 */
const [path = '', inside = '', kind = 'real'] = process.argv.slice(2)
const lock = kind === 'real' ? openLock({ path }) : plantedLocks[kind as keyof typeof plantedLocks](path)
const orders = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

say('ready')
for (;;) {
  const acquisition = await lock.acquire({ waitMs: 60_000 })
  if (acquisition.kind === 'busy') break
  const atMs = performance.timeOrigin + performance.now()
  say('entering')
  say((await enter()) ? `held ${atMs}` : 'second')
  if ((await orders.next()).done) break
  say('leaving')
  rmSync(inside, { force: true })
  acquisition.release()
  say('left')
}

function say(word: string): void {
  writeSync(1, `${word}\n`)
}

/** False where somebody alive is in. A killed process keeps its number for a moment, until its parent has taken note. */
async function enter(): Promise<boolean> {
  const deadline = performance.now() + 1_000
  while (!tryEnter()) {
    if (performance.now() > deadline) return false
    if (isAlive(readOwner())) await sleep(2)
    else rmSync(inside, { force: true })
  }
  return true
}

function tryEnter(): boolean {
  try {
    writeFileSync(inside, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    return false
  }
}

/** Null while another one is just writing it; then whoever that is lives. */
function readOwner(): number | null {
  try {
    return Number(readFileSync(inside, 'utf8')) || null
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
