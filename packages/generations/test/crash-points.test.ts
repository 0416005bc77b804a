import { Fault } from '@sanctum/contracts'
import { type FileSystem, planRollback } from '@sanctum/generations'
import { createGenerations, type Generations } from '@sanctum/generations/node'
import { recordProof } from '@sanctum/testkit/node'
import { afterAll, describe, expect, test } from 'vitest'
import { apply, file, firstSet, home, making, secondSet, units } from './haus.ts'
import { failAt, interruptFileSystem, killAt } from './interrupt-file-system.ts'
import { createMemoryFileSystem, type MemoryFileSystem } from './memory-file-system.ts'
import { commitInPlace, swapInTwoSteps } from './planted-faults.ts'

const open = (fileSystem: FileSystem): Generations => createGenerations({ home, roots: [units], fileSystem })

const [first, second] = [firstSet(units), secondSet(units)]

interface Story {
  /** False where what it does is several acts that each may hold without the others. */
  readonly isSet?: boolean
  readonly prepare: (fileSystem: MemoryFileSystem) => Promise<void>
  /** Calls back once what it does is promised to hold. */
  readonly act: (generations: Generations, acknowledge: () => void) => Promise<void>
}

const change: Story = {
  prepare: async (fs) => void (await apply(open(fs), first)),
  act: async (generations, acknowledge) => void (await apply(generations, second, { committed: acknowledge })),
}

const stories: Record<string, Story> = {
  'the first commit': {
    prepare: async () => {},
    act: async (generations, acknowledge) => void (await apply(generations, first, { committed: acknowledge })),
  },
  'a change': change,
  'a change after a run that left its units undone': {
    prepare: async (fs) => void (await apply(open(fs), first, { settle: false })),
    act: change.act,
  },
  'a forced replacement of a foreign file': {
    prepare: async (fs) => {
      await apply(open(fs), first)
      fs.writeFile(`${units}/com.sanctum.fresh.service`, Buffer.from('somebody else'), '0600')
    },
    act: async (generations, acknowledge) => void (await apply(generations, second, { committed: acknowledge, force: true })),
  },
  'a roll back': {
    prepare: async (fs) => {
      await apply(open(fs), first)
      await apply(open(fs), second)
    },
    act: async (generations, acknowledge) => {
      await generations.recover()
      const reading = generations.read(1)
      const rollback = planRollback(reading, { seen: generations.observe(reading.kind === 'whole' ? reading.surfaces : []) })
      if (rollback.kind !== 'planned') throw new Error('refused')
      if (rollback.plan.writes) await generations.commit(rollback.plan, making)
      acknowledge()
      await generations.publish()
      await generations.settle()
    },
  },
  'a repair inside the generation': {
    isSet: false,
    prepare: async (fs) => {
      await apply(open(fs), first)
      fs.removeFile(`${home}/generations/1/surfaces/services/voice.yaml`)
      fs.writeFile(`${home}/generations/1/surfaces/services/voice.yaml`, Buffer.from('rotten'), '0644')
      fs.removeFile(`${home}/generations/1/surfaces/bin/with-secrets`)
    },
    act: async (generations, acknowledge) => void (await apply(generations, first, { committed: acknowledge })),
  },
  'all of it taken away': {
    prepare: async (fs) => void (await apply(open(fs), first)),
    act: async (generations, acknowledge) => void (await apply(generations, [], { committed: acknowledge })),
  },
  'a confirmation and a collection': {
    isSet: false,
    prepare: async (fs) => {
      for (const text of ['a', 'b', 'c', 'd']) await apply(open(fs), [file('services/x.yaml', text)])
    },
    act: async (generations, acknowledge) => {
      await generations.recover()
      await generations.confirm(4)
      await generations.collect({ keep: 2 })
      acknowledge()
    },
  },
}

const counts = { kills: 0, errors: 0, violations: 0 }

afterAll(() => {
  const { kills, errors, violations } = counts
  console.info(`at the port: ${kills} kills, ${errors} errors`)
  recordProof({
    programme: 'kills and errors at every effect of the port',
    seed: null,
    counts: { kills, errors },
    failures: violations,
    guards: ['packages/generations/src', 'packages/generations/test'],
  })
})

describe.each(Object.entries(stories))('%s', (_, story) => {
  test('killed at every effect: the old or the new, and the next run needs no person', async () => {
    const torn = [0, 0.5, 1] as const
    const attacks = await Promise.all(torn.map((part) => attack(story, (fs, at) => killAt(fs, at, part))))
    const violations = attacks.flatMap((each) => each.violations)
    const [{ points, ends }] = attacks as [Attacked, Attacked, Attacked]
    counts.kills += points * torn.length
    counts.violations += violations.length
    expect(violations).toEqual([])
    expect(points).toBeGreaterThan(5)
    // Both ends were reached, or the kills did not fall around the swap at all.
    expect(ends).toEqual({ old: true, fresh: true })
  })

  test.each(['ENOSPC', 'EIO', 'EACCES', 'EROFS', 'EMFILE'])('%s at every effect, once: nothing half-made stays', async (errno) => {
    const { violations, points } = await attack(story, (fs, at) => failAt(fs, at, { errno, forEver: false }), { isTidy: true })
    counts.errors += points
    counts.violations += violations.length
    expect(violations).toEqual([])
  })

  test.each(['ENOSPC', 'EROFS'])('%s at every effect, from there on for ever', async (errno) => {
    const { violations, points } = await attack(story, (fs, at) => failAt(fs, at, { errno, forEver: true }))
    counts.errors += points
    counts.violations += violations.length
    expect(violations).toEqual([])
  })
})

test('the fault told is the one that came first, although on the way back nothing can be read either', async () => {
  const fs = createMemoryFileSystem()
  await change.prepare(fs)
  let isGone = false
  const dying: FileSystem = {
    ...fs,
    readFile: (path) => {
      if (isGone) throw new Fault('TOO_MANY_FILES', `reading ${path} failed`, { path })
      return fs.readFile(path)
    },
    syncTree: async (path) => {
      isGone = true
      throw new Fault('WRITE_FAILED', `syncing ${path} failed`, { path })
    },
  }
  await expect(change.act(open(dying), () => {})).rejects.toMatchObject({ code: 'WRITE_FAILED' })
})

test('there were at least 600 kills and 300 errors', () => {
  expect(counts.kills).toBeGreaterThanOrEqual(600)
  expect(counts.errors).toBeGreaterThanOrEqual(300)
})

describe('the same attack finds', () => {
  test('a commit that writes each file in place', async () => {
    const { violations, ends } = await attack(change, killAt, { plant: (fs) => commitInPlace(fs, home) })
    expect(violations.filter((text) => text.endsWith('a mixture of old and new')).length).toBeGreaterThan(3)
    expect(ends).toEqual({ old: true, fresh: true })
  })

  test('a pointer that is removed and made anew', async () => {
    const { violations, ends } = await attack(change, killAt, { plant: (fs) => swapInTwoSteps(fs, `${home}/current`) })
    expect(violations.filter((text) => text.endsWith('the pointer is lost'))).toHaveLength(1)
    expect(ends).toEqual({ old: true, fresh: true })
  })
})

type Attacked = Awaited<ReturnType<typeof attack>>

interface AttackOptions {
  readonly plant?: (fs: FileSystem) => FileSystem
  /** Whether the run itself must have taken away what it could not finish. */
  readonly isTidy?: boolean
}

/** Interrupts a story at every effect in turn and looks at what stands then, after a recovery, and after the same run again. */

async function attack(
  { prepare, act, isSet = true }: Story,
  interrupt: (fs: FileSystem, at: number) => FileSystem,
  { plant = (fs) => fs, isTidy = false }: AttackOptions = {},
) {
  const before = createMemoryFileSystem()
  await prepare(before)
  const after = before.copy()
  const counter = interruptFileSystem(after, () => {})
  await act(open(plant(counter)), () => {})
  const [old, fresh] = [files(before, { settled: true }), files(after, { settled: true })]
  const violations: string[] = []
  const ends = { old: false, fresh: false }
  for (let at = 0; at < counter.count(); at++) {
    const violate = (text: string) => violations.push(`effect ${at}: ${text}`)
    const fs = before.copy()
    let isAcknowledged = false
    const acknowledge = () => {
      isAcknowledged = true
    }
    await act(open(plant(interrupt(fs, at))), acknowledge).catch(requireExpected)
    const { current } = open(fs).readPointers()
    if (current.kind === 'damaged' || (current.kind === 'none' && before.dump()[`${home}/current`])) violate('the pointer is lost')
    if (isSet && current.kind === 'set' && open(fs).read(current.number).kind !== 'whole') violate('the generation is not whole')
    if (isTidy && isSomethingHalfMade(files(fs))) violate('something half-made was not taken away')

    const { fault } = await open(fs).recover()
    if (fault) violate(`recovery failed: ${fault.message}`)
    const state = files(fs, { settled: true })
    if (isSomethingHalfMade(state)) violate('something is left behind')
    if (isAcknowledged && !isSame(state, fresh)) violate('what was acknowledged is lost')
    if (isSet && !isSame(state, old) && !isSame(state, fresh)) violate('a mixture of old and new')
    ends.old ||= isSame(state, old)
    ends.fresh ||= isSame(state, fresh)

    await act(open(plant(fs)), () => {}).catch((error: unknown) => violate(`the next run failed: ${error}`))
    if (!isSame(files(fs), files(after))) violate('the next run ends elsewhere')
  }
  return { violations, ends, points: counter.count() }
}

function isSomethingHalfMade(state: Record<string, string>): boolean {
  return Object.keys(state).some((path) => /\.sanctum-new$|\.staging|\.trash/.test(path))
}

function requireExpected(error: unknown): void {
  if (!(error instanceof Fault) && !(error instanceof Error && error.message === 'killed')) throw error
}

/** Empty folders hold nothing and are not taken away again; the intent is what the units still have to follow. */
function files(fs: MemoryFileSystem, { settled = false } = {}): Record<string, string> {
  const counts = ([path, text]: [string, string]) => !text.endsWith(' /') && !(settled && path === `${home}/state/intent.json`)
  return Object.fromEntries(Object.entries(fs.dump()).filter(counts))
}

function isSame(a: Record<string, string>, b: Record<string, string>): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
