import { setImmediate } from 'node:timers/promises'
import { createRandom } from '@sanctum/testkit'
import { countChoices, drawChoice, listChoices, listTelling } from './choose-states.ts'
import { type Choice, type CrashState, createCrashStates, createNodeTable } from './crash-states.ts'
import { createJudge } from './create-judge.ts'
import { type CrashPoint, type DiskHistory, listCrashPoints } from './disk-history.ts'
import type { Ground } from './tree-file-system.ts'

/** A recorded story, what a disk of it is judged by, and what a verdict has to be where a promise holds. */
export interface PowerStory<Promise, Verdict> {
  readonly name: string
  readonly history: DiskHistory<Promise>
  /** Runs the real recovery on the disk and looks at what it finds. It knows nothing but the disk. */
  readonly judge: (disk: Ground) => globalThis.Promise<Verdict>
  /** What is wrong about a verdict while the promise holds; null where nothing is. */
  readonly hold: (verdict: Verdict, promise: Promise) => string | null
}

export interface PowerReport {
  readonly points: number
  /** Different disks that were judged: no two are the same tree, content and modes included. */
  readonly disks: number
  /** Runs of the real recovery; the other disks were ones that it could not have told from a disk that it had run on. */
  readonly runs: number
  /** Disks whose recalled verdict was compared with that of a run of its own. */
  readonly rejudged: number
  readonly violations: readonly string[]
}

interface Aim {
  /** Different disks to judge over all stories. It ends earlier where there are no more. */
  readonly disks: number
  readonly seed: number
  /** Ends with the first violation, as for a planted fault. */
  readonly stopsAtFirst?: boolean
  /** Every so many disks, one whose verdict was recalled is given to the real recovery as well, and both must agree. */
  readonly rejudgesEvery?: number
}

/** A point that leaves no more disks than this has all of them judged. */
const ALL_UP_TO = 512

/** As many draws in a row that give no new disk mean that a point is as good as exhausted. */
const FRUITLESS_DRAWS = 100

/** Cuts the power of each story at every point, in all or as many ways as are aimed at, and judges what is found. */
export async function attackPower<P, V>(stories: readonly PowerStory<P, V>[], aim: Aim): Promise<PowerReport> {
  const random = createRandom(aim.seed)
  const seen = new Set<number>()
  const violations: string[] = []
  const attacks = stories.flatMap((story) => openStory(story))
  const runs = () => [...new Set(attacks.map(({ judge }) => judge))].reduce((sum, judge) => sum + judge.runs(), 0)
  let rejudged = 0
  const report = (): PowerReport => ({ points: attacks.length, disks: seen.size, runs: runs(), rejudged, violations })

  let tried = 0
  async function tryOne(attack: Attack<P, V>, choice: Choice): Promise<boolean> {
    // The process has others to answer, such as the one that runs the tests.
    if (++tried % 8_192 === 0) await setImmediate()
    const disk = attack.build(choice)
    const isNew = !seen.has(disk.hash)
    if (isNew) seen.add(disk.hash)
    // The same disk at another point is judged again: another promise may hold there.
    if (attack.judged.has(disk.hash)) return false
    attack.judged.add(disk.hash)
    const recalled = attack.judge.recall(disk)
    const verdict = recalled ?? (await attack.judge.judge(disk))
    if (recalled !== undefined && aim.rejudgesEvery !== undefined && isNew && seen.size % aim.rejudgesEvery === 0) {
      rejudged++
      if (JSON.stringify(await attack.story.judge(disk)) !== JSON.stringify(recalled))
        throw new Error('a recalled verdict is not that of a run')
    }
    const problem = attack.story.hold(verdict, attack.point.promise)
    if (problem !== null) violations.push(describe(attack, choice, seen.size, problem))
    return isNew
  }

  for (const attack of attacks) {
    const choices = countChoices(attack.point) <= ALL_UP_TO ? listChoices(attack.point) : listTelling(attack.point)
    for (const choice of choices) {
      await tryOne(attack, choice)
      if (aim.stopsAtFirst && violations.length > 0) return report()
    }
  }
  const open = attacks.filter(({ point }) => countChoices(point) > ALL_UP_TO)
  while (seen.size < aim.disks && open.length > 0) {
    const index = Math.floor(random() * open.length)
    const attack = open[index]
    if (attack === undefined) break
    attack.fruitless = (await tryOne(attack, drawChoice(attack.point, random))) ? 0 : attack.fruitless + 1
    if (attack.fruitless > FRUITLESS_DRAWS) open.splice(index, 1)
    if (violations.length > 0 && aim.stopsAtFirst) break
  }
  return report()
}

interface Attack<P, V> {
  readonly story: PowerStory<P, V>
  readonly point: CrashPoint<P>
  readonly judge: ReturnType<typeof createJudge<V>>
  readonly build: (choice: Choice) => CrashState
  readonly judged: Set<number>
  fruitless: number
}

function openStory<P, V>(story: PowerStory<P, V>): Attack<P, V>[] {
  const judge = createJudge(story.judge)
  const table = createNodeTable(story.history.nodes)
  return listCrashPoints(story.history).map((point) => ({
    ...{ story, point, judge, build: createCrashStates(point, table) },
    ...{ judged: new Set<number>(), fruitless: 0 },
  }))
}

function describe<P, V>({ story, point }: Attack<P, V>, { happened, fates }: Choice, state: number, problem: string): string {
  const bits = (digits: Uint8Array) => (digits.length === 0 ? '-' : digits.join(''))
  return `${problem} (${story.name}, cut before operation ${point.at}, happened ${bits(happened)}, files ${bits(fates)}, state ${state})`
}
