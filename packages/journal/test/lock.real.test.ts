import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openLock } from '@sanctum/journal/node'
import { bundleProgram } from '@sanctum/testkit/bundle-program'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { expect, onTestFinished, test } from 'vitest'

const ROUNDS = 50
const CONTENDERS = 3

async function createFolder(): Promise<string> {
  const folder = await createTemporaryFolder()
  onTestFinished(folder.remove)
  return folder.path
}

interface Contender {
  readonly child: ChildProcess
  state: 'starting' | 'ready' | 'held' | 'second'
}

function startContender(program: string, path: string, owner: string, kind: 'real' | 'planted', onChange: () => void): Contender {
  const child = spawn(process.execPath, [program, path, owner, kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const contender: Contender = { child, state: 'starting' }
  child.stdout.on('data', (chunk: Buffer) => {
    contender.state = (String(chunk).trim().split('\n').at(-1) ?? '') as Contender['state']
    onChange()
  })
  return contender
}

/** Kills the holder again and again; gives how long the next one took each time, or what went wrong. */
async function contend(folder: string, kind: 'real' | 'planted', rounds: number): Promise<{ waits: number[]; problems: string[] }> {
  const program = await bundleProgram(new URL('hold-lock.ts', import.meta.url), folder)
  let wake = () => {}
  let contenders: Contender[] = []
  const start = () => startContender(program, join(folder, 'lock.db'), join(folder, 'owner'), kind, () => wake())
  onTestFinished(() => contenders.forEach(({ child }) => void child.kill('SIGKILL')))
  const until = async (isSo: () => boolean, deadlineMs: number) => {
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
  contenders = Array.from({ length: CONTENDERS }, start)
  const waits: number[] = []
  const problems: string[] = []
  await until(() => contenders.every(({ state }) => state !== 'starting'), 30_000)
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now()
    if (!(await until(() => contenders.some(({ state }) => state === 'held'), 2_000))) problems.push(`round ${round}: nobody got it`)
    waits.push(performance.now() - begin)
    const winners = contenders.filter(({ state }) => state === 'held' || state === 'second')
    if (winners.length > 1) problems.push(`round ${round}: ${winners.length} winners`)
    const [winner] = winners
    if (problems.length > 0 || !winner) break
    // One that is ready waits already when the holder dies; the replacement joins later.
    await until(() => contenders.some(({ state }) => state === 'ready'), 30_000)
    winner.child.kill('SIGKILL')
    await once(winner.child, 'exit')
    contenders = [...contenders.filter((contender) => contender !== winner), start()]
  }
  return { waits, problems }
}

test(`${ROUNDS} killed holders: always one winner, within a second`, async () => {
  const { waits, problems } = await contend(await createFolder(), 'real', ROUNDS)
  expect(problems).toEqual([])
  expect(waits).toHaveLength(ROUNDS)
  expect(waits.filter((wait) => wait > 1_000)).toEqual([])
})

test('the same rounds find a lock that outlives its holder', async () => {
  const { problems } = await contend(await createFolder(), 'planted', 2)
  expect(problems).toEqual(['round 1: nobody got it'])
})

test('a second run is told who holds it, and taking or releasing it changes no file', async () => {
  const folder = await createFolder()
  const lock = openLock({ path: join(folder, 'state/lock.db') })
  expect(lock.inspect()).toEqual({ kind: 'free' })
  expect(readdirSync(folder)).toEqual([])
  const first = await lock.acquire()
  if (first.kind === 'held') first.release()
  const state = join(folder, 'state')
  const snapshot = () =>
    [state, ...readdirSync(state).map((name) => join(state, name))].map(
      (path) => `${path} ${statSync(path).mtimeMs} ${statSync(path).size}`,
    )
  const before = snapshot()

  const held = await lock.acquire()
  expect(held.kind).toBe('held')
  const second = await openLock({ path: join(folder, 'state/lock.db') }).acquire()
  expect(second.kind).toBe('busy')
  if (second.kind === 'busy' && process.platform === 'linux') {
    expect(second.holder.pid).toBe(process.pid)
    expect(second.holder.command).toContain('node')
    expect(Math.abs(Date.now() - (second.holder.sinceMs ?? 0) - process.uptime() * 1000)).toBeLessThan(5_000)
  }
  expect(lock.inspect().kind).toBe('held')
  if (held.kind === 'held') held.release()
  expect(lock.inspect()).toEqual({ kind: 'free' })
  expect(snapshot()).toEqual(before)
  expect(statSync(join(state, 'lock.db')).mode & 0o777).toBe(0o600)
})

test('who waits gets it when it is released, or is told at the deadline', async () => {
  const lock = openLock({ path: join(await createFolder(), 'lock.db') })
  const first = await lock.acquire()
  const begin = performance.now()
  expect((await lock.acquire({ waitMs: 100 })).kind).toBe('busy')
  expect(performance.now() - begin).toBeGreaterThanOrEqual(95)
  const waiting = lock.acquire({ waitMs: 30_000 })
  if (first.kind === 'held') first.release()
  const second = await waiting
  expect(second.kind).toBe('held')
  if (second.kind === 'held') second.release()
})

test('a folder that cannot be written is a fault that names the file', async () => {
  const path = join(await createFolder(), 'lock.db/x')
  await openLock({ path: join(path, '..') }).acquire()
  await expect(openLock({ path }).acquire()).rejects.toMatchObject({ path })
})
