import { Fault, type Surface, type TrialDocument } from '@sanctum/contracts'
import { type FileSystem, judgeTrial, numberOf, planGeneration, planRollback, type TrialMoment } from '@sanctum/generations'
import { createGenerations, type Generations } from '@sanctum/generations/node'
import { buildTrial } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import { apply, file, home, making, unit, units } from './haus.ts'
import { failAt, interruptFileSystem, killAt } from './interrupt-file-system.ts'
import { createMemoryFileSystem, type MemoryFileSystem } from './memory-file-system.ts'

const open = (fileSystem: FileSystem): Generations => createGenerations({ home, roots: [units], fileSystem })

const first: Surface[] = [unit(units, 'voice', 'voice 1'), file('services/voice.yaml', 'voice: 1')]
const second: Surface[] = [unit(units, 'voice', 'voice 2'), file('services/voice.yaml', 'voice: 2')]

async function prepare(): Promise<MemoryFileSystem> {
  const fs = createMemoryFileSystem()
  await apply(open(fs), first)
  await open(fs).confirm(1)
  return fs
}

/** As the command line tries a change: noted, committed, published, and what follows of it. */
async function tryChange(generations: Generations, end: 'confirm' | 'fail'): Promise<void> {
  await generations.recover()
  await generations.commit(planGeneration({ wanted: second, seen: generations.observe(second) }), making, buildTrial())
  await generations.publish()
  await generations.settle()
  await (end === 'confirm' ? generations.confirm(2) : generations.noteTrial(buildTrial({ state: 'failed', why: 'sick' })))
}

/** As another process goes back from it. */
async function goBack(generations: Generations): Promise<void> {
  await generations.recover()
  const noted = generations.readTrial()
  if (noted === null) return
  const trial: TrialDocument = { ...noted, state: 'reverting', by: { pid: 43, start_time: '2000' }, why: 'sick' }
  const reading = generations.read(trial.goal)
  const rollback = planRollback(reading, { seen: generations.observe(reading.kind === 'whole' ? reading.surfaces : []) })
  if (rollback.kind === 'refused') throw new Error('refused')
  if (rollback.plan.writes) await generations.commit(rollback.plan, making, trial)
  else await generations.noteTrial(trial)
  await generations.publish()
  await generations.settle()
  await generations.endTrial()
}

/** What anybody sees after the process that was at work is gone. */
function judge(generations: Generations) {
  const { current, confirmed } = generations.readPointers()
  const moment: TrialMoment = {
    current: numberOf(current),
    confirmed: numberOf(confirmed),
    bootId: 'this boot',
    upMs: 1000,
    isRunnerAlive: false,
  }
  return { kind: judgeTrial(generations.readTrial(), moment).kind, ...moment }
}

/** Kills the change at every effect, and the way back from there at every effect of its own; then somebody goes back undisturbed. */
async function killEverywhere(end: 'confirm' | 'fail', plant: (fs: FileSystem) => FileSystem = (fs) => fs) {
  const before = await prepare()
  const problems: string[] = []
  const seen = { none: 0, due: 0, waiting: 0, stuck: 0, kills: 0 }
  const changes = await countEffects(before, (generations) => tryChange(generations, end), plant)
  for (let change = 0; change <= changes; change++) {
    const middle = before.copy()
    await tryChange(open(plant(killAt(middle, change))), end).catch(requireKill)
    const first = judge(open(middle))
    seen[first.kind]++
    if (first.kind === 'none' && first.current === 2 && first.confirmed !== 2)
      problems.push(`change ${change}: unproven, and nobody takes it back`)
    if (first.kind !== 'due') continue
    const ways = await countEffects(middle, goBack, plant)
    for (let way = 0; way <= ways; way++) {
      const fs = middle.copy()
      seen.kills++
      await goBack(open(plant(killAt(fs, way)))).catch(requireKill)
      if (judge(open(fs)).kind === 'due') await goBack(open(plant(fs)))
      const last = judge(open(fs))
      const where = `change ${change}, way back ${way}`
      if (last.kind !== 'none') problems.push(`${where}: ${last.kind} for ever`)
      if (last.current !== 1 || last.confirmed !== 1) problems.push(`${where}: ${last.current} holds`)
      const { intent } = { intent: fs.look(`${home}/state/intent.json`).kind }
      if (intent !== 'absent') problems.push(`${where}: the units were never told`)
      const text = Buffer.from(fs.readFile(`${units}/com.sanctum.voice.service`)).toString()
      if (text !== 'voice 1') problems.push(`${where}: ${text} is published`)
    }
  }
  return { problems, seen }
}

async function countEffects(fs: MemoryFileSystem, act: (generations: Generations) => Promise<void>, plant: (fs: FileSystem) => FileSystem) {
  const counter = interruptFileSystem(fs.copy(), () => {})
  await act(open(plant(counter))).catch(requireKill)
  return counter.count()
}

function requireKill(error: unknown): void {
  if (!(error instanceof Error && error.message === 'killed') && !(error instanceof Fault)) throw error
}

test.each(['confirm', 'fail'] as const)('no kill leaves a trial that nobody resolves: a change that is to %s', async (end) => {
  const { problems, seen } = await killEverywhere(end)
  expect(problems).toEqual([])
  expect([seen.none > 5, seen.due > 5, seen.kills > 100]).toEqual([true, true, true])
})

test('planted: a trial that is noted only after the swap leaves a generation that nobody takes back', async () => {
  const late = (fs: FileSystem): FileSystem => {
    const held: (() => void)[] = []
    const isTrial = (path: string) => path.includes('/state/') && path.includes('trial.json')
    return {
      ...fs,
      writeFile: (path, ...rest) => (isTrial(path) ? void held.push(() => fs.writeFile(path, ...rest)) : fs.writeFile(path, ...rest)),
      sync: (paths) => fs.sync(paths.filter((path) => !isTrial(path))),
      rename: (from, to) => {
        if (isTrial(to)) return void held.push(() => fs.rename(from, to))
        fs.rename(from, to)
        if (to === `${home}/current`) for (const act of held.splice(0)) act()
      },
    }
  }
  const { problems } = await killEverywhere('fail', late)
  expect(problems.some((problem) => problem.endsWith('nobody takes it back'))).toBe(true)
})

test.each(['ENOSPC', 'EIO', 'EROFS'])('%s at every effect of the way back: the trial stays until somebody can', async (errno) => {
  const before = await prepare()
  await tryChange(open(before), 'fail')
  const ways = await countEffects(before, goBack, (fs) => fs)
  for (let way = 0; way < ways; way++) {
    const fs = before.copy()
    await goBack(open(failAt(fs, way, { errno, forEver: true }))).catch(requireKill)
    await goBack(open(fs))
    expect(judge(open(fs))).toMatchObject({ kind: 'none', current: 1, confirmed: 1 })
  }
})

test('a trial that cannot be read is no trial, and the next run takes it away', async () => {
  const fs = await prepare()
  await tryChange(open(fs), 'fail')
  fs.removeFile(`${home}/state/trial.json`)
  fs.writeFile(`${home}/state/trial.json`, Buffer.from('{'), '0600')
  expect(open(fs).readTrial()).toBeNull()
  await open(fs).recover()
  expect(fs.look(`${home}/state/trial.json`).kind).toBe('absent')
})
