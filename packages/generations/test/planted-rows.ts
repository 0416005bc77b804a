import type { FileSystem } from '@sanctum/generations'
import type { Attacked, PlantedFault } from '../../../tools/prove/planted-fault.ts'
import {
  commitInPlace,
  commitPerFile,
  swapInTwoSteps,
  withoutBarrier,
  withoutDirectorySync,
  withoutPins,
  withoutSyncedNames,
  withoutTrialNote,
} from './planted-faults.ts'
import { attackPower } from './power/attack-power.ts'
import { recordStories } from './power/commit-stories.ts'
import { cutRealPower } from './power/cut-real-power.ts'
import { home } from './power/judge-disk.ts'
import { whyNoCuts } from './power/why-no-cuts.ts'
import { judgeCollection, judgeRetirement, type RetentionVerdict } from './retention-story.ts'

const modelled = 'power cuts, modelled'
const real = 'power cuts of an ext4'

/** The faults planted in the commit protocol. */
export const plantedRows: readonly PlantedFault[] = [
  modelRow('without the barrier', /is not whole|the pointer is lost|unreadable/, withoutBarrier),
  modelRow('without the directory sync', /the pointer is lost|is lost|is not whole/, withoutDirectorySync),
  modelRow(
    'without the pointer swap',
    /mixture|the current generation is not whole/,
    (fileSystem) => commitInPlace(fileSystem, home),
    'a change',
  ),
  modelRow(
    'with per-file commits',
    /mixture|the current generation is not whole/,
    (fileSystem) => commitPerFile(fileSystem, home),
    'a change',
  ),
  modelRow('with a pointer made anew', /the pointer is lost|what was acknowledged is lost/, (fileSystem) =>
    swapInTwoSteps(fileSystem, `${home}/current`),
  ),
  modelRow(
    'with names that go after their files',
    /generation \d+, which is not whole/,
    (fileSystem) => withoutSyncedNames(fileSystem, home),
    'a collection of three',
  ),
  modelRow(
    'without the note of a trial',
    /not noted as being on trial/,
    (fileSystem) => withoutTrialNote(fileSystem, home),
    'a change on trial that is confirmed',
  ),
  retentionRow('that forgets the pins', 'a collection', /^generation 2 is lost$/, () => judgeCollection(withoutPins)),
  retentionRow('with tombstones dropped after one generation', 'three retirements', /tunnel.*xtts.* is still there/, () =>
    judgeRetirement(({ admit }) => (admit === undefined ? {} : { admit })),
  ),
  realRow('without any sync', 'no-sync', /is not whole|the pointer is lost|promised|torn/),
  realRow('without the pointer swap', 'in-place', /mixed|is not whole|torn/),
]

function modelRow(plant: string, expected: RegExp, wrap: (fileSystem: FileSystem) => FileSystem, only?: string): PlantedFault {
  return {
    ...{ plant, suite: modelled, expected },
    attack: async (): Promise<Attacked> => {
      const stories = await recordStories({ plant: wrap, ...(only === undefined ? {} : { only }) })
      const { violations, disks, points } = await attackPower(stories, { disks: 20_000, seed: 1, stopsAtFirst: true })
      const [violation] = violations
      if (violation === undefined) return { kind: 'survived', tried: `${disks} disks at ${points} points` }
      return { kind: 'caught', at: `disk ${disks}`, violation }
    },
  }
}

function retentionRow(plant: string, suite: string, expected: RegExp, judge: () => Promise<RetentionVerdict>): PlantedFault {
  return {
    ...{ plant, suite, expected },
    attack: async (): Promise<Attacked> => {
      const violation = await judge()
      return violation === null ? { kind: 'survived', tried: 'the whole story' } : { kind: 'caught', at: 'the end of the story', violation }
    },
  }
}

function realRow(plant: string, name: 'no-sync' | 'in-place', expected: RegExp): PlantedFault {
  return {
    ...{ plant, suite: real, expected },
    attack: async (): Promise<Attacked> => {
      const why = whyNoCuts(process.env)
      if (why !== null) return { kind: 'not-applicable', why }
      const cuts = 12
      const { problems } = await cutRealPower({ cuts, plant: name, seed: 1, stopsAtFirst: true })
      const [problem] = problems
      if (problem === undefined) return { kind: 'survived', tried: `${cuts} cuts` }
      return { kind: 'caught', at: `cut ${problem.cut} of ${cuts}`, violation: problem.text }
    },
  }
}
