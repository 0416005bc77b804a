import type { Surface } from '@sanctum/contracts'
import { type FileSystem, planGeneration, planRollback } from '@sanctum/generations'
import type { Generations } from '@sanctum/generations/node'
import { buildTrial } from '@sanctum/testkit'
import { apply, file, firstSet, making, secondSet, unit } from '../haus.ts'
import { killAt } from '../interrupt-file-system.ts'
import type { PowerStory } from './attack-power.ts'
import { recordDisk } from './disk-history.ts'
import { holdPromise, home, judgeDisk, type Outcome, open, takeVersion, units, type Version } from './judge-disk.ts'

/** Versions that may be found, as bits of a set; which version is current inside, and which each published file is of. */
interface CommitPromise {
  readonly inside: number
  readonly outside: number
  readonly confirmed: number
  /** Which of them, if found as current and not confirmed, must be noted as being on trial, or nobody would go back from it. */
  readonly guarded: number
}

type Wrap = (fileSystem: FileSystem) => FileSystem

const [first, second] = [firstSet(units), secondSet(units)]
const third: Surface[] = [unit(units, 'voice', 'voice 3'), unit(units, 'old', 'old 1'), file('services/voice.yaml', 'voice: 3')]

/** One thing that is done to the machine. What it promises after `acknowledge` holds from there on. */
type Act = (generations: Generations, say: { readonly acknowledge: () => void }) => Promise<void>

interface Telling {
  readonly fileSystem: FileSystem
  /** Does it, with promises before, between and after. */
  readonly act: (act: Act, options?: { readonly trial: 'begins' | 'ends' }) => Promise<void>
  /** As `act`, in a process that dies at the effect with the number; then another process recovers. */
  readonly interrupted: (act: Act, at: number) => Promise<void>
  /** Nothing is pending any more. */
  readonly rest: () => void
  /** Must be there for ever, as a file outside or as a backup. */
  readonly treasure: (content: string) => void
}

type Script = (telling: Telling) => Promise<void>

const change =
  (wanted: readonly Surface[], options: { force?: boolean; settle?: boolean } = {}): Act =>
  async (generations, { acknowledge }) => {
    await apply(generations, wanted, { ...options, committed: acknowledge })
  }

const rollback: Act = async (generations, { acknowledge }) => {
  await generations.recover()
  const reading = generations.read(1)
  const back = planRollback(reading, { seen: generations.observe(reading.kind === 'whole' ? reading.surfaces : []) })
  if (back.kind !== 'planned') throw new Error('refused')
  if (back.plan.writes) await generations.commit(back.plan, making)
  acknowledge()
  await generations.publish()
  await generations.settle()
}

const confirm =
  (number: number): Act =>
  (generations) =>
    generations.confirm(number)

const trial = buildTrial()

const tryOut: Act = async (generations, { acknowledge }) => {
  await generations.recover()
  await generations.commit(planGeneration({ wanted: second, seen: generations.observe(second) }), making, trial)
  acknowledge()
  await generations.publish()
  await generations.settle()
}

const fail: Act = (generations) => generations.noteTrial({ ...trial, state: 'failed', why: 'sick' })

const goBack: Act = async (generations, { acknowledge }) => {
  await generations.recover()
  const reading = generations.read(1)
  const back = planRollback(reading, { seen: generations.observe(reading.kind === 'whole' ? reading.surfaces : []) })
  if (back.kind !== 'planned') throw new Error('refused')
  await generations.commit(back.plan, making, { ...trial, state: 'reverting', why: 'sick' })
  acknowledge()
  await generations.publish()
  await generations.settle()
  await generations.endTrial()
}

const collect: Act = async (generations) => void (await generations.collect({ keep: 1 }))

const recover: Act = async (generations) => void (await generations.recover())

const isSettled: Act = (generations) => generations.settle()

function writeForeign(fileSystem: FileSystem): void {
  fileSystem.makeDirectory(units, '0755')
  fileSystem.writeFile(`${units}/com.sanctum.fresh.service`, Buffer.from('somebody else'), '0640')
}

/** Effects of a run at which it is killed: few enough to be quick, spread over all of it. */
const kills = Array.from({ length: 10 }, (_, index) => index * 5 + 1)

const scripts: Readonly<Record<string, Script>> = {
  'one life: commit, confirm, change, confirm, back, change, collect': async ({ act }) => {
    await act(change(first))
    await act(confirm(1))
    await act(change(second))
    await act(confirm(2))
    await act(rollback)
    await act(change(third))
    await act(collect)
  },
  'a change': async ({ act, rest }) => {
    await act(change(first))
    rest()
    await act(change(second))
  },
  'a change over a run that left its units undone': async ({ act }) => {
    await act(change(first, { settle: false }))
    await act(change(second))
  },
  'a forced replacement of a foreign file': async ({ act, rest, treasure, fileSystem }) => {
    await act(change(first))
    writeForeign(fileSystem)
    rest()
    treasure('somebody else')
    await act(change(second, { force: true }))
  },
  'everything is taken away, then wanted again': async ({ act, rest }) => {
    await act(change(first))
    rest()
    await act(change([]))
    await act(change(first))
  },
  'a change on trial that is confirmed': async ({ act, rest }) => {
    await act(change(first))
    await act(confirm(1))
    rest()
    await act(tryOut, { trial: 'begins' })
    await act(confirm(2), { trial: 'ends' })
    await act(change(third))
  },
  'a change on trial that fails, and the way back': async ({ act, rest }) => {
    await act(change(first))
    await act(confirm(1))
    rest()
    await act(tryOut, { trial: 'begins' })
    await act(fail)
    await act(goBack, { trial: 'ends' })
    await act(change(third))
  },
  'a roll back': async ({ act, rest }) => {
    await act(change(first))
    await act(change(second))
    rest()
    await act(rollback)
  },
  'a collection of three': async ({ act, rest }) => {
    for (const wanted of [first, second, third, second]) await act(change(wanted))
    await act(confirm(4))
    rest()
    await act(collect)
    await act(change(third))
  },
  'a recovery with nothing to do, then settling': async ({ act, rest }) => {
    await act(change(first, { settle: false }))
    rest()
    await act(recover)
    await act(isSettled)
    await act(change(second))
  },
  ...Object.fromEntries(
    kills.flatMap((at): [string, Script][] => [
      [
        `a first commit killed at effect ${at}, recovered, done again`,
        async ({ act, interrupted }) => {
          await interrupted(change(first), at)
          await act(change(first))
        },
      ],
      [
        `a change killed at effect ${at}, recovered, another change`,
        async ({ act, interrupted, rest }) => {
          await act(change(first))
          rest()
          await interrupted(change(second), at)
          await act(change(third))
        },
      ],
      [
        `a roll back killed at effect ${at}, recovered`,
        async ({ act, interrupted, rest }) => {
          await act(change(first))
          await act(change(second))
          rest()
          await interrupted(rollback, at)
          await act(change(third))
        },
      ],
    ]),
  ),
}

interface Recording {
  /** Wraps the port; it may hold a planted fault. */
  readonly plant?: Wrap
  /** One story instead of all, and then the fault is planted only where the story begins: what it starts from is sound. */
  readonly only?: string
}

/** The stories, recorded. */
export function recordStories({ plant = (fileSystem) => fileSystem, only }: Recording = {}): Promise<PowerStory<CommitPromise, Outcome>[]> {
  const chosen = Object.entries(scripts).filter(([name]) => only === undefined || name === only)
  return Promise.all(chosen.map(([name, script]) => recordStory(name, script, { plant, fromStart: only === undefined })))
}

async function recordStory(
  name: string,
  script: Script,
  { plant, fromStart }: { readonly plant: Wrap; readonly fromStart: boolean },
): Promise<PowerStory<CommitPromise, Outcome>> {
  const recorder = recordDisk<CommitPromise>([home, units])
  const { fileSystem } = recorder
  let wrap: Wrap = fromStart ? plant : (whole) => whole
  const versions: Version[] = []
  const treasures: string[] = []
  fileSystem.makeDirectory('/disk', '0755')
  recorder.begin()
  versions.push(takeVersion(fileSystem))
  const known = 1
  let held: CommitPromise = { inside: known, outside: known, confirmed: known, guarded: 0 }
  recorder.promise(held)

  async function actWith(run: (acknowledge: () => void) => Promise<void>, on?: 'begins' | 'ends'): Promise<void> {
    const bit = 2 ** versions.length
    const either = {
      ...{ inside: held.inside | bit, outside: held.outside | bit, confirmed: held.confirmed | bit },
      // Whatever is current while a trial is open, but for what it goes back to, which is confirmed.
      guarded: on === 'begins' ? bit : held.guarded === 0 ? 0 : held.guarded | bit,
    }
    recorder.promise(either)
    await run(() => recorder.promise({ ...either, inside: bit }))
    versions.push(takeVersion(fileSystem))
    held = { inside: bit, outside: bit, confirmed: bit, guarded: on === 'ends' ? 0 : either.guarded }
    recorder.promise(held)
  }

  await script({
    fileSystem,
    act: (act, options) => actWith((acknowledge) => act(open(wrap(fileSystem)), { acknowledge }), options?.trial),
    interrupted: (act, at) =>
      actWith(async (acknowledge) => {
        await act(open(killAt(wrap(fileSystem), at)), { acknowledge }).catch((error: unknown) => {
          if (!(error instanceof Error && error.message === 'killed')) throw error
        })
        await open(wrap(fileSystem)).recover()
      }),
    rest: () => {
      wrap = plant
      recorder.begin()
      versions.splice(0, versions.length, takeVersion(fileSystem))
      held = { inside: known, outside: known, confirmed: known, guarded: 0 }
      recorder.promise(held)
    },
    treasure: (content) => void treasures.push(content),
  })
  return { name, history: recorder.history(), judge: (disk) => judgeDisk(disk, { versions, treasures }), hold: holdPromise }
}
