import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openLock } from '@sanctum/journal/node'
import { bundleProgram } from '@sanctum/testkit/bundle-program'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import type { plantedLocks } from './planted-locks.ts'

const CONTENDERS = 4
/** From the death of a holder to the next one. A second is what is promised; twice that, because this machine may be busy. */
const LONGEST_RECOVERY_MS = 2_000
const STARTING_MS = 60_000
/** How long a holder that sleeps is left asleep, to see that nobody takes it for dead. */
const ASLEEP_MS = 400

/** When the kill falls. */
export type Fate = 'inside' | 'leaving' | 'acquiring'

export interface Contention {
  readonly rounds: number
  readonly kills: Readonly<Record<Fate, number>>
  /** From each killed holder to the next one, ms. */
  readonly recoveriesMs: readonly number[]
  /** Holders whom the lock was asked about. */
  readonly described: number
  readonly slept: number
  /** The first ends it. */
  readonly problem: string | null
}

interface Contender {
  readonly child: ChildProcess
  /** `entering`: it has the lock; `held`: and nobody else was in. */
  state: 'starting' | 'waiting' | 'entering' | 'held' | 'second' | 'leaving'
  heldAtMs: number
}

export interface ContendOptions {
  readonly kind: 'real' | keyof typeof plantedLocks
  readonly rounds: number
  /** A number from 0 up to the limit. */
  readonly random: (limit: number) => number
  /** Each so many rounds the holder is asked after, and each so many it is put to sleep. */
  readonly describeEvery?: number
  readonly sleepEvery?: number
}

/**
 * Processes contend for a lock; in each round one of them gets it and one is killed: the holder inside, the holder while it lets go, or
 * one that tries. What says that two are in at a time is a file of their own, and this process, which hears of each.
 */
export async function contend({ kind, rounds, random, describeEvery = 10, sleepEvery = 100 }: ContendOptions): Promise<Contention> {
  const folder = await createTemporaryFolder()
  const program = await bundleProgram(new URL('contender.ts', import.meta.url), folder.path)
  const path = join(folder.path, 'lock.db')
  const seen = { kills: { inside: 0, leaving: 0, acquiring: 0 }, recoveriesMs: [] as number[], described: 0, slept: 0 }
  let wake = () => {}
  let contenders: Contender[] = []
  const start = () => startContender([program, path, join(folder.path, 'inside'), kind], () => wake())

  async function until(isSo: () => boolean, deadlineMs: number): Promise<boolean> {
    const deadline = performance.now() + deadlineMs
    while (!isSo() && performance.now() < deadline) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(1, deadline - performance.now()))
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    return isSo()
  }

  /** Who has the lock and was neither killed nor told to let go. */
  const inside = () => contenders.filter(({ state }) => state === 'entering' || state === 'held' || state === 'second')
  const isSettled = () => inside().length > 1 || inside().some(({ state }) => state !== 'entering')

  async function kill(victim: Contender): Promise<number> {
    const atMs = performance.timeOrigin + performance.now()
    const ended = once(victim.child, 'exit')
    victim.child.kill('SIGKILL')
    await ended
    contenders = [...contenders.filter((contender) => contender !== victim), start()]
    return atMs
  }

  async function play(round: number): Promise<string | null> {
    if (!(await until(isSettled, LONGEST_RECOVERY_MS))) return 'nobody got it'
    const [holder] = inside()
    if (inside().length > 1 || holder === undefined || holder.state === 'second') return 'two at a time'
    if (kind === 'real' && round % describeEvery === 0) {
      const wrong = judgeDescription(path, holder, program)
      if (wrong !== null) return wrong
      seen.described++
    }
    if (round % sleepEvery === sleepEvery - 1) {
      holder.child.kill('SIGSTOP')
      await until(() => inside().length > 1, ASLEEP_MS)
      holder.child.kill('SIGCONT')
      seen.slept++
      if (inside().length > 1) return 'two at a time'
    }
    // Others wait already when the holder dies.
    await until(() => contenders.filter(({ state }) => state === 'waiting').length > 1, STARTING_MS)
    if (inside().length > 1) return 'two at a time'
    const fate = chooseFate(random)
    const victim = fate === 'acquiring' ? (contenders.find(({ state }) => state === 'waiting') ?? holder) : holder
    if (fate !== 'inside') {
      holder.state = 'leaving'
      holder.child.stdin?.write('on\n')
    }
    await new Promise((resolve) => setTimeout(resolve, random(3)))
    seen.kills[fate]++
    const killedAtMs = await kill(victim)
    if (fate !== 'inside') return null
    if (!(await until(isSettled, LONGEST_RECOVERY_MS))) return 'nobody got it'
    seen.recoveriesMs.push((inside()[0]?.heldAtMs ?? killedAtMs) - killedAtMs)
    return null
  }

  try {
    contenders = Array.from({ length: CONTENDERS }, start)
    await until(() => contenders.every(({ state }) => state !== 'starting'), STARTING_MS)
    for (let round = 0; round < rounds; round++) {
      const problem = await play(round)
      if (problem !== null) return { ...seen, rounds: round, problem: `round ${round}: ${problem}` }
    }
    return { ...seen, rounds, problem: null }
  } finally {
    for (const { child } of contenders) child.kill('SIGKILL')
    await Promise.all(contenders.map(({ child }) => (child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null)))
    await rm(folder.path, { recursive: true, force: true })
  }
}

function startContender(words: readonly string[], onChange: () => void): Contender {
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] })
  const contender: Contender = { child, state: 'starting', heldAtMs: 0 }
  let rest = ''
  child.stdin.on('error', () => undefined)
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) hear(contender, line)
    onChange()
  })
  return contender
}

function hear(contender: Contender, line: string): void {
  const [word = '', atMs] = line.split(' ')
  if (word === 'ready' || word === 'left') contender.state = 'waiting'
  else contender.state = word as Contender['state']
  if (atMs !== undefined) contender.heldAtMs = Number(atMs)
}

function chooseFate(random: (limit: number) => number): Fate {
  const drawn = random(10)
  return drawn < 6 ? 'inside' : drawn < 8 ? 'leaving' : 'acquiring'
}

/** Null where what the lock says of its holder is right. Only Linux says who it is. */
function judgeDescription(path: string, { child }: Contender, program: string): string | null {
  const state = openLock({ path }).inspect()
  if (state.kind === 'free') return 'it is held and called free'
  if (process.platform !== 'linux') return null
  const { pid, command, sinceMs } = state.holder
  if (pid !== child.pid) return `pid ${child.pid} holds it and ${pid} is named`
  if (command?.includes(program) !== true) return `the holder is called ${command}`
  const ageMs = Date.now() - (sinceMs ?? 0)
  return ageMs > -2_000 && ageMs < 600_000 ? null : `the holder is said to be ${ageMs} ms old`
}
