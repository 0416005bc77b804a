import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createGenerations } from '@sanctum/generations/node'
import { createRandom } from '@sanctum/testkit'
import { bundleProgram } from '@sanctum/testkit/bundle-program'
import { createTemporaryFolder, recordProof } from '@sanctum/testkit/node'
import { expect, onTestFinished, test } from 'vitest'
import { apply } from './haus.ts'
import type { Plant } from './planted-faults.ts'
import { readVersion, versionOf } from './versions.ts'

const isLong = process.env['SANCTUM_TEST_LONG'] === '1'
const KILLS = isLong ? 10_000 : 240
const LANES = 2
// Many times what they take on two cores of their own.
const timeout = isLong ? 7_200_000 : 240_000

test(`${KILLS} kills, half of them within 2 ms of the swap: one version only, nothing promised is lost`, { timeout }, async () => {
  const lanes = await Promise.all(
    Array.from({ length: LANES }, (_, lane) => killAgainAndAgain({ kills: KILLS / LANES, seed: lane + 1, plant: 'none' })),
  )
  const total = (count: keyof (typeof lanes)[number]['seen']) => lanes.reduce((sum, { seen }) => sum + seen[count], 0)
  const problems = lanes.flatMap((lane) => lane.problems)
  recordProof({
    programme: 'kills of a committing process',
    seed: lanes.map((_, lane) => lane + 1).join(' '),
    counts: { kills: total('kills'), 'commits promised': total('commits'), discarded: total('discarded'), finished: total('finished') },
    failures: problems.length,
    guards: ['packages/generations/src', 'packages/generations/test'],
  })
  expect(problems).toEqual([])
  expect(total('kills')).toBe(KILLS)
  // The kills fell where they hurt: some left a run in the middle, on either side of the swap.
  expect(total('commits')).toBeGreaterThan(KILLS / 6)
  expect(total('discarded')).toBeGreaterThan(0)
  expect(total('finished')).toBeGreaterThan(0)
})

test('the same kills find a commit without staging and swap', async () => {
  const { problems } = await killAgainAndAgain({ kills: 12, seed: 3, plant: 'in-place' })
  expect(problems.filter((problem) => problem.includes('mixed')).length).toBeGreaterThan(0)
})

async function killAgainAndAgain({ kills, seed, plant }: { kills: number; seed: number; plant: Plant }) {
  const folder = await createTemporaryFolder()
  onTestFinished(folder.remove)
  const program = await bundleProgram(new URL('commit-for-ever.ts', import.meta.url), folder.path)
  const [home, units] = [join(folder.path, 'home'), join(folder.path, 'units')]
  const generations = createGenerations({ home, roots: [units] })
  const random = createRandom(seed)
  const running: { child: ChildProcess | null } = { child: null }
  onTestFinished(() => void running.child?.kill('SIGKILL'))
  const problems: string[] = []
  const seen = { kills: 0, commits: 0, discarded: 0, finished: 0, clean: 0 }
  await apply(generations, versionOf(1, units))
  let next = 2
  for (let kill = 0; kill < kills; kill++) {
    const { promised, started } = await runAndKill({ program, home, units, from: next, plant, aimed: kill % 2 === 0, random, running })
    seen.kills++
    seen.commits += promised.length
    const problem = (text: string) => problems.push(`seed ${seed}, kill ${kill}: ${text}`)
    const standing = readSet(join(home, 'current/surfaces'))
    if (standing.size !== 1 || standing.has(null)) problem(`a mixed set: ${[...standing].join()}`)
    const last = promised.at(-1) ?? next - 1
    const [version] = standing
    if (version != null && version < last) problem(`version ${last} was promised, ${version} is there`)

    const { outcome, fault } = await generations.recover()
    seen[outcome]++
    if (fault) problem(`the recovery failed: ${fault.message}`)
    const { current } = generations.readPointers()
    if (current.kind !== 'set' || generations.read(current.number).kind !== 'whole') problem('the current generation is not whole')
    if (plant === 'none') {
      if (existsSync(units) && [...readSet(units)].some((found) => found !== version))
        problem(`published is ${[...readSet(units)].join()}, current is ${version}`)
      const scratch = [...readdirSync(home), ...readdirSync(join(home, 'generations')), ...readdirSync(units)].filter((name) =>
        /sanctum-new|staging|trash/.test(name),
      )
      if (scratch.length > 0) problem(`left behind: ${scratch.join()}`)
    }
    // The next run needs no person.
    next = started + 1
    if (plant === 'none') await apply(generations, versionOf(next++, units))
    if (problems.length > 0 && plant !== 'none') break
  }
  return { problems, seen }
}

/** Runs commits in another process and kills it: at a random moment, or within 2 ms around a swap. */
async function runAndKill({
  program,
  home,
  units,
  from,
  plant,
  aimed,
  random,
  running,
}: {
  program: string
  home: string
  units: string
  from: number
  plant: Plant
  aimed: boolean
  random: () => number
  running: { child: ChildProcess | null }
}) {
  const child = spawn(process.execPath, [program, home, units, String(from), plant], { stdio: ['ignore', 'pipe', 'inherit'] })
  running.child = child
  const swapsToSee = 1 + Math.floor(random() * 4)
  const promised: number[] = []
  let swaps = 0
  let isDoomed = false
  let rest = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === 'swap') swaps++
      else promised.push(Number(line))
    }
    if (swaps < swapsToSee || isDoomed) return
    isDoomed = true
    const delayMs = random() * (aimed ? 2 : 12)
    if (aimed) busyWait(delayMs)
    if (aimed) child.kill('SIGKILL')
    else setTimeout(() => child.kill('SIGKILL'), delayMs)
  })
  const [code, signal] = await once(child, 'close', { signal: AbortSignal.timeout(60_000) })
  if (signal !== 'SIGKILL') throw new Error(`the committing process ended by itself: ${code ?? signal}`)
  return { promised, started: Math.max(from, (promised.at(-1) ?? from) + 1) }
}

/** The versions that the files below a folder say; null for a torn one. */
function readSet(folder: string): Set<number | null> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.name.startsWith('.'),
  )
  return new Set(files.map((entry) => readVersion(readFileSync(join(entry.parentPath, entry.name), 'utf8'))))
}

/** A timer is too coarse for parts of a millisecond. */
function busyWait(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}
